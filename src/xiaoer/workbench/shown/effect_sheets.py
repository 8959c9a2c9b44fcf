"""Effects as a workbook, and the firms of an arm as a declared table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaoer.kit.money import from_fen
from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View
from xiaoer.trials.effects import Effect
from xiaoer.trials.families import HOLDOUT, TREATED
from xiaoer.workbench.shown import effects, wordings
from xiaoer.workbench.shown.lists import glances, opens, standing

ARMS = {TREATED: gettext_lazy("treated"), HOLDOUT: gettext_lazy("left alone")}
ENDS = {
    "won": gettext_lazy("Came true"),
    "not": gettext_lazy("Did not"),
    "waits": gettext_lazy("Time not over"),
}


def rows(lines: Sequence[effects.Line]) -> tuple[list[str], list[list[object]]]:
    """Heads and rows of the workbook: shares as fractions, money in yuan."""
    heads = [
        _("Family"), _("State"), *(f"{arm}: {what}" for arm in map(str, ARMS.values()) for what in (
            _("entered"), _("time over"), _("met"), _("judged"), _("came true"))),
        *(f"{what}{end}" for what in (_("effect on the share"), _("profit a firm and year, yuan"),
          _("deposits a firm, yuan")) for end in ("", _(", low"), _(", high"))),
        _("forgone by leaving alone, yuan"), _("can tell on"),
    ]  # fmt: skip
    return [str(one) for one in heads], [list(_row(line)) for line in lines]


def _row(line: effects.Line) -> Iterator[object]:
    found = line.found
    yield line.title
    yield str(line.state["words"])
    for side in (found.treated, found.held_out):
        yield from (side.entered, side.ripe, side.met, side.counted.firms, side.counted.hits)
    yield from (found.share.difference, found.share.low, found.share.high)
    for money in (found.profit, found.balance):
        yield from _yuan(money)
    yield next(_yuan(found.forgone))
    yield found.tells_on


def _yuan(one: Effect) -> Iterator[float | None]:
    for value in (one.difference, one.low, one.high):
        yield None if value is None else float(from_fen(round(value)))


def firms(
    family: str, firm_of: Callable[[Any], Any], items: Mapping[str, Any], branches: Mapping[str, Any]
) -> Table:
    """Firms that entered a family."""
    return Table(
        name=f"effect-{family}",
        title=_("Firms by arm"),
        columns=_columns(firm_of, items),
        row_key="pk",
        default_order="-entered",
        opens=opens,
        glances=glances,
        filters=_filters(items, branches),
        views=(
            View("all", gettext_lazy("All")),
            *(View(code, title, {"arm": code}) for code, title in ARMS.items()),
        ),
        empty_title=_("Nobody entered yet"),
        empty_why=_("Firms enter with the first decision of this family that may be left out by lot."),
    )


def _columns(firm_of: Callable[[Any], Any], items: Mapping[str, Any]) -> tuple[Column, ...]:
    def name(row: Any) -> str:
        found = firm_of(row)
        return str(found.name) if found else str(row.customer_id)

    def tier(row: Any) -> object:
        found = firm_of(row)
        return standing(found) if found else None

    return (
        Column("firm", gettext_lazy("Firm"), name, "name", place="title", fixed=True),
        Column("tier_now", gettext_lazy("Tier"), tier, "tier", chosen=False),
        Column("arm", gettext_lazy("Arm"), lambda row: str(ARMS[row.arm]), order=("arm",), place="aside"),
        Column("what", gettext_lazy("Rule or product"), lambda row: str(items.get(row.item, row.item)), order=("item",),
               place="second"),
        Column("entered", gettext_lazy("Entered"), "entered_date", "day", ("entered_date",), place="second"),
        Column("due", gettext_lazy("Time over"), "due_date", "day", ("due_date",)),
        Column("met", gettext_lazy("Met"), lambda row: _yes(row.met), order=("met",)),
        Column("won", gettext_lazy("Came true"), lambda row: _yes(row.won), order=("won",), place="second"),
        Column("profit", gettext_lazy("Profit a year"), "profit", "money", ("profit",)),
        Column("balance", gettext_lazy("Deposits"), "balance_change", "money", ("balance_change",)),
    )  # fmt: skip


def _yes(value: bool | None) -> str:
    return "" if value is None else _("yes") if value else _("no")


def _filters(items: Mapping[str, Any], branches: Mapping[str, Any]) -> tuple[Filter, ...]:
    ends = {"won": Q(won=True), "not": Q(ripe=True, won=False), "waits": Q(ripe=False)}
    return (
        Filter("arm", gettext_lazy("Arm"), _choices("arm", ARMS), few=True),
        Filter("end", gettext_lazy("What came of it"), tuple(Choice(code, ENDS[code], q) for code, q in ends.items())),
        Filter("item", gettext_lazy("Rule or product"), _choices("item", items)),
        Filter("tier", gettext_lazy("Tier on entry"), _choices("tier", wordings.TIERS)),
        Filter("branch_id", gettext_lazy("Branch"), _choices("branch_id", branches)),
    )  # fmt: skip


def _choices(name: str, words: Mapping[str, Any]) -> tuple[Choice, ...]:
    return tuple(Choice(code, title, Q(**{name: code})) for code, title in words.items())
