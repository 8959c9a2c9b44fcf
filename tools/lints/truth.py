"""The simulated bank's truth judges the product; the product never reads it."""

import ast
from collections.abc import Iterator

from tools.lints.checkout import Checkout, Finding, room_of, text_of


def check(checkout: Checkout) -> Iterator[Finding]:
    """The word truth as a folder, anywhere in the source but the simulator that writes it."""
    for path, tree in checkout.python():
        if room_of(path) == "simulator":
            continue
        for node in ast.walk(tree):
            text = text_of(node)
            if text is not None and (text == "truth" or "truth/" in text):
                yield Finding(
                    path, node.lineno, "truth/ is for tests and bench: the product reads delivered files only"
                )
