"""Business parameters: dated versions with an owner, in each room's `parameters.toml`, never in code.

[tiers]
owner = "who answers for these figures"
[[tiers.version]]
from_date = 2026-01-01
…
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from xiaoer.kit.refusal import Refusal

ROOMS = Path(__file__).resolve().parent.parent


def in_force(room: str, section: str, on: date) -> Mapping[str, Any]:
    """The version of a section that holds on a day: the last one whose `from_date` has come.

    Raises Refusal when the section is missing, has no owner, or no version holds yet.
    """
    place = f"{room}/parameters.toml [{section}]"
    held = _read(ROOMS / room / "parameters.toml").get(section)
    if held is None:
        raise Refusal("the section is missing", place, "an owner and dated versions")
    if not held.get("owner"):
        raise Refusal("nobody answers for these parameters", place, 'owner = "…"')
    begun = [version for version in held.get("version", []) if version["from_date"] <= on]
    if not begun:
        raise Refusal(f"no version holds on {on}", place, f"a version with from_date on or before {on}")
    latest: Mapping[str, Any] = max(begun, key=lambda version: version["from_date"])
    return latest


@cache
def _read(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        raise Refusal("there is no such file", f"{path.parent.name}/parameters.toml")
    with path.open("rb") as file:
        return tomllib.load(file)
