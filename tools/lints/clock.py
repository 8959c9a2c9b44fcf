"""Time is an argument: only kit/dates.py asks the machine."""

import ast
from collections.abc import Iterator

from tools.lints.checkout import Checkout, Finding, calls

ASKS = {"datetime": {"now", "today", "utcnow"}, "date": {"today"}, "timezone": {"now"}, "time": {"time"}}
DOOR = "src/xiaoer/kit/dates.py"


def check(checkout: Checkout) -> Iterator[Finding]:
    """Calls such as datetime.now() or date.today() in the source."""
    for path, tree in checkout.python():
        if path == DOOR:
            continue
        for call, name in calls(tree):
            asked = _owner(call.func)
            if name in ASKS.get(asked, ()):
                yield Finding(path, call.lineno, f"{asked}.{name}(): take a kit.dates.Clock as an argument")


def _owner(called: ast.AST) -> str:
    owner = called.value if isinstance(called, ast.Attribute) else None
    if isinstance(owner, ast.Attribute):
        return owner.attr
    return owner.id if isinstance(owner, ast.Name) else ""
