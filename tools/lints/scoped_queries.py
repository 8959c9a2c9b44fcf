"""A query answers somebody: the scope is its first argument."""

import ast
from collections.abc import Iterator

from tools.lints.checkout import Checkout, Finding

EXCUSE = "# unscoped:"


def check(checkout: Checkout) -> Iterator[Finding]:
    """Public functions of queries.py whose first argument is not `scope`.

    A query for which nobody's scope matters says why on its first line: `# unscoped: the published date`.
    """
    for path, tree in checkout.python():
        if not path.endswith("/queries.py"):
            continue
        lines = checkout.texts[path].splitlines()
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not _scoped(node):
                if EXCUSE in lines[node.lineno - 1]:
                    continue
                advice = "make `scope` its first argument, or say `# unscoped: why` on this line"
                yield Finding(path, node.lineno, f"{node.name}() answers anybody: {advice}")


def _scoped(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args]
    return bool(arguments) and arguments[0].arg == "scope"
