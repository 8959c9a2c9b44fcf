"""The product's own rules in words, with the figures in force, and as a text of the bank to start from."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from xiaoer.events.terms import FEN_PER_WAN, Rule, Rules
from xiaoer.events.written import WrittenRule
from xiaoer.kit.money import short_amount
from xiaoer.kit.text import wording

PAGE = Path(__file__).with_name("product.toml")


@dataclass(frozen=True)
class Described:
    """A rule of the product on a day: what it asks for in both languages, its urgency, how it is decided."""

    rule: Rule
    zh: str
    en: str
    severity: str
    due_days: int
    stands_days: int
    by_day: bool
    by_night: bool

    def title(self, language: str) -> str:
        """What it asks for, in "zh…" or "en…"; "" where nobody has worded it."""
        return self.zh if language.lower().startswith("zh") else self.en


def described(rule: Rule, on: date) -> Described:
    """A rule with the figures of a day."""
    held, said = Rules.in_force(on).of(rule), _page().get(rule.value, {})
    words = {tongue: said.get(tongue, "").format_map(_figures(held, tongue)) for tongue in ("zh", "en")}
    return Described(rule, words["zh"], words["en"], held["severity"], held["due_days"], held.get("stands_days", 0),
                     "record" in held, "record" not in held or "changed" in held)  # fmt: skip


def start(rule: Rule, on: date, titles: Mapping[str, str]) -> WrittenRule | None:
    """A text of the bank near to a rule of the product, to be changed; None where none could say it.

    `titles` are what it is called, by "zh" and "en".
    """
    held, said = Rules.in_force(on).of(rule), _page().get(rule.value, {})
    if "condition" not in said:
        return None
    figures, goal = _figures(held, "condition"), wording()[f"goal_{rule.value}"]
    return WrittenRule(
        title_zh=titles["zh"], title_en=titles["en"], condition=said["condition"].format_map(figures),
        zh=said["seen_zh"].format(), en=said["seen_en"].format(), goal_zh=goal["zh"], goal_en=goal["en"],
        severity=held["severity"], due_days=held["due_days"], stake=said["stake"],
    )  # fmt: skip


def _figures(held: Mapping[str, Any], tongue: str) -> dict[str, str]:
    """Parameters as they stand in a sentence, or in a condition."""
    return {
        name: _figure(name, value, tongue)
        for name, value in held.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _figure(name: str, value: float, tongue: str) -> str:
    if name.endswith("_wan"):
        return f"{value:g}万" if tongue == "condition" else short_amount(int(value * FEN_PER_WAN), tongue)
    return f"{value * 100:g}%" if 0 < value < 1 else f"{value:g}"


@cache
def _page() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(PAGE.read_text(encoding="utf-8"))
