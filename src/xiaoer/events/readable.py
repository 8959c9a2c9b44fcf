"""What a rule of the bank may read of a firm: names, units, words in both languages."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from xiaoer.features.terms import catalogue
from xiaoer.kit.text import wording

PAGE = Path(__file__).with_name("readable.toml")
SUFFIXES = {"amount": "_amount", "share": "_share", "rate": "_rate"}  # how kit/text shows a parameter


@dataclass(frozen=True)
class Readable:
    """A column of the night's `firms`; amounts are fen, shares fractions, the rest plain numbers."""

    name: str
    theme: str
    unit: str
    zh: str
    en: str

    @property
    def money(self) -> bool:
        return self.unit == "amount"

    @property
    def shown_as(self) -> str:
        """The name under which a reason carries it: its ending tells how it is shown."""
        suffix = SUFFIXES.get(self.unit, "")
        return self.name if self.name.endswith(suffix) else self.name + suffix

    def title(self, language: str) -> str:
        """The name in "zh…" or "en…"."""
        return self.zh if language.lower().startswith("zh") else self.en


@cache
def readables() -> Mapping[str, Readable]:
    """Every readable column by name, in the order of the page; the catalogue's words where it has them."""
    page = tomllib.loads(PAGE.read_text(encoding="utf-8"))
    known = catalogue()
    from_catalogue = {
        name: Readable(
            name, known[name].theme, known[name].unit, wording()[name]["zh"], wording()[name]["en"]
        )
        for name in page["catalogue"]["names"]
    }
    return from_catalogue | {name: Readable(name, **entry) for name, entry in page["firm"].items()}


@cache
def themes() -> Mapping[str, Mapping[str, str]]:
    """The themes' names in both languages, in the order the editor shows them."""
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(PAGE.read_text(encoding="utf-8"))["themes"]
    return found
