"""The data page: what came, what was held back and why, what is not delivered and what that costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.kit.screens import formats
from xiaoer.workbench.shown import subjects, wordings
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.reconciled import Ledger, ledger

MOST_REASONS = 3
MANY_SOURCES = 12  # beyond, sources without trouble are folded too
FOLDED_FROM = 7  # so many missing tables are folded under their subjects


@dataclass(frozen=True)
class ReasonCount:
    words: str
    count: int | None


@dataclass(frozen=True)
class Notice:
    """Something about a source that was loaded and is worth a word."""

    words: str
    count: int | None = None
    alarming: bool = False


@dataclass(frozen=True)
class DeliveryLine:
    """One source; `title` and the names of its `columns` come from its contract."""

    delivery: Any
    title: str
    columns: Mapping[str, str]

    @property
    def troubled(self) -> bool:
        """Whether somebody ought to look: rows kept out, missing or doubtful, or a name that changed."""
        one = self.delivery
        return bool(one.refused or one.quarantined or one.missing or one.doubtful or one.renamed)

    @property
    def notices(self) -> list[Notice]:
        """What was loaded and is worth a word: the alarming first, then what is only news."""
        one = self.delivery
        cells = [(_("doubtful: %s"), one.doubtful, True), (_("put right: %s"), one.mended, False)]
        told = [
            Notice(_("missing by the ledger"), one.missing, alarming=True),
            *(
                Notice(words % self._named(name), n, bad)
                for words, counts, bad in cells
                for name, n in counts.items()
            ),
            Notice(_("late"), one.late),
            Notice(_("corrected"), one.corrected),
        ]
        names = [Notice(_("now called %(new)s, was %(old)s") % renaming) for renaming in one.renamed]
        return [notice for notice in told if notice.count] + names

    def _named(self, column: str) -> str:
        """What a column is called, without what its contract says of it in brackets."""
        return self.columns.get(column, column).partition(" (")[0]

    @property
    def reasons(self) -> list[ReasonCount]:
        return [_reason(one) for one in _listed(self.delivery.reasons)][:MOST_REASONS]

    @property
    def came_late(self) -> bool:
        """Delivered on a later day than the one it tells of: worth saying."""
        return bool(self.delivery.delivered_on and self.delivery.delivered_on != self.delivery.business_date)

    @property
    def missing(self) -> str:
        apart = "、" if formats.chinese(tongue()) else ", "
        return apart.join(self._named(str(one)) for one in self.delivery.missing_fields)

    @property
    def missing_count(self) -> str:
        many = len(self.delivery.missing_fields)
        return ngettext("%(n)s field missing", "%(n)s fields missing", many) % {"n": many}


@dataclass(frozen=True)
class Missing:
    """A table nobody delivers, and what it would bring."""

    title: str
    enables: str


@dataclass(frozen=True)
class Subject:
    """Missing tables that are about the same thing."""

    title: str
    tables: tuple[Missing, ...]

    @property
    def names(self) -> str:
        return ("、" if formats.chinese(tongue()) else ", ").join(one.title for one in self.tables)


@dataclass(frozen=True)
class Report:
    deliveries: tuple[DeliveryLine, ...]
    missing: tuple[Subject, ...]
    as_of: date | None
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def refused(self) -> int:
        return sum(1 for one in self.deliveries if one.delivery.refused)

    @property
    def sentence(self) -> str:
        if not self.deliveries:
            return _("No data yet")
        if self.refused:
            return ngettext(
                "%(n)s file was refused; yesterday's stays",
                "%(n)s files were refused; yesterday's stay",
                self.refused,
            ) % {"n": self.refused}
        if self.ledger.differ:
            return self.ledger.sentence
        count = len(self.deliveries)
        return ngettext("%(n)s source came in whole", "All %(n)s sources came in", count) % {"n": count}

    @property
    def shown(self) -> tuple[DeliveryLine, ...]:
        """The sources that stand in the open."""
        troubled = tuple(one for one in self.deliveries if one.troubled)
        return troubled if len(self.deliveries) > MANY_SOURCES else self.deliveries

    @property
    def whole(self) -> tuple[DeliveryLine, ...]:
        """The sources nobody has to look at, where there are many."""
        return self.deliveries[len(self.shown) :]

    @property
    def whole_title(self) -> str:
        many = len(self.whole)
        return ngettext("%(n)s source without trouble", "%(n)s sources without trouble", many) % {"n": many}

    @property
    def missing_count(self) -> int:
        return sum(len(one.tables) for one in self.missing)

    @property
    def folded(self) -> bool:
        return self.missing_count >= FOLDED_FROM

    @property
    def missing_title(self) -> str:
        many = self.missing_count
        return ngettext(
            "%(n)s table is not delivered, so there is no:",
            "%(n)s tables are not delivered, so there is no:",
            many,
        ) % {"n": many}

    @property
    def lede(self) -> str:
        rows = sum(one.delivery.rows for one in self.deliveries)
        held = sum(one.delivery.quarantined for one in self.deliveries)
        if not rows and not held:
            return ""
        told = ngettext(
            "%(rows)s rows; %(held)s held back in quarantine.",
            "%(rows)s rows; %(held)s held back in quarantine.",
            held,
        )
        counted = told % {"rows": formats.count(rows), "held": formats.count(held)}
        apart = "" if formats.chinese(tongue()) else " "
        return apart.join([counted, self.ledger.quiet])


def report(
    deliveries: Sequence[Any], disabled: Sequence[Any], contracts: Mapping[str, Any], as_of: date | None
) -> Report:
    """`contracts` by table: they know what the tables and their columns are called."""
    lines = [_line(one, contracts.get(one.table)) for one in deliveries]
    return Report(tuple(sorted(lines, key=_trouble)), _by_subject(disabled), as_of, ledger(deliveries))


def _by_subject(disabled: Sequence[Any]) -> tuple[Subject, ...]:
    """Missing tables under what they are about, in the order a bank would look for them."""
    known, gathered = subjects.places(), dict[int, list[Missing]]()
    for row in disabled:
        gathered.setdefault(known.get(row.table, len(subjects.SUBJECTS)), []).append(_missing(row))
    return tuple(Subject(subjects.title(place), tuple(gathered[place])) for place in sorted(gathered))


def _trouble(line: DeliveryLine) -> tuple[bool, bool, int, int]:
    """What somebody must look at comes first; the rest keeps its order."""
    one = line.delivery
    return not one.refused, not line.troubled, -one.missing, -one.quarantined


def _line(delivery: Any, contract: Any) -> DeliveryLine:
    end = "zh" if formats.chinese(tongue()) else "en"
    if contract is None:
        return DeliveryLine(delivery, delivery.table, {})
    return DeliveryLine(
        delivery, contract.title[end], {one.name: getattr(one, end) for one in contract.columns}
    )


def _missing(row: Any) -> Missing:
    end = "zh" if formats.chinese(tongue()) else "en"
    told = getattr(row, f"enables_{end}")
    without, colon, brings = told.partition("：" if end == "zh" else ": ")
    return Missing(getattr(row, f"title_{end}") or row.table, brings if colon else without)


def _listed(reasons: Any) -> list[Any]:
    """Reasons come as {sentence: count} or as a list of {reason, count}."""
    return (
        [{"reason": words, "count": count} for words, count in reasons.items()]
        if isinstance(reasons, dict)
        else list(reasons or [])
    )


def _reason(one: Any) -> ReasonCount:
    if isinstance(one, dict) and "code" in one:
        return ReasonCount(formats.told(one, tongue()), one.get("count"))
    if isinstance(one, dict):
        return ReasonCount(wordings.word(wordings.QUARANTINED, str(one.get("reason", ""))), one.get("count"))
    return ReasonCount(str(one), None)
