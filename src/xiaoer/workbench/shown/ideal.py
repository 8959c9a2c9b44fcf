"""The ideal firm on screen: a funnel of steps, the form of criteria, the rules there were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.kit.screens import formats
from xiaoer.kit.screens.tables import Choice
from xiaoer.segments.ideal import CRITERIA, PERCENT, Criteria, Criterion, Value
from xiaoer.segments.queries import Step, in_order
from xiaoer.segments.terms import FEN_PER_WAN
from xiaoer.workbench.shown.drawings import tongue

TITLES = {
    "nothing_late": gettext_lazy("Nothing past due"),
    "risk_at_most": gettext_lazy("Risk at most, %"),
    "years_at_least": gettext_lazy("Years with the bank, at least"),
    "products_at_least": gettext_lazy("Products, at least"),
    "turnover_at_least": gettext_lazy("Turnover over 12 months, at least, in 10,000 yuan"),
    "growth_at_least": gettext_lazy("Turnover year on year, at least, %"),
    "industries": gettext_lazy("Key industries"),
    "regions": gettext_lazy("Regions"),
}


def told(key: str, value: Value) -> str:
    """A criterion as a step of the funnel names it."""
    if isinstance(value, list):
        return f"{TITLES[key]}: {('、' if formats.chinese(tongue()) else ', ').join(value)}"
    words: Mapping[str, Any] = {
        "nothing_late": lambda: str(TITLES[key]),
        "risk_at_most": lambda: _("Risk at most %(share)s") % {"share": formats.percent(float(value))},
        "years_at_least": lambda: ngettext("%(n)s year with the bank or more", "%(n)s years with the bank or more",
                                           int(value)) % {"n": value},
        "products_at_least": lambda: ngettext("%(n)s product or more", "%(n)s products or more", int(value))
        % {"n": value},
        "turnover_at_least": lambda: _("Turnover of %(sum)s or more")
        % {"sum": formats.money(int(value) * FEN_PER_WAN, tongue()).replace(".0 ", " ").replace(".0m", "m")},
        "growth_at_least": lambda: _("Turnover year on year %(change)s or better")
        % {"change": formats.change(float(value)) if value else formats.percent(0.0, 0)},
    }  # fmt: skip
    return str(words[key]())


@dataclass(frozen=True)
class Bar:
    """One step: firms left, as a part of all; where a tap leads ("" for a rule that is only tried)."""

    title: str
    kept: int
    taken: int
    unknown: int
    share: float
    address: str

    @property
    def width(self) -> str:
        return f"{self.share * PERCENT:.1f}%"

    @property
    def lost(self) -> str:
        if not self.taken:
            return _("takes nobody")
        words = ngettext("takes %(n)s firm", "takes %(n)s firms", self.taken) % {
            "n": formats.count(self.taken)
        }
        if not self.unknown:
            return words
        rest = ngettext(
            "%(n)s of them because nothing is known", "%(n)s of them because nothing is known", self.unknown
        )
        return (
            f"{words}{'，' if formats.chinese(tongue()) else ', '}{rest % {'n': formats.count(self.unknown)}}"
        )


@dataclass(frozen=True)
class Funnel:
    """The steps of a rule."""

    whole: int
    steps: Sequence[Step]
    adopted: bool

    @property
    def bars(self) -> list[Bar]:
        return [self._bar(number, one) for number, one in enumerate(self.steps, 1)]

    def _bar(self, number: int, step: Step) -> Bar:
        share = step.kept / self.whole if self.whole else 0.0
        address = _firms(number) if self.adopted else ""
        return Bar(told(step.key, step.value), step.kept, step.taken, step.unknown, share, address)

    @property
    def left(self) -> int:
        return self.steps[-1].kept if self.steps else self.whole

    @property
    def list_address(self) -> str:
        return _firms(len(self.steps))


def _firms(number: int) -> str:
    return f"{reverse('firms')}?ideal={number}"


@dataclass(frozen=True)
class Field:
    """A criterion in the form: what it is set to as text, or what it may be set to."""

    criterion: Criterion
    title: str
    value: str
    choices: Sequence[tuple[str, bool]] = ()

    @property
    def key(self) -> str:
        return self.criterion.key

    @property
    def kind(self) -> str:
        return self.criterion.kind

    @property
    def step(self) -> str:
        return "0.1" if self.kind == "percent" else "1"


def fields(held: Criteria, among: Mapping[str, Sequence[Choice]]) -> list[Field]:
    """The form, filled with a rule; a named industry or region that no firm has stays in it."""
    made = []
    for one in CRITERIA:
        value = held.get(one.key)
        names = [str(choice.key) for choice in among.get(one.key, ())]
        chosen = value if isinstance(value, list) else []
        names += [name for name in chosen if name not in names]
        choices = [(name, name in chosen) for name in names]
        made.append(Field(one, str(TITLES[one.key]), _text(one, value), choices))
    return made


def _text(criterion: Criterion, value: Value | None) -> str:
    if value is None or isinstance(value, list):
        return ""
    if criterion.kind == "percent":
        return f"{float(value) * PERCENT:g}"
    return "1" if value is True else str(value)


@dataclass(frozen=True)
class Adopted:
    """A rule somebody adopted, in a line."""

    rule: Any
    person: str

    @property
    def day(self) -> date:
        return self.rule.from_date  # type: ignore[no-any-return]

    @property
    def words(self) -> str:
        apart = "；" if formats.chinese(tongue()) else "; "
        return apart.join(told(key, value) for key, value in in_order(self.rule.criteria).items())

    @property
    def left(self) -> int | None:
        return self.rule.kept[-1] if self.rule.kept else None


@dataclass(frozen=True)
class IdealPage:
    """The page; `trial` is a rule somebody tries, not adopted."""

    funnel: Funnel
    trial: Funnel | None
    fields: Sequence[Field]
    history: Sequence[Adopted]
    may_adopt: bool

    @property
    def sentence(self) -> str:
        if not self.funnel.whole:
            return _("No firm answers to you yet")
        words = ngettext(
            "%(n)s of %(whole)s firms is on the service target list",
            "%(n)s of %(whole)s firms are on the service target list",
            self.funnel.left,
        )
        return words % {"n": formats.count(self.funnel.left), "whole": formats.count(self.funnel.whole)}

    @property
    def tried(self) -> str:
        """How many the tried rule would leave, beside the one in force."""
        if self.trial is None:
            return ""
        words = ngettext("%(n)s firm left, %(now)s today", "%(n)s firms left, %(now)s today", self.trial.left)
        return words % {"n": formats.count(self.trial.left), "now": formats.count(self.funnel.left)}

    @property
    def lede(self) -> str:
        return _(
            "Who meets every criterion, one after the other; of whom something is not known, it is said."
        )
