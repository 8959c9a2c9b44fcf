"""One row per firm and business date: what the night knows, theme by theme."""

from xiaoer.features.night.accounts import (
    FLOW_SUMS,
    LEVEL_SUMS,
    account_flows,
    account_sums,
    alongside,
    balance_lines,
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
from xiaoer.features.night.holding import holdings
from xiaoer.features.night.lending import debts, elsewhere, lateness, limits, note_facts
from xiaoer.features.night.living import living, payees, sign_ins
from xiaoer.features.night.meeting import campaigns, keepers, meetings
from xiaoer.features.night.money import channels, purposes, swings
from xiaoer.features.night.outside import records, taxes
from xiaoer.features.night.rhythm import habits, paid_days, rhythm
from xiaoer.features.night.similar import similar
from xiaoer.features.night.standing import beside, standing
from xiaoer.features.night.together import together
from xiaoer.features.night.turnover import monthly, trade_stretches, turnover, turnover_sums
from xiaoer.features.night.voice import answers, requests

__all__ = [
    "FLOW_SUMS",
    "LEVEL_SUMS",
    "Calendar",
    "account_flows",
    "account_sums",
    "alongside",
    "answers",
    "asked_days",
    "balance_lines",
    "beside",
    "campaigns",
    "channels",
    "concentration",
    "debts",
    "elsewhere",
    "flow_stretches",
    "habits",
    "holdings",
    "keepers",
    "lateness",
    "level_stretches",
    "levels",
    "limits",
    "living",
    "meetings",
    "monthly",
    "monthly_flows",
    "note_facts",
    "paid_days",
    "partner_features",
    "payees",
    "payment_lines",
    "payment_stretches",
    "purposes",
    "records",
    "requests",
    "rhythm",
    "shared_amounts",
    "sign_ins",
    "similar",
    "standing",
    "stretch_days",
    "swings",
    "taxes",
    "together",
    "trade_stretches",
    "turnover",
    "turnover_sums",
    "window_sums",
]
