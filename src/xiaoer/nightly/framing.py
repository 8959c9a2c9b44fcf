"""Frames for training: what is known of every firm at many days, each day by what had been delivered by then."""

from collections.abc import Collection, Sequence
from datetime import date

from xiaoer.features.night import (
    FLOW_SUMS,
    LEVEL_SUMS,
    Calendar,
    account_flows,
    alongside,
    asked_days,
    flow_stretches,
    level_stretches,
    levels,
    stretch_days,
    window_sums,
)
from xiaoer.features.rules import look_backs
from xiaoer.features.terms import LookBacks, Sum
from xiaoer.kit.tables import BatchFunction, Frame
from xiaoer.nightly.run import Night
from xiaoer.sources.contracts import contract

FIRM_AND_DAY = ("customer_id", "as_of_date")
FIRMS_AT_ONCE = 50_000  # every range groups all lines anew, so they are few


def account_frames(night: Night, days: Sequence[date]) -> Frame:
    """What `account_flows` gives for each of the days, one row per firm and as_of_date; the lines are read once."""
    held = levels(level_sums(night, _history(night, "balances", days), days))
    paid = account_flows(flow_sums(night, _history(night, "transactions", days), days))
    return night.keep("account_frames", alongside(held, paid, *FIRM_AND_DAY))


def flow_sums(
    night: Night, payments: Frame, days: Sequence[date], names: Collection[str] = tuple(FLOW_SUMS)
) -> Frame:
    """Sums of payments by their names: one row per firm with a payment and as_of_date."""
    back = look_backs(days, lambda on: on.flows)
    sums, present = {name: FLOW_SUMS[name] for name in names}, Sum("transactions")
    columns = dict.fromkeys(one.column for one in (*sums.values(), present))
    rows = flow_stretches(payments, _calendar(night, back), columns)
    return _summed(night, "flow_sums", rows, window_sums(back, sums, present))


def level_sums(night: Night, balances: Frame, days: Sequence[date]) -> Frame:
    """Balances added up over reported days: one row per firm with a balance in the year and as_of_date."""
    back = look_backs(days, lambda on: on.levels)
    rows = level_stretches(balances, _calendar(night, back))
    return _summed(night, "level_sums", rows, window_sums(back, LEVEL_SUMS, LEVEL_SUMS["days_12m"]))


def _history(night: Night, table: str, days: Sequence[date]) -> Frame:
    return night.lake.history(contract(table).schema, days, night.engine)


def _calendar(night: Night, back: LookBacks) -> Calendar:
    return Calendar(back, night.engine.table(stretch_days(back)), night.engine.table(asked_days(back)))


def _summed(night: Night, name: str, rows: Frame, function: BatchFunction) -> Frame:
    cuts = night.cuts("customers", "customer_id", FIRMS_AT_ONCE)
    return night.engine.map_by_key(rows, function, night.path(name), key="customer_id", cuts=cuts)
