"""An error is answered or passed on, never swallowed."""

import ast
from collections.abc import Iterator

from tools.lints.checkout import Checkout, Finding, calls, last_name

EVERYTHING = {"Exception", "BaseException"}


def check(checkout: Checkout) -> Iterator[Finding]:
    """`except …: pass`, a bare `except:`, and suppress(Exception)."""
    for path, tree in checkout.python():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and _silent(node):
                yield Finding(path, node.lineno, "swallowed: raise a Refusal or log the fault")
        for call, name in calls(tree):
            if name == "suppress" and any(last_name(argument) in EVERYTHING for argument in call.args):
                yield Finding(path, call.lineno, "suppresses everything: name the one error that is expected")


def _silent(handler: ast.ExceptHandler) -> bool:
    nothing_done = all(
        isinstance(step, ast.Pass) or (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))
        for step in handler.body
    )
    return handler.type is None or nothing_done
