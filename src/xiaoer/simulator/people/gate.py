"""What the bank may do at all: hours, caps, consents, stops. The same for every policy, the best informed too."""

import numpy as np

from xiaoer.simulator.draws import Flags, Ints
from xiaoer.simulator.lending import first_missed
from xiaoer.simulator.people.setting import Setting
from xiaoer.simulator.people.terms import (
    CALL,
    COLLECTION,
    MESSAGE,
    MINUTES,
    NOBODY,
    OFFER,
    RESCUE,
    VISIT,
    Actions,
    Life,
)
from xiaoer.simulator.terms import figure

WHY = (
    "absent",
    "consent",
    "complaint",
    "workout",
    "held",
    "cap",
    "pause",
    "price",
    "quiet",
    "week",
    "group",
    "hours",
)
MARKETING = (OFFER,)
MONTH_WEEKS, REFUSALS_WEEKS = 4, 8
QUIET_FROM, QUIET_UNTIL = 21, 8


def admit(setting: Setting, life: Life, wish: Actions) -> tuple[Actions, dict[str, int]]:
    """The actions that may be carried out, in their order, and how many were stopped by what."""
    stopped = np.full(len(wish), "", dtype=object)
    for why, hit in standing_stops(setting, life, wish):
        stopped[(stopped == "") & hit] = why
    fit = np.flatnonzero(stopped == "")
    once = _first_of(wish.firm[fit])
    stopped[np.delete(fit, once)] = "week"
    fit = fit[once]
    group = _second_of_group(setting, wish.only(fit))
    stopped[fit[group]] = "group"
    fit = fit[~group]
    late = ~_within_hours(setting, wish.only(fit))
    stopped[fit[late]] = "hours"
    counts = {why: int((stopped == why).sum()) for why in WHY}
    return wish.only(fit[~late]), counts


def standing_stops(setting: Setting, life: Life, wish: Actions) -> list[tuple[str, Flags]]:
    """Rules that look at one action alone, the strongest first."""
    firm, marketing = wish.firm, np.isin(wish.kind, MARKETING)
    consent = setting.folk.consent
    refuses = (
        (marketing & ~consent["consent_marketing"][firm])
        | ((wish.channel == CALL) & ~consent["consent_call"][firm] & (wish.kind != COLLECTION))
        | ((wish.channel == MESSAGE) & ~consent["consent_message"][firm])
    )
    owing = (life.book.amount[firm] > 0).any(axis=1)
    in_trouble = owing & (first_missed(life.stops[firm]) <= setting.day(life.week))
    held = (wish.product >= 0) & life.held[firm, wish.product.clip(0)] & marketing
    recent = life.marketed[firm] > life.week - MONTH_WEEKS
    visit_to_pool = (wish.channel == VISIT) & (setting.folk.keeper[firm] < 0)
    return [
        ("absent", ~setting.present(life.week, life.closed)[firm] | visit_to_pool),
        ("consent", refuses),
        ("complaint", marketing & (life.silent_until[firm] > life.week)),
        ("workout", marketing & in_trouble),
        ("held", held),
        ("cap", marketing & recent.all(axis=1)),
        ("pause", marketing & (life.refused[firm] > life.week - REFUSALS_WEEKS).all(axis=1)),
        ("price", (wish.concession < 0) | (wish.concession > figure("most_concession"))),
        ("price", (wish.kind == RESCUE) & (wish.channel == MESSAGE)),
        ("quiet", (wish.hour >= 0) & ((wish.hour < QUIET_UNTIL) | (wish.hour >= QUIET_FROM))),
    ]


def _first_of(firm: Ints) -> Ints:
    """Positions of each firm's first action: one approach a week."""
    return np.sort(np.unique(firm, return_index=True)[1])


def _second_of_group(setting: Setting, wish: Actions) -> Flags:
    """Marketing to a firm whose owner's other firm is approached already this week."""
    marketing = np.flatnonzero(np.isin(wish.kind, MARKETING))
    again = np.zeros(len(wish), dtype=bool)
    again[marketing] = True
    again[marketing[_first_of(setting.folk.hands[wish.firm[marketing]])]] = False
    return again


def _within_hours(setting: Setting, wish: Actions) -> Flags:
    """As many as each desk's minutes last, in order; what does not fit is passed over, what fits after it is not.

    Messages of campaigns go out by themselves.
    """
    desk = setting.folk.keeper[wish.firm]
    desk = np.where((desk == NOBODY) | (wish.campaign >= 0), len(setting.minutes) - 1, desk)
    cost = np.where((wish.campaign >= 0) & (wish.channel == MESSAGE), 0, MINUTES[wish.channel])
    left = setting.minutes.tolist()
    fits = []
    for at, minutes in zip(desk.tolist(), cost.tolist(), strict=True):
        fits.append(minutes <= left[at])
        left[at] -= minutes * fits[-1]
    return np.array(fits, dtype=bool)
