"""The editor of a rule: what was typed, what is wrong with it, how it reads back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from xiaoer.events.readable import readables
from xiaoer.events.written import KINDS, TIERS, Population, WrittenRule
from xiaoer.kit.text import Reason, say
from xiaoer.workbench.shown import rule_words as words
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue

APART = re.compile(r"[\s,，、;；]+")
LONG = {
    "condition": 1_000,
    "zh": 200,
    "en": 200,
    "goal_zh": 400,
    "goal_en": 400,
    "title_zh": 60,
    "title_en": 60,
}
HOLDINGS = ("holds", "holds_not")
NUMBERS = ("due_days", "stands_days", "minutes")
EMPTY = WrittenRule("", "", "", "", "", "", "")


@dataclass(frozen=True)
class Editor:
    """One text being written; `code` "" for a new rule, `faults` by field."""

    rule: WrittenRule
    code: str = ""
    version: int = 1
    faults: Mapping[str, Reason] = field(default_factory=dict)
    adopted: int | None = None
    like: str = ""
    asked: bool = False  # the reader has pressed a button: what is missing is told too
    products: Mapping[str, str] = field(default_factory=dict)  # the catalogue by number

    @property
    def title(self) -> str:
        if not self.code:
            return _("A new rule")
        called = self.rule.title_zh if tongue().startswith("zh") else self.rule.title_en
        return _("%(name)s, version %(n)s") % {"name": called, "n": self.version}

    @property
    def address(self) -> str:
        return reverse("rule-edit", args=[self.code]) if self.code else reverse("rule-new")

    @property
    def wrong(self) -> dict[str, str]:
        """What is wrong by field, in words; fields nobody has touched are left in peace until a button is pressed."""
        return {
            name: say(why, tongue())
            for name, why in self.faults.items()
            if self.asked or not self._is_empty(name)
        }

    def _is_empty(self, name: str) -> bool:
        held = self.rule.population if hasattr(self.rule.population, name) else self.rule
        return getattr(held, name) in ("", ())

    @property
    def told(self) -> list[tuple[str, str]]:
        """Everything that is wrong, by the field's name."""
        return [(str(words.FIELDS[name]), say(why, tongue())) for name, why in self.faults.items()]

    @property
    def lacking(self) -> list[str]:
        """Fields that still want words."""
        return [str(words.FIELDS[name]) for name in self.faults if self._is_empty(name)]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Every field with what is wrong with it, "" for nothing."""
        return [(name, self.wrong.get(name, "")) for name in words.FIELDS if name != "population"]

    @property
    def can_be_read(self) -> bool:
        return "condition" not in self.faults

    @property
    def condition_words(self) -> str:
        return words.condition_words(self.rule) if self.can_be_read else ""

    @property
    def whom(self) -> str:
        return words.whom(self.rule.population, self.products)

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """The manager's sentence in both languages, its columns named; what cannot be read is left out."""
        return [
            (name, words.pattern_words(getattr(self.rule, side), side))
            for name, side in (("中文", "zh"), ("English", "en"))
            if side not in self.faults
        ]

    @property
    def stakes(self) -> list[tuple[str, str]]:
        return [("", _("none"))] + [
            (one.name, one.title(tongue())) for one in readables().values() if one.money
        ]

    @property
    def tiers(self) -> list[tuple[str, Any, bool]]:
        return [(code, wordings.TIERS[code], code in self.rule.population.tiers) for code in TIERS]

    @property
    def kinds(self) -> list[tuple[str, Any, bool]]:
        return [(code, wordings.KINDS[code], code in self.rule.population.kinds) for code in KINDS]

    @property
    def people(self) -> dict[str, str]:
        """The typed lists of codes as one text each."""
        return {
            name: " ".join(getattr(self.rule.population, name))
            for name in ("industries", "holds", "holds_not")
        }

    @property
    def held(self) -> list[tuple[str, Any, str, list[tuple[str, str, bool]]]]:
        """For both fields of products: what is chosen in words, and every product by name; chosen ones first."""
        found = []
        for name in HOLDINGS:
            chosen = getattr(self.rule.population, name)
            known = dict.fromkeys([*chosen, *self.products])
            menu = [(code, self.products.get(code, code), code in chosen) for code in known]
            found.append((name, words.FIELDS[name], words.products_named(chosen, self.products), menu))
        return found

    def choices(self, name: str) -> list[tuple[str, Any, bool]]:
        codes, titles = words.CHOICES[name]
        return [(code, titles[code], code == getattr(self.rule, name)) for code in codes]

    @property
    def picks(self) -> list[tuple[str, Any, list[tuple[str, Any, bool]]]]:
        """The choices that stand as menus."""
        owners = [(code, title, code == self.rule.owner) for code, title in words.owners().items()]
        menus = [(name, words.FIELDS[name], self.choices(name)) for name in ("way", "purpose", "brings")]
        return [*menus, ("owner", words.FIELDS["owner"], owners)]

    @property
    def weights(self) -> list[tuple[str, Any, bool]]:
        return self.choices("severity")

    @property
    def numbers(self) -> list[tuple[str, Any, int]]:
        return [(name, words.FIELDS[name], getattr(self.rule, name)) for name in NUMBERS]


def typed(posted: QueryDict) -> WrittenRule:
    """What stands in the form; numbers that are none become 0 and are refused by their span."""
    texts: dict[str, Any] = {name: posted.get(name, "").strip()[: 2 * most] for name, most in LONG.items()}
    picks = {
        name: posted.get(name, "") for name in ("severity", "owner", "stake", "way", "purpose", "brings")
    }
    numbers = {name: _number(posted.get(name, "")) for name in NUMBERS}
    people = Population(
        tiers=tuple(posted.getlist("tiers")),
        kinds=tuple(posted.getlist("kinds")),
        **{
            name: tuple(filter(None, APART.split(" ".join(posted.getlist(name)))))
            for name in ("industries", "holds", "holds_not")
        },
    )
    return WrittenRule(**(texts | picks | numbers), population=people)


def _number(text: str) -> int:
    return int(text) if text.strip().isascii() and text.strip().isdigit() and len(text) < 6 else 0
