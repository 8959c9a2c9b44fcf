"""A rule's page: where it stands, what it says, its nights, what came of it, who took which step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.events.lives import Life, Verb
from xiaoer.events.product import Described
from xiaoer.events.written import Limits, WrittenRule
from xiaoer.kit.scope import Scope
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart, Series
from xiaoer.kit.text import say
from xiaoer.workbench.shown import rule_words as words
from xiaoer.workbench.shown import rules as listed
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.rule_history import Called, told

TABS = {
    "says": gettext_lazy("What it says"),
    "nights": gettext_lazy("Nights"),
    "dry": gettext_lazy("Dry run"),
    "steps": gettext_lazy("History"),
}
NIGHTS_DRAWN = 28


@dataclass(frozen=True)
class Act:
    """Something the reader may do now; `over` where it opens a sheet."""

    title: Any
    address: str
    over: bool = True
    main: bool = False


@dataclass(frozen=True)
class RuleSheet:
    """One rule before a reader. `next_night` is the first one that what is done now counts for."""

    rule: str
    title: str
    life: Life | None
    product: Described | None
    steps: Sequence[Any]
    people: Mapping[str, str]
    reader: Scope
    today: date
    next_night: date
    named: int
    nights: Sequence[Mapping[str, Any]] = ()
    said: Any = None  # an event of it
    tried: bool = False
    tab: str = "says"
    copies: bool = False  # a text of the bank can be started from it
    dry: Any = None
    products: Mapping[str, str] = field(default_factory=dict)

    @property
    def states(self) -> list[Any]:
        return list(listed.chips(listed.states(self.life, self.today, tried=self.tried)))

    @property
    def text(self) -> WrittenRule | None:
        """The text the page tells: on its way where there is one, else in force, else the newest."""
        return self.life.newest if self.life else None

    @property
    def origin(self) -> str:
        return str(listed.ORIGINS["product" if self.product else "bank"])

    @property
    def turn(self) -> Verb | None:
        return self.life.turn if self.life else None

    @property
    def waits(self) -> bool:
        return self.turn == Verb.PROPOSED

    @property
    def mine(self) -> bool:
        """Whether the reader had a hand in any of its texts."""
        hands = {Verb.WRITTEN.value, Verb.PROPOSED.value}
        return any(one.step in hands and one.staff_id == self.reader.staff_id for one in self.steps)

    @property
    def is_mine_to_take(self) -> bool:
        return self.waits and not self.mine and self.reader.may("rules.adopt")

    @property
    def tries(self) -> bool:
        """Whether the reader may ask for a dry run."""
        return self.reader.may("rules.write") or self.reader.may("rules.adopt")

    @property
    def is_muted(self) -> bool:
        return bool(self.life and self.life.muted_on(self.today))

    @property
    def is_used(self) -> bool:
        return bool(self.product or (self.life and self.life.adopted is not None))

    @property
    def lede(self) -> str:
        if self.product:
            return self.product.title(tongue())
        if self.text is None:
            return ""
        apart = "：" if tongue().startswith("zh") else ": "
        return words.whom(self.text.population, self.products) + apart + words.condition_words(self.text)

    @property
    def warnings(self) -> list[str]:
        """What somebody must know before anything else."""
        found = []
        if self.life and (fault := self.life.unread):
            told = _(
                "The text kept in the database cannot be read (%(field)s: %(why)s). "
                "The rule names nobody. Write it anew, or end it."
            )
            found.append(
                told
                % {
                    "field": words.FIELDS.get(fault.field, fault.field or "body"),
                    "why": say(fault.why, tongue()),
                }
            )
        if self.is_muted and self.life and self.life.mute:
            told = _("Muted up to and with the night of %(day)s: “%(reason)s”")
            found.append(
                told
                % {
                    "day": formats.day(self.life.mute.until, tongue(), self.today),
                    "reason": self.life.mute.reason,
                }
            )
        if self.turn == Verb.RETURNED and self.life and self.life.last:
            last = next(one for one in reversed(self.steps) if one.step == Verb.RETURNED.value)
            found.append(
                _("Sent back by %(who)s: “%(reason)s”")
                % {"who": self.who(last.staff_id), "reason": last.reason}
            )
        if (
            self.life
            and self.life.adopted
            and self.life.adopted != self.life.version
            and self.turn != Verb.ENDED
        ):
            told = _("Version %(old)s stays in force until version %(new)s is adopted.")
            found.append(told % {"old": self.life.adopted, "new": self.life.version})
        return found

    def who(self, staff_id: str) -> str:
        return self.people.get(staff_id, staff_id)

    @cached_property
    def acts(self) -> list[Act]:
        """What the reader may do, the first one filled."""
        found = [*self._turns(), *self._stops()]
        if self.copies and self.reader.may("rules.write"):
            address = f"{reverse('rule-new')}?like={self.rule}"
            found.append(Act(_("Copy as a start"), address, over=False, main=bool(self.product)))
        return found

    def _turns(self) -> list[Act]:
        found = []
        if self.turn in (Verb.WRITTEN, Verb.RETURNED) and self.text and self.reader.may("rules.write"):
            found.append(Act(_("Ask a second person"), self.address("propose"), main=True))
        if self.is_mine_to_take:
            found.append(Act(_("Look and decide"), self.address("decide"), main=True))
        if self.life and self.life.texts and self.reader.may("rules.write"):
            found.append(Act(_("Change the text"), reverse("rule-edit", args=[self.rule]), over=False))
        return found

    def _stops(self) -> list[Act]:
        found = []
        if (
            self.reader.may("rules.adopt")
            and self.is_used
            and self.rule not in Limits.in_force(self.today).never_muted
        ):
            deed, title = ("unmute", _("Let it speak")) if self.is_muted else ("mute", _("Mute"))
            found.append(Act(title, self.address(deed)))
        ends = self.reader.may("rules.adopt") or self.reader.may("rules.write")
        if ends and self.life and self.life.adopted is not None:
            found.append(Act(_("End"), self.address("end")))
        return found

    def address(self, deed: str) -> str:
        return reverse("rule-step", args=[self.rule, deed])

    @property
    def tiles(self) -> list[tuple[str, str, str]]:
        """Name, value, note."""
        came = {name: sum(one[name] for one in self.nights) for name in ("contacts", "won")}
        recent = ngettext("recent %(n)s night", "recent %(n)s nights", len(self.nights))
        weeks = recent % {"n": len(self.nights)} if self.nights else _("no night has told yet")
        taken = formats.percent(came["won"] / came["contacts"], 0) if came["contacts"] else ""
        share = _("%(share)s of contacts") % {"share": taken} if taken else ""
        return [
            (_("Firms last night"), formats.count(self.named), _("in the portfolios you see")),
            (_("Contacts that came of it"), formats.count(came["contacts"]), weeks),
            (_("Accepted"), formats.count(came["won"]), share or weeks),
            (_("Counts from"), formats.day(self.next_night, tongue(), self.today), _("what is decided now")),
        ]  # fmt: skip

    @property
    def chart(self) -> Chart | None:
        """Firms a night; the nights as far as they were kept."""
        if not self.nights:
            return None
        days = [one["day"] for one in self.nights][-NIGHTS_DRAWN:]
        firms = tuple(float(one["firms"]) for one in self.nights)[-NIGHTS_DRAWN:]
        return Chart(
            "months", _("Firms it named"), tuple(f"{day.month}/{day.day}" for day in days),
            (Series(gettext_lazy("Firms"), firms),), long=tuple(formats.day(day, tongue(), self.today) for day in days),
            digits=0, head=_("Night"),
        )  # fmt: skip

    @property
    def tabs(self) -> list[dict[str, Any]]:
        codes = [code for code in TABS if not (self.product and code == "dry")]
        here = reverse("rule", args=[self.rule])
        return [
            {"title": TABS[code], "address": f"{here}?tab={code}", "here": code == self.tab} for code in codes
        ]

    @property
    def card(self) -> list[tuple[str, str]]:
        if self.product:
            return [
                (str(words.FIELDS["severity"]), wordings.word(wordings.SEVERITIES, self.product.severity)),
                (_("To be acted on"), words.within(self.product.due_days)),
                (_("Decided"), _decided(self.product)),
            ]
        return words.card(self.text) if self.text else []

    @property
    def evidence(self) -> list[Any]:
        return words.evidence(self.text) if self.text else []

    @property
    def sentences(self) -> list[tuple[str, str, str]]:
        """Language, sentence, goal."""
        if self.text is None:
            return []
        sides = (
            ("中文", self.text.zh, self.text.goal_zh, "zh"),
            ("English", self.text.en, self.text.goal_en, "en"),
        )
        return [(name, words.pattern_words(said, side), goal) for name, said, goal, side in sides]

    @property
    def history(self) -> list[dict[str, Any]]:
        """Steps, newest first."""
        called = Called(self.people, self.products)
        return [told(one, self.life, called, self.today) for one in reversed(self.steps)]

    @property
    def most_mute(self) -> date:
        """The last day a mute may reach."""
        return self.next_night + timedelta(days=Limits.in_force(self.today).most_mute_days)


def _decided(product: Described) -> str:
    """When a rule of the product is decided."""
    if product.by_day and product.by_night:
        return _("by night, and by day from one record")
    return _("by day, from one record") if product.by_day else _("by night")
