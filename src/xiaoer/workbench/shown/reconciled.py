"""The ledger on the data page: which of its totals the files do not make up, the worst first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.kit.screens import formats
from xiaoer.workbench.shown.drawings import tongue

OPEN = 6  # so many stand in the open, the others folded


@dataclass(frozen=True)
class LedgerLine:
    """One total on which ledger and files disagree; money in fen, None where the ledger does not say."""

    told: Mapping[str, Any]

    @property
    def title(self) -> str:
        words = formats.told({"code": f"ledger_{self.told['item']}", "params": {}}, tongue())
        return words[:1].upper() + words[1:]

    @property
    def day(self) -> date | None:
        return formats.as_date(self.told["ledger_date"])

    @property
    def rows_short(self) -> int:
        return self.told["rows_short"]  # type: ignore[no-any-return]

    @property
    def rows(self) -> str:
        """How many rows are too few or too many, or that only the amount differs."""
        short = self.rows_short
        if not short:
            return _("amount only")
        missing = ngettext("%(n)s row missing", "%(n)s rows missing", short)
        over = ngettext("%(n)s row too many", "%(n)s rows too many", -short)
        return (missing if short > 0 else over) % {"n": formats.count(abs(short))}


@dataclass(frozen=True)
class Ledger:
    """What came of holding the ledger against the files; nothing where no ledger was delivered."""

    agree: int = 0
    differ: int = 0
    missing: int = 0
    lines: tuple[LedgerLine, ...] = ()

    @property
    def sentence(self) -> str:
        """The trouble in one line, or nothing."""
        if not self.differ:
            return ""
        told = ngettext(
            "%(n)s total of the ledger does not add up",
            "%(n)s totals of the ledger do not add up",
            self.differ,
        ) % {"n": formats.count(self.differ)}
        rows = ngettext("%(n)s row is missing", "%(n)s rows are missing", self.missing)
        apart = "，" if formats.chinese(tongue()) else "; "
        return apart.join([told, rows % {"n": formats.count(self.missing)}] if self.missing else [told])

    @property
    def quiet(self) -> str:
        """How much agrees."""
        if not self.agree:
            return ""
        told = ngettext("%(n)s ledger total agrees.", "%(n)s ledger totals agree.", self.agree)
        return told % {"n": formats.count(self.agree)}

    @property
    def shown(self) -> tuple[LedgerLine, ...]:
        return self.lines[:OPEN]

    @property
    def folded(self) -> tuple[LedgerLine, ...]:
        return self.lines[OPEN:]

    @property
    def folded_title(self) -> str:
        many = len(self.folded)
        return ngettext("%(n)s more total", "%(n)s more totals", many) % {"n": formats.count(many)}


def ledger(deliveries: Sequence[Any]) -> Ledger:
    """The ledger as the night published it with the deliveries."""
    told: dict[str, Any] = next((one.ledger for one in deliveries if one.ledger), {})
    lines = tuple(LedgerLine(one) for one in told.get("differences", ()))
    return Ledger(told.get("agree", 0), told.get("differ", 0), told.get("missing", 0), lines)
