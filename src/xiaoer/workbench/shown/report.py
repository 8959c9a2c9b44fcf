"""The data page: what came, what was held back and why, what is not delivered and what that costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.kit.screens import formats
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue

MOST_REASONS = 3


@dataclass(frozen=True)
class ReasonCount:
    words: str
    count: int | None


@dataclass(frozen=True)
class DeliveryLine:
    """One source; `title` and the names of its `columns` come from its contract."""

    delivery: Any
    title: str
    columns: Mapping[str, str]

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
        return apart.join(self.columns.get(str(one), str(one)) for one in self.delivery.missing_fields)


@dataclass(frozen=True)
class Missing:
    title: str
    enables: str


@dataclass(frozen=True)
class Report:
    deliveries: tuple[DeliveryLine, ...]
    disabled: tuple[Missing, ...]
    as_of: date | None

    @property
    def sentence(self) -> str:
        if not self.deliveries:
            return _("No data yet")
        refused = sum(1 for one in self.deliveries if one.delivery.refused)
        if refused:
            return ngettext(
                "%(n)s file was refused; yesterday's stays",
                "%(n)s files were refused; yesterday's stay",
                refused,
            ) % {"n": refused}
        count = len(self.deliveries)
        return ngettext("%(n)s source came in whole", "All %(n)s sources came in", count) % {"n": count}

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
        return told % {"rows": formats.count(rows), "held": formats.count(held)}


def report(
    deliveries: Sequence[Any], disabled: Sequence[Any], contracts: Mapping[str, Any], as_of: date | None
) -> Report:
    """`contracts` by table: they know what the tables and their columns are called."""
    lines = tuple(_line(one, contracts.get(one.table)) for one in sorted(deliveries, key=_trouble))
    return Report(lines, tuple(_missing(one) for one in disabled), as_of)


def _trouble(delivery: Any) -> tuple[bool, int]:
    """What somebody must look at comes first; the rest keeps its order."""
    return not delivery.refused, -delivery.quarantined


def _line(delivery: Any, contract: Any) -> DeliveryLine:
    end = "zh" if formats.chinese(tongue()) else "en"
    if contract is None:
        return DeliveryLine(delivery, delivery.table, {})
    return DeliveryLine(
        delivery, contract.title[end], {one.name: getattr(one, end) for one in contract.columns}
    )


def _missing(row: Any) -> Missing:
    end = "zh" if formats.chinese(tongue()) else "en"
    return Missing(getattr(row, f"title_{end}") or row.table, getattr(row, f"enables_{end}"))


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
