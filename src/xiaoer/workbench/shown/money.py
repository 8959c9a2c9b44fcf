"""A firm's money in lines, and the rhythm of those it trades with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xiaoer.kit.screens import formats
from xiaoer.workbench.shown.drawings import tongue

SILENT_TIMES_USUAL, SILENT_DAYS = 3, 14


def lines(firm: Any, today: date) -> list[dict[str, str]]:
    """What the firm has with us, figure by figure; one sentence when nothing is delivered."""
    amounts = (
        (_("Average deposits, 90 days"), firm.balance, "balance"),
        (_("Loans outstanding"), firm.loan_balance, "loan_balance"),
        (_("Contribution, 12 months"), firm.contribution_12m, "contribution"),
        (_("Invoiced turnover, 12 months"), firm.turnover_12m, "turnover_12m"),
    )
    days = ((_("Next loan matures"), firm.matures_date), (_("Next contact by plan"), firm.next_due_date))
    told = [
        _line(title, formats.money(fen, tongue()), figure)
        for title, fen, figure in amounts
        if fen is not None
    ]
    told += [_line(title, formats.day(day, tongue(), today)) for title, day in days if day]
    return told or [_line(_("Accounts and loans are not delivered; turnover comes from invoices."))]


def partners(listed: Iterable[Mapping[str, Any]] | None, today: date) -> list[dict[str, Any]]:
    """Buyers or suppliers, each with its usual rhythm and whether it has broken it."""
    return [{**one, **_rhythm(one, today)} for one in listed or ()]


def _rhythm(partner: Mapping[str, Any], today: date) -> dict[str, Any]:
    gap, last = partner.get("gap_days"), formats.as_date(partner.get("last_date"))
    silent = bool(gap and last and (today - last).days > max(SILENT_TIMES_USUAL * gap, SILENT_DAYS))
    return {"silent": silent, "usual": _("usually every %(n)s days") % {"n": round(gap)} if gap else ""}


def _line(title: str, value: str = "", figure: str = "") -> dict[str, str]:
    return {"title": title, "value": value, "figure": figure}
