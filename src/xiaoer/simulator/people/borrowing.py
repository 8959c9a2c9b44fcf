"""Loans along the weeks: applied for, granted, renewed, paid off early, written down when a firm stops paying."""

import numpy as np

from xiaoer.simulator.draws import Array, Days, Floats, Ints
from xiaoer.simulator.fates import NO_DAY
from xiaoer.simulator.lending import WAN, Dice, contracts_of
from xiaoer.simulator.people import chances
from xiaoer.simulator.people.setting import WEEK, Setting, by, loan_columns
from xiaoer.simulator.people.terms import Book, Life

LOSSES = ("loss_credit", "loss_mortgage", "loss_guarantee", "loss_credit")
YUAN = WAN // 10_000
DRAWN_WITHIN = 30


def empty_book(firms: int) -> Book:
    """Nobody owes anything."""
    shape = (firms, len(loan_columns()))
    days = np.full(shape, NO_DAY)
    flags = np.zeros(shape, dtype=bool)
    return Book(np.zeros(shape), days.copy(), days, np.zeros(shape), np.full(shape, -1), flags)


def enter(life: Life, new: dict[str, Array]) -> None:
    """Put new contracts on the book, on the shelf and into the log; numbers follow on."""
    i, place = new["i"], new["product"]
    numbers = life.contracts + np.arange(len(i))
    life.contracts += len(i)
    book = life.book
    book.amount[i, place], book.rate[i, place] = new["amount"] / YUAN, new["rate"]
    book.drawn[i, place], book.due[i, place] = new["drawn"], new["due"]
    book.contract[i, place] = numbers
    book.slides[i, place] = new["method"] > 0
    life.since[i, loan_columns()[place]] = new["drawn"]
    life.log.add("contracts", **new)


def strike(life: Life, firm: Ints, place: Ints, day: Array, *, early: bool) -> None:
    """Take paid-off loans from the book; early ones are noted with their day."""
    if early:
        life.log.add("early", contract=life.book.contract[firm, place], day=day)
    life.book.amount[firm, place] = 0.0
    life.since[firm, loan_columns()[place]] = NO_DAY


def owed(life: Life, day: np.datetime64) -> Floats:
    """Firms × loan products: the yuan still owed on a day; sliding loans are paid off along a straight line."""
    book = life.book
    whole = (book.due - book.drawn).astype("timedelta64[D]").astype(float)
    gone = (day - book.drawn).astype("timedelta64[D]").astype(float)
    left = 1 - np.nan_to_num(gone / np.maximum(whole, 1)).clip(0, 1)
    return book.amount * np.where(book.slides, left, 1.0) * (book.drawn <= day)


def apply(setting: Setting, life: Life, firm: Ints, product: Ints, less: Ints, day: Days) -> None:
    """Firms that want a loan apply; the bank grants most, sees weakness, and pays out a week or two later."""
    if not len(firm):
        return
    figures, rng = by("approval"), setting.draws("approval", life.week)
    place = np.searchsorted(loan_columns(), product)
    luck = rng.random((len(setting.firms), len(loan_columns())))[firm, place]
    granted = luck < chances.chance(figures["plain"] + figures["weakness"] * setting.folk.weakness[firm])
    granted &= ~(life.stops[firm] <= day) & (life.going[firm] < 0)
    granted &= ~(life.dies[firm] <= day + np.timedelta64(DRAWN_WITHIN, "D"))
    days = _rolled(setting, life.week, firm, place)
    drawn = day + (7 + days.chance[:, 2] * 12).astype(np.int64).astype("timedelta64[D]")
    life.log.add("applications", i=firm, product=place, day=day, granted=granted)
    life.lately[firm[~granted]] += by("mood")["declined"]
    chosen = np.flatnonzero(granted)
    new = contracts_of(
        setting.firms,
        setting.folk.weakness,
        firm[chosen],
        place[chosen],
        drawn[chosen],
        Dice(days.chance[chosen], days.normal[chosen]),
        less_bp=less[chosen],
    )
    enter(life, new)


def _rolled(setting: Setting, week: int, firm: Ints, place: Ints) -> Dice:
    """A contract's numbers hang on firm, product and week, not on who else gets one."""
    rng = setting.draws("contract", week)
    shape = (len(setting.firms), len(loan_columns()))
    chance = rng.random((*shape, 3), dtype=np.float32)
    normal = rng.standard_normal((*shape, 2), dtype=np.float32)
    return Dice(chance[firm, place].astype(float), normal[firm, place].astype(float))


def fall_due(setting: Setting, life: Life) -> None:
    """Loans whose last day lies in the week are renewed here or paid off; firms that stopped paying do neither."""
    ends = setting.day(life.week) + np.timedelta64(WEEK, "D")
    ripe = (life.book.amount > 0) & (life.book.due < ends) & ~(life.stops[:, None] <= life.book.due)
    firm, place = np.nonzero(ripe)
    if not len(firm):
        return
    figures = by("renewal")
    before = (life.book.due[firm, place] - life.renewal_talk[firm]).astype("timedelta64[D]").astype(float)
    spoken = (before >= 0) & (before <= figures["spoken_days"])
    luck = setting.draws("renewal", life.week).random(ripe.shape)[firm, place]
    stays = luck < chances.renewing(
        setting, life, firm, place, spoken.astype(float), life.renewal_less[firm] * spoken
    )
    stays &= (life.going[firm] < 0) & setting.present(life.week, life.closed)[firm]
    smooth = spoken & (before >= figures["early_days"])
    _renew(setting, life, firm, place, stays, smooth)


def _renew(setting: Setting, life: Life, firm: Ints, place: Ints, stays: Array, smooth: Array) -> None:
    due, former = life.book.due[firm, place], life.book.contract[firm, place]
    rolled = _rolled(setting, life.week, firm, place)
    gap = np.where(smooth, 0, 1 + rolled.chance[:, 2] * 19).astype(np.int64).astype("timedelta64[D]")
    kinds = np.where(smooth, "no_principal_repayment", "old_for_new").astype(object)
    strike(life, firm, place, due, early=False)
    kept = np.flatnonzero(stays)
    enter(
        life,
        contracts_of(
            setting.firms,
            setting.folk.weakness,
            firm[kept],
            place[kept],
            (due + gap)[kept],
            Dice(rolled.chance[kept], rolled.normal[kept]),
            follows=former[kept],
            kind=kinds[kept],
            less_bp=np.where(smooth, life.renewal_less[firm], 0)[kept],
        ),
    )


def pay_early(setting: Setting, life: Life) -> None:
    """Some pay off before their time, the more the dearer the loan against the market."""
    odds = chances.repaying_early(setting, life)
    luck = setting.draws("early", life.week).random(odds.shape)
    first = setting.day(life.week)
    running = (life.book.drawn + np.timedelta64(60, "D") < first) & ~(life.stops <= first)[:, None]
    firm, place = np.nonzero((luck < odds) & running)
    strike(life, firm, place, np.full(len(firm), first + np.timedelta64(2, "D")), early=True)


def pay_all(life: Life, firm: Ints, day: Array) -> None:
    """Firms that close their accounts pay off what they owe first."""
    owing = life.book.amount[firm] > 0
    at, place = np.nonzero(owing)
    strike(life, firm[at], place, day[at], early=True)


def interest(setting: Setting, life: Life) -> Floats:
    """Per firm the week's interest margin in yuan, on loans being paid."""
    day = setting.day(life.week)
    margin = owed(life, day) * (life.book.rate - by("income")["money"])
    return margin.sum(axis=1) * ~(life.stops <= day) / 52


def write_down(setting: Setting, life: Life) -> Floats:
    """Per firm the loss in yuan, once, in the week it stops paying."""
    ends = setting.day(life.week) + np.timedelta64(WEEK, "D")
    left = owed(life, setting.day(life.week))
    fails = (life.stops < ends) & ~life.lost & (left > 0).any(axis=1)
    share = np.array([by("income")[name] for name in LOSSES])
    life.lost |= fails
    return np.where(fails, (left * share).sum(axis=1), 0.0)
