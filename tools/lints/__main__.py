"""Run every lint over this checkout: `python -m tools.lints`. Exit 1 when anything was found."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.lints import checkout as checkouts
from tools.lints.checkout import Checkout, Finding

RULES = sorted(
    module.name
    for module in pkgutil.iter_modules([str(Path(__file__).parent)])
    if module.name not in {"__main__", "checkout"}
)


def findings(checkout: Checkout) -> Iterator[Finding]:
    """What all rules find."""
    for rule in RULES:
        yield from importlib.import_module(f"tools.lints.{rule}").check(checkout)


def main() -> int:
    """Print the findings; the number of rules run when there are none."""
    found = sorted(set(findings(checkouts.of_folder(Path.cwd()))), key=lambda f: (f.path, f.line, f.message))
    for finding in found:
        print(finding)
    print(f"{len(found)} found by {len(RULES)} house rules" if found else f"{len(RULES)} house rules kept")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
