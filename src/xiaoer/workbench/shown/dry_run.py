"""What a dry run found in the reader's portfolios: how many, whose, who hears of them already, what it asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.events.lives import parted
from xiaoer.events.rulebook import patterns
from xiaoer.events.written import WrittenRule
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart, Series
from xiaoer.kit.text import filled, say
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.dry_parts import Bench, Part, Sample

WORKING_DAYS = 5
SHOWN, MANAGERS_SHOWN = 12, 30
TRIED = "bank_dry"


@dataclass(frozen=True)
class DryRunPage:
    """A dry run before its reader: waiting, not tried, or answered. `counts` are rows in the reader's portfolios."""

    run: Any
    rule: WrittenRule | None
    answering: bool
    today: date
    counts: Sequence[Any] = ()
    bench: Bench = field(default_factory=Bench)
    firms: Mapping[str, Any] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def answer(self) -> Any:
        return getattr(self.run, "answer", None)

    @property
    def address(self) -> str:
        return reverse("dry-run", args=[self.run.pk])

    @property
    def why_not(self) -> str:
        return say(self.answer.why_not, tongue()) if self.answer and self.answer.why_not else ""

    @cached_property
    def night(self) -> date | None:
        return date.fromisoformat(self.answer.nights[0]) if self.answer and self.answer.nights else None

    @cached_property
    def last(self) -> list[Any]:
        return [one for one in self.counts if one.day == self.night]

    def total(self, name: str) -> int:
        return sum(getattr(one, name) for one in self.last)

    @property
    def sentence(self) -> str:
        named = self.total("firms")
        told = ngettext(
            "It would have named %(n)s firm in the night of %(day)s",
            "It would have named %(n)s firms in the night of %(day)s",
            named,
        )
        return told % {"n": formats.count(named), "day": formats.day(self.night, tongue(), self.today)}

    @property
    def remark(self) -> str:
        """What follows for whoever proposes it."""
        if not self.total("firms"):
            return _(
                "No firm you see meets the condition. Look whether it asks for too much, or for what is rarely known."
            )
        return f"{self._news} {self._weight}"

    @property
    def _news(self) -> str:
        alone = self.total("alone")
        told = ngettext("%(n)s of them no other rule names.", "%(n)s of them no other rule names.", alone)
        return told % {"n": formats.count(alone)}

    @property
    def _weight(self) -> str:
        named, most = self.total("firms"), self.bench.firms
        if not named:
            return _(
                "No firm you see meets the condition. Look whether it asks for too much, or for what is rarely known."
            )
        if most and named > most / 3:
            return _("That is more than a third of all firms: a rule that names so many moves nobody.")
        heavy = [one for one in self.by_manager if one.is_heavy]
        if heavy:
            told = ngettext(
                "For %(n)s manager it would take more than a quarter of a week.",
                "For %(n)s managers it would take more than a quarter of a week.",
                len(heavy),
            )
            return told % {"n": len(heavy)}
        return _("Nobody's week is filled by it.")

    @property
    def tiles(self) -> list[tuple[str, str, str]]:
        """Name, value, note."""
        named, book = self.total("firms"), self.bench.firms
        share = formats.percent(named / book) if book else "—"
        hours = formats.hours(self.total("minutes"))
        found = [
            (
                _("Firms"),
                formats.count(named),
                _("%(share)s of %(n)s in the portfolios you see")
                % {"share": share, "n": formats.count(book)},
            ),
            (_("Hours asked for"), hours, _("were all met in one week")),
            (_("New in a week"), self._fresh, self._fresh_note),
        ]
        return [*found, self._against]

    @property
    def _fresh(self) -> str:
        return formats.count(self.total("fresh")) if self.answer.week_before else "—"

    @property
    def _fresh_note(self) -> str:
        if not self.answer.week_before:
            return _("no night of the week before is kept")
        return _("not named in the night of %(day)s") % {
            "day": formats.day(self.answer.week_before, tongue(), self.today)
        }

    @property
    def _against(self) -> tuple[str, str, str]:
        if self.answer.against is None:
            return _("News"), formats.count(self.total("alone")), _("firms no other rule names")
        change = f"+{formats.count(self.total('added'))} / −{formats.count(self.total('dropped'))}"
        return (
            _("Against the version in use"),
            change,
            _("firms added / no longer named; version %(n)s") % {"n": self.answer.against},
        )

    @cached_property
    def by_manager(self) -> list[Part]:
        """The fullest weeks first."""
        parts = [self._manager(key, rows) for key, rows in _grouped(self.last, "manager_id").items()]
        return sorted(parts, key=lambda one: (-(one.load or 0), -one.firms, one.title))[:MANAGERS_SHOWN]

    def _manager(self, key: str, rows: list[Any]) -> Part:
        name, minutes = self.bench.staff.get(key, (key, 0))
        branch = self.bench.branches.get(rows[0].branch_id, rows[0].branch_id)
        title = (
            _("Pooled desk %(branch)s") % {"branch": branch}
            if key.startswith("pool:")
            else f"{name} · {branch}"
        )
        return self._part(title, rows, self.bench.by_manager.get(key), minutes * WORKING_DAYS)

    @cached_property
    def by_branch(self) -> list[Part]:
        titles, books = self.bench.branches, self.bench.by_branch
        return self._parts("branch_id", lambda key: titles.get(key, key), books)

    @cached_property
    def by_tier(self) -> list[Part]:
        return self._parts(
            "tier", lambda key: wordings.word(wordings.TIERS, key) if key else "—", self.bench.by_tier
        )

    def _parts(self, column: str, title: Callable[[str], str], books: Mapping[str, int]) -> list[Part]:
        parts = [
            self._part(title(key), rows, books.get(key)) for key, rows in _grouped(self.last, column).items()
        ]
        return sorted(parts, key=lambda one: (-one.firms, one.title))

    def _part(self, title: str, rows: list[Any], of: int | None, week: int = 0) -> Part:
        sums = [sum(getattr(one, name) for one in rows) for name in ("firms", "fresh", "minutes")]
        return Part(title, sums[0], of, sums[1], sums[2], week)

    @cached_property
    def heard(self) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for one in self.last:
            for rule, firms in one.already.items():
                found[rule] += firms
        return found

    @property
    def overlap(self) -> list[Part]:
        """Other rules that name the same firms, most first."""
        named = self.total("firms")
        parts = [Part(self.titles.get(rule, rule), firms, named) for rule, firms in self.heard.items()]
        return sorted(parts, key=lambda one: (-one.firms, one.title))

    @cached_property
    def sample(self) -> list[Sample]:
        """A few firms of each portfolio and tier, the largest amounts first."""
        return self._samples(one for row in self.last for one in row.examples)

    @cached_property
    def gone(self) -> list[Sample]:
        """A few firms the version in use names and this text does not."""
        return self._samples(one for row in self.last for one in row.gone)

    def _samples(self, told: Iterable[Mapping[str, Any]]) -> list[Sample]:
        known = [one for one in told if one["customer_id"] in self.firms]
        ordered = sorted(known, key=lambda one: (-one["amount"], one["customer_id"]))[:SHOWN]
        return [
            Sample(
                self.firms[one["customer_id"]],
                self._said(one["because"]),
                one["amount"],
                one.get("added", False),
            )
            for one in ordered
        ]

    def _said(self, because: Mapping[str, Any]) -> str:
        """By this text's own sentence, or by that of the version it came from."""
        named = parted(str(because["code"]))
        if self.rule and named and named[0] == TRIED:
            return filled(patterns(self.rule), because["params"], tongue(), self.today)
        return formats.told(because, tongue(), self.today)

    @property
    def groups(self) -> list[tuple[str, list[Part]]]:
        """Titles with their parts: branches, tiers, other rules."""
        return [
            (_("By branch"), self.by_branch),
            (_("By tier"), self.by_tier),
            (_("Named already by"), self.overlap),
        ]

    @property
    def chart(self) -> Chart | None:
        """Firms it would have named on each night tried."""
        if not self.answer or len(self.answer.nights) < 2:
            return None
        days = [date.fromisoformat(day) for day in reversed(self.answer.nights)]
        found = [float(sum(one.firms for one in self.counts if one.day == day)) for day in days]
        return Chart(
            "months", _("Firms it would have named"), tuple(formats.month(day.isoformat(), tongue()) for day in days),
            (Series(gettext_lazy("Firms"), tuple(found)),),
            long=tuple(formats.day(day, tongue(), self.today) for day in days), digits=0, head=_("Night"),
        )  # fmt: skip


def _grouped(rows: Sequence[Any], column: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for one in rows:
        if one.firms:
            found[getattr(one, column)].append(one)
    return found
