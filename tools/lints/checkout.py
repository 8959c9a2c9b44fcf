"""The files a lint looks at, read and parsed once."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

SOURCE = PurePosixPath("src/xiaoer")


@dataclass(frozen=True)
class Finding:
    """One broken rule: where, and what to use instead."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass
class Checkout:
    """Paths relative to the root, with their texts and syntax trees."""

    texts: dict[str, str] = field(default_factory=dict)

    def python(self, under: PurePosixPath | str = SOURCE) -> Iterator[tuple[str, ast.Module]]:
        """Python files below a folder, parsed."""
        for path in self.paths(under, ".py"):
            yield path, self._trees[path]

    def paths(self, under: PurePosixPath | str = SOURCE, *endings: str) -> list[str]:
        """Paths below a folder with one of these endings (all files without any)."""
        start = f"{under}/"
        return [p for p in self.texts if p.startswith(start) and (not endings or p.endswith(endings))]

    @cached_property
    def rooms(self) -> dict[str, int]:
        """Each room's height, 0 at the top, as import-linter's contract orders them."""
        contracts = tomllib.loads(self.texts["pyproject.toml"])["tool"]["importlinter"]["contracts"]
        layers = next(contract["layers"] for contract in contracts if contract["id"] == "rooms")
        return {room.strip(" ()"): height for height, layer in enumerate(layers) for room in layer.split("|")}

    @cached_property
    def _trees(self) -> dict[str, ast.Module]:
        return {path: ast.parse(text, path) for path, text in self.texts.items() if path.endswith(".py")}


def room_of(path: str) -> str:
    """The room a source file stands in; empty for files outside any room."""
    parts = PurePosixPath(path).parts
    return parts[2] if parts[:2] == SOURCE.parts and len(parts) > 3 else ""


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the last part of what is called: `apps.get_model(…)` is "get_model"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, last_name(node.func)


def last_name(node: ast.AST) -> str:
    """The last part of a dotted name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def text_of(node: ast.AST | None) -> str | None:
    """A string constant's text."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def of_folder(root: Path) -> Checkout:
    """The files git tracks or would track, as text; binary files are left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    texts = {}
    for name in sorted(filter(None, listed)):
        try:
            texts[name] = (root / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # a picture, a file deleted but not yet committed, or a submodule
    return Checkout(texts)
