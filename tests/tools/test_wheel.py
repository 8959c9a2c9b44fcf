"""The wheel carries what a browser needs, the words of both languages, every room's files, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "src" / "xiaoer"


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    made = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def test_browser_files_and_translations_are_inside(carried: set[str]) -> None:
    assert "xiaoer/kit/screens/static/vendor/tabler.css" in carried
    assert "xiaoer/kit/screens/static/vendor/echarts.js" in carried
    assert "xiaoer/locale/zh_Hans/LC_MESSAGES/django.mo" in carried


def test_mappings_are_inside(carried: set[str]) -> None:
    assert {f"xiaoer/mappings/{path.name}" for path in (CHECKOUT / "mappings").glob("*.toml")} <= carried


@pytest.mark.parametrize("ending", [".toml", ".html", ".sql", ".css", ".js"])
def test_every_room_brings_its_files(carried: set[str], ending: str) -> None:
    there = {f"xiaoer/{path.relative_to(PACKAGE)}" for path in PACKAGE.rglob(f"*{ending}")}
    assert there
    assert there <= carried


def test_licence_and_no_tests(carried: set[str]) -> None:
    assert any(name.endswith("licenses/LICENSE") for name in carried)
    assert not [name for name in carried if name.startswith(("tests/", "tools/", "bench/", "docs/"))]
