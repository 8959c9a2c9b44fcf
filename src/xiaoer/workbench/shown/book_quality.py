"""Reports on the loan book: migration between month-ends, vintages, concentration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from xiaoer.kit.dates import add_months, month_label, months_between
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart, Series
from xiaoer.loans.terms import FiveClass
from xiaoer.workbench.shown import lending
from xiaoer.workbench.shown.drawings import tongue

COHORTS_SHOWN, LONGEST_AGE, GROUPS_SHOWN = 4, 24, 20
QUARTER = 3


@dataclass(frozen=True)
class Square:
    """One cell of the matrix: notes, balance (fen), and the share of the row's notes."""

    notes: int
    balance: int
    share: Fraction
    way: str

    @property
    def percent(self) -> str:
        return formats.percent(float(self.share)) if self.notes else ""


@dataclass(frozen=True)
class MatrixRow:
    """Notes of one class at the month-end before; shares of those still on the book add up to one."""

    code: str
    squares: Sequence[Square]
    left: int
    notes: int

    @property
    def words(self) -> str:
        return lending.class_word(self.code)


@dataclass(frozen=True)
class Matrix:
    """A month's migration; `moved` are its cells from the database ("" is not on the book)."""

    month: date | None
    months: Sequence[date]
    moved: Sequence[Mapping[str, Any]]

    @property
    def heads(self) -> list[str]:
        return [lending.class_word(one) for one in FiveClass]

    @property
    def rows(self) -> list[MatrixRow]:
        return [self._row(one) for one in FiveClass]

    @property
    def came(self) -> int:
        return sum(one["n"] for one in self.moved if not one["from_class"])

    @property
    def worse(self) -> int:
        """Notes that fell by a class or more."""
        return sum(cell.notes for row in self.rows for cell in row.squares if cell.way == "down")

    @property
    def better(self) -> int:
        return sum(cell.notes for row in self.rows for cell in row.squares if cell.way == "up")

    @property
    def sentence(self) -> str:
        if self.month is None:
            return _("No two month-ends to compare yet")
        return _("%(month)s: %(worse)s notes fell, %(better)s rose") % {
            "month": formats.long_month(month_label(self.month), tongue()),
            "worse": f"{self.worse:,}",
            "better": f"{self.better:,}",
        }

    @property
    def choices(self) -> list[dict[str, Any]]:
        return [
            {"value": label, "words": formats.long_month(label, tongue()), "here": one == self.month}
            for one, label in ((one, month_label(one)) for one in self.months)
        ]

    def _row(self, code: FiveClass) -> MatrixRow:
        cells = {one["to_class"]: one for one in self.moved if one["from_class"] == code}
        stayed = sum(one["n"] for to, one in cells.items() if to)
        squares = tuple(_square(code, to, cells.get(to), stayed) for to in FiveClass)
        return MatrixRow(code.value, squares, cells[""]["n"] if "" in cells else 0, stayed)


def _square(code: FiveClass, to: FiveClass, cell: Mapping[str, Any] | None, stayed: int) -> Square:
    way = "same" if to is code else "down" if to.grade > code.grade else "up"
    if cell is None:
        return Square(0, 0, Fraction(0), way)
    return Square(cell["n"], cell["sum"], Fraction(cell["n"], stayed), way)


@dataclass(frozen=True)
class Vintages:
    """Shares of what was drawn that were ever so late, by age; cohorts are quarters, the latest shown."""

    rows: Sequence[Any]
    late: str  # late_30 | late_90
    as_of: date | None
    choices: Mapping[str, Sequence[dict[str, Any]]]

    @property
    def sentence(self) -> str:
        chart = self.chart
        if chart is None:
            return _("No vintage is old enough to be drawn yet")
        age = self._age_of_half
        told = _(
            "Of what was drawn at least %(age)s months ago, %(share)s were over %(days)s days late by then"
        )
        share = (chart.series[-1].values[age] or 0) / 100
        return told % {"share": formats.percent(share), "days": self.late.removeprefix("late_"), "age": age}

    @property
    def _age_of_half(self) -> int:
        """The age that half the money has reached: beyond it a few old cohorts would speak for all."""
        total, grown = sum(row.amount for row in self.rows), 0
        for age, amount in sorted(
            ((_age(row.month, self.as_of), row.amount) for row in self.rows), reverse=True
        ):
            grown += amount
            if grown * 2 >= total:
                return max(0, min(age, LONGEST_AGE))
        return 0

    @property
    def chart(self) -> Chart | None:
        if self.as_of is None or not self.rows:
            return None
        quarters = defaultdict(list)
        for row in self.rows:
            quarters[date(row.month.year, (row.month.month - 1) // QUARTER * QUARTER + 1, 1)].append(row)
        curves = [(_quarter(first), self._curve(held)) for first, held in sorted(quarters.items())]
        drawn = [one for one in curves if len(one[1]) > 1][-COHORTS_SHOWN:]
        whole = self._curve(self.rows, mixed=True)
        if len(whole) < 2:
            return None
        ages = range(max(len(whole), *(len(curve) for _name, curve in drawn)) if drawn else len(whole))
        lines = [Series(name, _padded(curve, len(ages)), "line") for name, curve in drawn]
        lines.append(Series(_("all cohorts"), _padded(whole, len(ages)), "usual"))
        return Chart("months", _("Ever past due by age"), tuple(str(age) for age in ages), tuple(lines),
                     long=tuple(_("month %(n)s") % {"n": age} for age in ages), after="%", digits=2, height="tall",
                     head=_("Age in months"))  # fmt: skip

    def _curve(self, rows: Iterable[Any], *, mixed: bool = False) -> list[float]:
        """Percent by age, as far as all months drawn have reached it; `mixed`: as far as any has, of those."""
        held = list(rows)
        ages = [_age(row.month, self.as_of) for row in held]
        curve = []
        for age in range(min(max(ages) if mixed else min(ages), LONGEST_AGE) + 1):
            ripe = [row for row, reached in zip(held, ages, strict=True) if reached >= age]
            late = sum(fen for row in ripe for at, fen in getattr(row, self.late) if at <= age)
            curve.append(100 * late / sum(row.amount for row in ripe))
        return curve


def _age(month: date, as_of: date | None) -> int:
    """Whole months a cohort has lived: the running month counts on its last day only."""
    if as_of is None:
        return -1
    over = add_months(as_of.replace(day=1), 1).toordinal() - 1 == as_of.toordinal()
    return months_between(month, as_of) - (0 if over else 1)


def _quarter(first: date) -> str:
    return f"{first.year} Q{(first.month - 1) // QUARTER + 1}"


def _padded(curve: Sequence[float], length: int) -> tuple[float | None, ...]:
    return tuple(curve[at] if at < len(curve) else None for at in range(length))


@dataclass(frozen=True)
class ShareRow:
    """A sector or group with its part of all that is owed."""

    words: str
    firms: int
    notes: int
    balance: int
    share: float
    bad_share: float


@dataclass(frozen=True)
class Concentration:
    """Who owes how much of the book, by sector and by group."""

    sectors: Sequence[Mapping[str, Any]]
    groups: Sequence[Mapping[str, Any]]
    names: Mapping[str, str]

    @property
    def sector_rows(self) -> list[ShareRow]:
        return _share_rows(self.sectors, lambda code: str(lending.SECTORS.get(code, _("Sector not known"))))

    @property
    def group_rows(self) -> list[ShareRow]:
        whole = sum(one["balance"] for one in self.groups)
        named = [one for one in self.groups if one["code"]][:GROUPS_SHOWN]
        return _share_rows(named, lambda code: self.names.get(code, code), whole)

    @property
    def sentence(self) -> str:
        rows = self.sector_rows
        if not rows:
            return _("Nothing is lent yet")
        return _("%(sector)s holds %(share)s of what is lent") % {
            "sector": rows[0].words,
            "share": formats.percent(rows[0].share),
        }


def _share_rows(rows: Sequence[Mapping[str, Any]], words: Any, whole: int | None = None) -> list[ShareRow]:
    total = sum(one["balance"] for one in rows) if whole is None else whole
    return [_share_row(words(one["code"]), one, total) for one in rows]


def _share_row(words: str, one: Mapping[str, Any], total: int) -> ShareRow:
    balance = one["balance"]
    bad = one["bad_balance"] / balance if balance else 0.0
    return ShareRow(words, one["firms"], one["notes"], balance, balance / total if total else 0.0, bad)
