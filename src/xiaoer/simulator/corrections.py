"""Invoices made void or taken back by a red one, at once or months later, and written anew."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from xiaoer.simulator.days import DayBook
from xiaoer.simulator.draws import Days, Flags, Floats, Ints, flips
from xiaoer.simulator.manners import Manners, by_code, trading
from xiaoer.simulator.network import Ties, joined
from xiaoer.simulator.orders import Papers
from xiaoer.simulator.terms import Month, figure

NONE = -1
QUARTER = 3


@dataclass(frozen=True)
class Slips:
    """What becomes of each of a month's papers."""

    void: Flags
    back: Ints  # lines taken back by a red paper
    back_day: Days
    share: Floats  # of the sum, one entry per line taken back
    anew: Ints  # lines written again for the same sum
    anew_day: Days


@dataclass(frozen=True)
class Later:
    """Papers that follow from earlier ones, with a tie of their own each; red ones name what they take back."""

    ties: Ties
    day: Days
    net: Ints
    tax: Ints
    rate: Floats
    corrects: Ints  # key of the paper taken back, NONE for none

    def only(self, rows: Flags) -> "Later":
        """Some of the papers."""
        parts = (getattr(self, name)[rows] for name in ("day", "net", "tax", "rate", "corrects"))
        return Later(self.ties.only(rows), *parts)


def together(parts: list[Later]) -> Later:
    """Several as one, in order."""
    names = ("day", "net", "tax", "rate", "corrects")
    columns = (np.concatenate([getattr(part, name) for part in parts]) for name in names)
    return Later(joined([part.ties for part in parts]), *columns)


def slips_of(
    rng: np.random.Generator,
    month: Month,
    book: DayBook,
    manners: Manners,
    ties: Ties,
    papers: Papers,
    exact: Flags,
) -> Slips:
    """Draw which papers are void, taken back, written anew, and on which days."""
    rule = trading("back")
    prone = manners.slips[ties.owner[papers.tie]]
    prone = prone * np.where(ties.sale[papers.tie], 1.0, rule["suppliers"]) * ~exact[papers.tie]
    void = flips(rng, void_share(month.first) * prone, len(prone))
    back = np.flatnonzero(flips(rng, (figure("red_share") * prone).clip(0, 0.6), len(prone)) & ~void)
    mistake = flips(rng, rule["mistake"], len(back))
    back_day = papers.day[back] + _lags(rng, mistake).astype("timedelta64[D]")
    back_day = book.next_working(back_day)
    share = np.where(
        mistake | flips(rng, rule["whole"], len(back)), 1.0, rng.uniform(*rule["part"], len(back))
    )
    wrong = np.concatenate([np.flatnonzero(void), back[mistake]])
    since = np.concatenate([papers.day[void], back_day[mistake]])
    again = flips(rng, rule["again"], len(wrong))
    wait = rng.integers(0, rule["again_days"] + 1, len(wrong)).astype("timedelta64[D]")
    anew_day = book.next_working(since + wait)
    return Slips(void, back, back_day, share, wrong[again], anew_day[again])


def void_share(day: date) -> float:
    """Share of void papers in a year: digital invoices cannot be made void, and paper ones go."""
    rule = trading("back")
    years = day.year + (day.month - 1) / 12 - rule["void_year"]
    return float(figure("void_share") * rule["void_falls"] ** years)


def _lags(rng: np.random.Generator, mistake: Flags) -> Ints:
    """Days until a paper is taken back: mistakes at once, returns and rebates after weeks or months."""
    rule = trading("back")
    soon = rng.geometric(rule["mistake_days"], len(mistake)) - 1
    late = np.exp(rng.normal(np.log(rule["lag"]), rule["lag_spread"], len(mistake))).clip(1, rule["longest"])
    return np.where(mistake, soon, late.astype(np.int64))


def followed(slips: Slips, ties: Ties, papers: Papers, keys: Ints) -> Later:
    """The papers that follow from this month's ones, whenever they come; `keys` name the month's papers."""
    red, anew = slips.back, slips.anew
    rows = np.concatenate([red, anew])
    part = np.concatenate([-slips.share, np.ones(len(anew))])
    return Later(
        ties.only(papers.tie[rows]),
        np.concatenate([slips.back_day, slips.anew_day]),
        np.round(papers.net[rows] * part).astype(np.int64),
        np.round(papers.tax[rows] * part).astype(np.int64),
        papers.rate[rows],
        np.concatenate([keys[red], np.full(len(anew), NONE)]),
    )


def rebates(month: Month, firms: pl.DataFrame, ties: Ties, tax: Floats) -> Later | None:
    """At quarter ends main suppliers of some industries pay rebates, as red papers for the whole quarter.

    `tax` is the rate of each industry; None in other months.
    """
    if month.first.month % QUARTER:
        return None
    codes = firms["industry_code"].unique().sort().to_list()
    shares = {code: by_code(trading("rebate"), code, 0.0) for code in codes}
    share = firms["industry_code"].replace_strict(shares, return_dtype=pl.Float64).to_numpy()[ties.owner]
    alive = (ties.begins <= month.index) & (month.index < ties.ends)
    worth = ties.rate * ties.ticket * (alive & ~ties.sale & ~ties.fixed)
    main = worth > 0.5 * np.bincount(ties.owner, weights=worth)[ties.owner]
    rows = np.flatnonzero(main & (share > 0))
    net = np.round(worth[rows] * QUARTER * share[rows]) * 100
    rate = tax[firms["industry"].to_numpy()[ties.owner[rows]]]
    return Later(
        ties.only(rows),
        np.full(len(rows), np.datetime64(month.last)),
        -net.astype(np.int64),
        -np.round(net * rate).astype(np.int64),
        rate,
        np.full(len(rows), NONE),
    )
