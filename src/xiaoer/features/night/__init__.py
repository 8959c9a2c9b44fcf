"""One row per firm and business date: what the night knows, theme by theme."""

from xiaoer.features.night.accounts import account_flows, monthly_flows
from xiaoer.features.night.concentration import concentration
from xiaoer.features.night.rhythm import rhythm
from xiaoer.features.night.similar import similar
from xiaoer.features.night.together import together
from xiaoer.features.night.turnover import monthly, turnover

__all__ = [
    "account_flows",
    "concentration",
    "monthly",
    "monthly_flows",
    "rhythm",
    "similar",
    "together",
    "turnover",
]
