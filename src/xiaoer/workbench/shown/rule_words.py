"""A rule's text in words: whom, when, what the manager reads, what to do; the fields of the editor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from xiaoer.branches.terms import post_kinds
from xiaoer.events.expressions import spoken
from xiaoer.events.readable import Readable, readables, themes
from xiaoer.events.written import BEFORE, BRINGS, PURPOSES, WAYS, Population, WrittenRule, shown_by
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue

FIELDS = {
    "title_zh": gettext_lazy("Name in Chinese"),
    "title_en": gettext_lazy("Name in English"),
    "tiers": gettext_lazy("Tiers"),
    "kinds": gettext_lazy("Kinds"),
    "industries": gettext_lazy("Industries"),
    "holds": gettext_lazy("Holds the product"),
    "holds_not": gettext_lazy("Does not hold"),
    "condition": gettext_lazy("Condition"),
    "zh": gettext_lazy("Sentence in Chinese"),
    "en": gettext_lazy("Sentence in English"),
    "goal_zh": gettext_lazy("Goal in Chinese"),
    "goal_en": gettext_lazy("Goal in English"),
    "severity": gettext_lazy("Weight"),
    "due_days": gettext_lazy("Working days to act in"),
    "stands_days": gettext_lazy("Days it still stands"),
    "owner": gettext_lazy("Answers for it"),
    "stake": gettext_lazy("Amount at stake"),
    "way": gettext_lazy("Way"),
    "purpose": gettext_lazy("Purpose"),
    "minutes": gettext_lazy("Minutes a contact"),
    "brings": gettext_lazy("Brings"),
    "population": gettext_lazy("Whom"),
}
PURPOSE_WORDS = {
    "care": pgettext_lazy("purpose", "Care"),
    "offer": pgettext_lazy("purpose", "Offer"),
    "renewal": pgettext_lazy("purpose", "Renewal"),
}
BRINGS_WORDS = {
    "relationship": pgettext_lazy("brings", "the relationship"),
    "loan": pgettext_lazy("brings", "a loan"),
}
UNITS = {
    "amount": gettext_lazy("money: 元, 万, 亿"),
    "share": gettext_lazy("per cent: 30%"),
    "rate": gettext_lazy("per cent: 30%"),
    "days": gettext_lazy("days: 30天"),
    "count": gettext_lazy("a number"),
    "ratio": gettext_lazy("a number"),
}
CHOICES: Mapping[str, tuple[tuple[str, ...], Mapping[str, Any]]] = {
    "severity": (("act", "watch", "note"), wordings.SEVERITIES),
    "way": (WAYS, wordings.CHANNELS),
    "purpose": (PURPOSES, PURPOSE_WORDS),
    "brings": (BRINGS, BRINGS_WORDS),
}


@dataclass(frozen=True)
class Fact:
    """A readable column as the editor offers it."""

    name: str
    title: str
    unit: str
    sought: str  # what a typed word is held against
    money: bool


def facts() -> list[tuple[str, list[Fact]]]:
    """Readable columns by theme in words, in the editor's order; themes nothing is readable of are left out."""
    by_theme: dict[str, list[Fact]] = {}
    for one in readables().values():
        by_theme.setdefault(one.theme, []).append(_fact(one))
    side = "zh" if tongue().startswith("zh") else "en"
    return [(words[side], by_theme[code]) for code, words in themes().items() if code in by_theme]


def _fact(one: Readable) -> Fact:
    return Fact(one.name, one.title(tongue()), str(UNITS.get(one.unit, one.unit)),
                f"{one.name} {one.zh} {one.en}".lower(), one.money)  # fmt: skip


def condition_words(rule: WrittenRule) -> str:
    """The condition as a sentence in the reader's language."""
    return spoken(rule.tree, "zh" if tongue().startswith("zh") else "en")


def whom(people: Population, products: Mapping[str, str]) -> str:
    """The population in words, products by their names."""
    told = {
        "industries": _("industry %(codes)s"), "holds": _("holds %(codes)s"), "holds_not": _("does not hold %(codes)s"),
    }  # fmt: skip
    named = {name: products_named(getattr(people, name), products) for name in told}
    parts = [
        _joined(wordings.word(wordings.TIERS, one) for one in people.tiers),
        _joined(wordings.word(wordings.KINDS, one) for one in people.kinds),
        *(told[name] % {"codes": codes} for name, codes in named.items() if codes),
    ]
    return " · ".join(filter(None, parts)) or _("Every firm")


def products_named(codes: Iterable[str], products: Mapping[str, str]) -> str:
    """Products by their names; one the catalogue does not know by its number."""
    return _joined(products.get(one, one) for one in codes)


def pattern_words(words: str, side: str) -> str:
    """A sentence with its columns named in brackets instead of codes, in "zh" or "en"."""
    return "".join(
        text + (f"〔{_called(name, side)}〕" if name else "")
        for text, name, _f, _c in Formatter().parse(words)
    )


def _called(name: str, side: str) -> str:
    before = name.startswith(BEFORE) and name not in readables()
    title = shown_by(name).title(side)
    return title if not before else f"前一晚的{title}" if side == "zh" else f"{title} the night before"


def evidence(rule: WrittenRule) -> list[Readable]:
    """The columns its sentence shows."""
    return [shown_by(name) for name in rule.evidence]


def card(rule: WrittenRule) -> list[tuple[str, str]]:
    """Urgency, half-life, owner, what the contact is and brings, in words."""
    stake = readables()[rule.stake].title(tongue()) if rule.stake else _("none")
    milder = ngettext("%(n)s day, one step milder", "%(n)s days, one step milder", rule.stands_days)
    stands = milder % {"n": rule.stands_days} if rule.stands_days else _("not at all")
    return [
        (str(FIELDS["severity"]), wordings.word(wordings.SEVERITIES, rule.severity)),
        (_("To be acted on"), within(rule.due_days)),
        (_("Stands after it no longer holds"), stands),
        (str(FIELDS["owner"]), post(rule.owner)),
        (_("The contact"), contact(rule)),
        (str(FIELDS["stake"]), stake),
    ]  # fmt: skip


def within(days: int) -> str:
    """Working days to act in."""
    return ngettext("within %(n)s working day", "within %(n)s working days", days) % {"n": days}


def contact(rule: WrittenRule) -> str:
    """What it asks a manager for."""
    told = _("%(way)s, %(minutes)s minutes, for %(purpose)s")
    return told % {"way": wordings.word(wordings.CHANNELS, rule.way), "minutes": rule.minutes,
                   "purpose": str(PURPOSE_WORDS.get(rule.purpose, rule.purpose)).lower()}  # fmt: skip


def post(code: str) -> str:
    """A post's title."""
    kind = post_kinds().get(code)
    return kind.title(tongue()) if kind else code


def owners() -> dict[str, str]:
    """Titles of all posts by code."""
    return {code: post(code) for code in post_kinds()}


def _joined(parts: Iterable[str]) -> str:
    return ("、" if tongue().startswith("zh") else ", ").join(parts)
