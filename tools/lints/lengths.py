"""Files end before 300 lines, functions before 40: longer ones do two things."""

import ast
from collections.abc import Iterator

from tools.lints.checkout import Checkout, Finding

LONGEST_FILE = 300
LONGEST_FUNCTION = 40


def check(checkout: Checkout) -> Iterator[Finding]:
    """Source files and functions that outgrew the house."""
    for path in checkout.paths("src/xiaoer", ".py", ".html", ".js", ".css"):
        lines = checkout.texts[path].count("\n")
        if lines > LONGEST_FILE and not _machine_made(path):
            yield Finding(
                path, lines, f"{lines} lines: split by noun or verb before {LONGEST_FILE}, never 'part 2'"
            )
    for path, tree in checkout.python():
        if not _machine_made(path):
            yield from _functions(path, tree)


def _functions(path: str, tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                advice = f"keep under {LONGEST_FUNCTION} by giving a step its own name"
                yield Finding(path, node.lineno, f"{node.name}() has {length} lines: {advice}")


def _machine_made(path: str) -> bool:
    return "/migrations/" in path or "/vendor/" in path
