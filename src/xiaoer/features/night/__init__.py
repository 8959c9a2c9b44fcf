"""One row per firm and business date: what the night knows, theme by theme."""

from xiaoer.features.night.accounts import (
    account_flows,
    account_sums,
    balance_lines,
    monthly_flows,
    payment_lines,
    payment_stretches,
)
from xiaoer.features.night.concentration import concentration, partner_features, shared_amounts
from xiaoer.features.night.rhythm import rhythm
from xiaoer.features.night.similar import similar
from xiaoer.features.night.together import together
from xiaoer.features.night.turnover import monthly, trade_stretches, turnover, turnover_sums

__all__ = [
    "account_flows",
    "account_sums",
    "balance_lines",
    "concentration",
    "monthly",
    "monthly_flows",
    "partner_features",
    "payment_lines",
    "payment_stretches",
    "rhythm",
    "shared_amounts",
    "similar",
    "together",
    "trade_stretches",
    "turnover",
    "turnover_sums",
]
