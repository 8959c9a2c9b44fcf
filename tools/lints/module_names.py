"""A module is named after what it does, not after having no name."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.lints.checkout import Checkout, Finding

NAMELESS = {"util", "utils", "helper", "helpers", "common", "core", "manager", "managers", "base", "misc"}


def check(checkout: Checkout) -> Iterator[Finding]:
    """Files and folders of Python called utils, helpers, common, core, manager, base."""
    for path in checkout.texts:
        if not path.endswith(".py"):
            continue
        for part in (*PurePosixPath(path).parts[:-1], PurePosixPath(path).stem):
            if part in NAMELESS:
                advice = "name it by what it does; a generic tool is one word in kit/"
                yield Finding(path, 1, f"'{part}' says nothing: {advice}")
