"""One row per firm and business date: what the night knows, theme by theme."""

from xiaoer.features.night.accounts import (
    FLOW_SUMS,
    LEVEL_SUMS,
    account_flows,
    account_sums,
    balance_lines,
    beside,
    levels,
    monthly_flows,
    payment_lines,
    payment_stretches,
)
from xiaoer.features.night.concentration import concentration, partner_features, shared_amounts
from xiaoer.features.night.frames import (
    Calendar,
    asked_days,
    flow_stretches,
    level_stretches,
    stretch_days,
    window_sums,
)
from xiaoer.features.night.rhythm import rhythm
from xiaoer.features.night.similar import similar
from xiaoer.features.night.together import together
from xiaoer.features.night.turnover import monthly, trade_stretches, turnover, turnover_sums

__all__ = [
    "FLOW_SUMS",
    "LEVEL_SUMS",
    "Calendar",
    "account_flows",
    "account_sums",
    "asked_days",
    "balance_lines",
    "beside",
    "concentration",
    "flow_stretches",
    "level_stretches",
    "levels",
    "monthly",
    "monthly_flows",
    "partner_features",
    "payment_lines",
    "payment_stretches",
    "rhythm",
    "shared_amounts",
    "similar",
    "stretch_days",
    "together",
    "trade_stretches",
    "turnover",
    "turnover_sums",
    "window_sums",
]
