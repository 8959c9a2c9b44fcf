"""The simulated bank's truth judges the product; the product never reads it."""

import ast
import re
from collections.abc import Iterator

from tools.lints.checkout import Checkout, Finding, room_of, text_of

JUDGES = ("tests/", "bench/", "tools/lints/")
OPEN_DOORS = {  # what may be imported of the simulator, name by name
    "xiaoer.simulator.bank.simulate",
    "xiaoer.simulator.files.Delivery",
    *(f"xiaoer.simulator.terms.{name}" for name in ("Plan", "Shock", "SEED_MASK", "table")),
}
FOLDER = re.compile(r"(^|/)truth(/|$)")
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
        if text is not None and (FOLDER.search(text) or text.startswith("xiaoer.simulator.")):
            yield Finding(path, getattr(node, "lineno", 1), ADVICE)
        for door in _doors(node):
            if door not in OPEN_DOORS:
                yield Finding(path, getattr(node, "lineno", 1), f"{door} knows the truth; {ADVICE}")


def _doors(node: ast.AST) -> list[str]:
    """What a statement imports of the simulator, name by name; relative imports as if from the top."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if alias.name.startswith("xiaoer.simulator")]
    if not isinstance(node, ast.ImportFrom):
        return []
    module = f"xiaoer.{node.module or ''}".rstrip(".") if node.level else node.module or ""
    names = [f"{module}.{alias.name}" for alias in node.names]
    return [name for name in names if name.startswith("xiaoer.simulator")]
