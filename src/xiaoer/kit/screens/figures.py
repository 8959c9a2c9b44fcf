"""What a figure means: name, definition, formula and source in both languages, from figures.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PLACE = Path(__file__).with_name("figures.toml")


@dataclass(frozen=True)
class Figure:
    """One figure in one language."""

    code: str
    name: str
    definition: str
    formula: str
    source: str


@cache
def dictionary() -> dict[str, dict[str, dict[str, str]]]:
    with PLACE.open("rb") as file:
        return tomllib.load(file)


def figure(code: str, language: str) -> Figure:
    """The figure's entry; LookupError names a code nobody has defined."""
    try:
        entry = dictionary()[code]["zh" if language.startswith("zh") else "en"]
    except KeyError as fault:
        message = f"figure {code!r} has no entry in figures.toml for {language}"
        raise LookupError(message) from fault
    return Figure(code, entry["name"], entry["definition"], entry.get("formula", ""), entry["source"])
