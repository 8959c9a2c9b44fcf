"""The simulated bank's truth judges the product; the product never reads it."""

import ast
from collections.abc import Iterator

from tools.lints.checkout import Checkout, Finding, room_of, text_of

JUDGES = ("tests/", "bench/", "tools/lints/")
OPEN_DOORS = {"xiaoer.simulator.bank", "xiaoer.simulator.terms", "xiaoer.simulator.files"}
READ_BY_MACHINES = (".toml", ".sql", ".html", ".js", ".json", ".sh", "Makefile")
ADVICE = "truth/ is for tests and bench: the product reads delivered files only"


def check(checkout: Checkout) -> Iterator[Finding]:
    """The word truth as a folder, and doors to what only the simulation knows, but in tests, bench and simulator."""
    for path in checkout.texts:
        if path.startswith(JUDGES) or room_of(path) == "simulator":
            continue
        if path.endswith(READ_BY_MACHINES):
            yield from _in_text(path, checkout.texts[path])
    for path, tree in checkout.python("src"):
        if room_of(path) != "simulator":
            yield from _in_python(path, tree)
    for path, tree in checkout.python("tools"):
        if not path.startswith(JUDGES):
            yield from _in_python(path, tree)


def _in_text(path: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        if "truth/" in line:
            yield Finding(path, number, ADVICE)


def _in_python(path: str, tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        text = text_of(node)
        if text is not None and (text == "truth" or "truth/" in text):
            yield Finding(path, getattr(node, "lineno", 1), ADVICE)
        for door in _doors(node):
            if door not in OPEN_DOORS:
                yield Finding(path, getattr(node, "lineno", 1), f"{door} knows the truth; {ADVICE}")


def _doors(node: ast.AST) -> list[str]:
    """Modules of the simulator that a statement imports."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        names = [node.module]
        if node.module == "xiaoer.simulator":
            names = [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in names if name.startswith("xiaoer.simulator")]
