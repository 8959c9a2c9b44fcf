"""How trouble spreads: along trade from buyers to suppliers, and from those who fail to those who stood for them."""

from dataclasses import replace

import numpy as np

from xiaoer.simulator.counterparties import outside_count
from xiaoer.simulator.draws import Days, Floats, Ints, stream
from xiaoer.simulator.fates import NO_DAY, Fates, in_circle, run_down, shut_down, surety_of
from xiaoer.simulator.network import Ties
from xiaoer.simulator.terms import Month, Plan, figure

ROUNDS = 2


def spread(plan: Plan, months: list[Month], fates: Fates, ties: Ties, substitution: Floats) -> Fates:
    """Fates after two rounds of contagion: what a buyer loses its suppliers lose, as far as they find no other.

    A firm that depends on a failing buyer, or stands surety in a circle for a failing firm, may fail in turn; then
    it runs down and may shut down as any other that fails.
    """
    fates = _follow(plan, months, fates, ties)
    outside = core_levels(plan, months)
    slump = fates.slump.copy()
    for _ in range(ROUNDS):
        slump = np.minimum(slump, fates.slump * _suppliers(ties, slump, outside, substitution))
    level = fates.level * slump / np.maximum(fates.slump, 1e-9)
    return replace(fates, level=level, slump=slump)


def _follow(plan: Plan, months: list[Month], fates: Fates, ties: Ties) -> Fates:
    """Failures that follow a failure, with what comes of them."""
    rng = stream(plan.seed, "follow")
    stops = _chain(plan, fates, ties)
    fresh = np.where(np.isnat(fates.stops), stops, NO_DAY)
    ends = shut_down(rng, fresh)
    trouble = np.exp(run_down(rng, months, fresh, ends))
    return replace(
        fates,
        stops=stops,
        dies=np.where(np.isnat(fresh), fates.dies, ends),
        level=fates.level * trouble,
        slump=fates.slump * np.minimum(trouble, 1),
    )


def shares(ties: Ties) -> Floats:
    """Per tie its share of the owner's sales, as the window opens; 0 for purchases. Successors have one as well."""
    trade = np.where(ties.sale, ties.rate * ties.ticket, 0.0)
    whole = np.bincount(ties.owner, weights=trade * (ties.begins <= 0))
    return trade / np.maximum(whole[ties.owner], np.maximum(trade, 1e-9))


def core_levels(plan: Plan, months: list[Month]) -> Floats:
    """Outside parties × months: the demand of each; core enterprises stumble now and then for some months."""
    rng = stream(plan.seed, "core enterprises")
    count, length = outside_count(plan), len(months)
    level = np.ones((count, length))
    stumbles = rng.random(count) < figure("core_stumble_yearly") * length / 12
    begins, lasts = rng.integers(0, length, count), rng.integers(3, 7, count)
    month = np.arange(length)[None, :]
    down = stumbles[:, None] & (month >= begins[:, None]) & (month < (begins + lasts)[:, None])
    return np.where(down, 0.15, level)


def _suppliers(ties: Ties, slump: Floats, outside: Floats, substitution: Floats) -> Floats:
    """Firms × months: what is left of each firm's sales when its buyers buy less, a month later."""
    firms, length = slump.shape
    sold = np.flatnonzero(ties.sale)
    owner, other, part = ties.owner[sold], ties.other[sold], shares(ties)[sold]
    alone = np.ones((firms, length))
    for month in range(length):
        before = max(month - 1, 0)
        demand = np.where(
            ties.internal[sold],
            slump[other.clip(0, firms - 1), before],
            outside[(other - firms).clip(0), before],
        )
        alive = (ties.begins[sold] <= month) & (month < ties.ends[sold])
        lost = np.bincount(owner, weights=part * alive * (1 - demand), minlength=firms)
        alone[:, month] = 1 - lost * (1 - substitution)
    return alone.clip(0.02, 1)


def _chain(plan: Plan, fates: Fates, ties: Ties) -> Days:
    """Failures that follow a failure: suppliers that lived on the firm, and sureties of its circle."""
    rng = stream(plan.seed, "chains")
    count = len(fates.stops)
    luck, later = rng.random((2, count)), rng.integers(60, 180, count).astype("timedelta64[D]")
    hit = np.full(count, NO_DAY)
    sold = np.flatnonzero(ties.sale & ties.internal)
    drawn = shares(ties)[sold] * figure("chain_failure") > luck[0][ties.owner[sold]]
    hit = _earliest(hit, ties.owner[sold][drawn], fates.stops[ties.other[sold][drawn]])
    helped = np.flatnonzero(in_circle(plan, count) & fates.borrower & ~np.isnat(fates.stops))
    surety = surety_of(helped)
    there = surety < count
    helped, surety = helped[there], surety[there]
    called = luck[1][surety] < figure("circle_failure")
    hit = _earliest(hit, surety[called], fates.stops[helped[called]])
    return np.where(np.isnat(fates.stops) & ~np.isnat(hit), hit + later, fates.stops)


def _earliest(known: Days, firm: Ints, day: Days) -> Days:
    far = np.datetime64("2999-01-01")
    first = np.where(np.isnat(known), far, known)
    np.minimum.at(first, firm, np.where(np.isnat(day), far, day))
    return np.where(first == far, NO_DAY, first)
