"""Invoices, month by month, and what falls due for them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator import corrections
from xiaoer.simulator.carried import Carried
from xiaoer.simulator.corrections import Later, followed, rebates, slips_of
from xiaoer.simulator.counterparties import industry_of, near_kinds, outside_count
from xiaoer.simulator.days import DayBook
from xiaoer.simulator.draws import Array, Days, Flags, Floats, Ints, stream
from xiaoer.simulator.fates import Fates
from xiaoer.simulator.firms import column_of
from xiaoer.simulator.manners import manners_of, trading
from xiaoer.simulator.network import Ties, joined
from xiaoer.simulator.orders import Papers, write_papers
from xiaoer.simulator.passing import guests_of
from xiaoer.simulator.small import small_purchases
from xiaoer.simulator.terms import Month, Plan, table

KEYS_OF_A_MONTH, KEYS_OF_A_PART = 10**10, 10**8
MOST_TAKEN_OVER = 3.0


@dataclass(frozen=True)
class Trading:
    """One month's invoices, seen from the tie: the seller's and the buyer's row come from the same line.

    Ties are numbered through: the lasting ones first, then this month's `passing` ones.
    """

    tie: Ints
    day: Days
    net: Ints  # fen
    tax: Ints
    rate: Floats
    void: Flags
    corrects: Ints  # key of the invoice it takes back, also of an earlier month; -1 for none
    due: Floats  # fen to be paid: nothing for what is void or will be taken back
    passing: Ties
    outside: int  # how many outside parties there are

    def of(self, lasting: Ties, name: str) -> Array:
        """One column of the ties for every line."""
        column: Array = np.concatenate([getattr(lasting, name), getattr(self.passing, name)])[self.tie]
        return column


def trade_month(
    plan: Plan,
    month: Month,
    book: DayBook,
    firms: pl.DataFrame,
    fates: Fates,
    ties: Ties,
    carried: Carried | None = None,
) -> Trading:
    """Draw the month's invoices along all ties; `carried` brings what earlier months left, and is left for the next."""
    carried = Carried() if carried is None else carried
    rng, manners = stream(plan.seed, "trade", month.index), manners_of(plan, firms)
    level = fates.level[:, month.index]
    season = book.season(month)[firms["industry"].to_numpy()]
    guests = guests_of(plan, month, firms, manners, level * season, carried.staying)
    carried.staying = guests.staying(month)
    along = _lasting_orders(rng, month, firms, ties, level, season)
    small = small_purchases(plan, month, firms, manners, level)
    busy, met = np.flatnonzero(along), np.flatnonzero(guests.orders)
    orders = [along[busy], guests.orders[met], np.ones_like(small.owner)]
    whole = joined([ties.only(busy), guests.ties.only(met), small])
    exact = np.repeat([False, False, True], [len(part) for part in orders])
    expected = manners.orders * level * season
    papers = write_papers(
        rng, plan, month, book, firms, manners, whole, np.concatenate(orders), exact, expected
    )
    slips = slips_of(rng, month, book, manners, whole, papers, exact)
    keys = _keys(plan, month, len(papers.tie))
    later = [*carried.later, followed(slips, whole, papers, keys), *_rebates(month, firms, ties)]
    now, carried.later = _split(month, later)
    number = np.concatenate([busy, len(ties.owner) + np.arange(len(whole.owner) - len(busy) + len(now.day))])
    passing = joined([whole.only(np.arange(len(busy), len(whole.owner))), now.ties])
    return _trading(plan, number, passing, papers, slips, now)


def _rebates(month: Month, firms: pl.DataFrame, ties: Ties) -> list[Later]:
    found = rebates(month, firms, ties, column_of("tax").astype(float))
    return [] if found is None else [found]


def _split(month: Month, later: list[Later]) -> tuple[Later, list[Later]]:
    """The papers that come this month, and those that still have to wait."""
    whole, last = corrections.together(later), np.datetime64(month.last)
    return whole.only(whole.day <= last), [whole.only(whole.day > last)]


def _trading(
    plan: Plan, number: Ints, passing: Ties, papers: Papers, slips: corrections.Slips, now: Later
) -> Trading:
    """First the papers of the month's orders, then those that follow from earlier ones.

    `number` holds the numbers of the ties that had orders, then of those the later papers brought with them.
    """
    count, more = len(papers.tie), len(now.day)
    kept = np.where(slips.void, 0.0, 1.0)
    kept[slips.back] = 1 - slips.share
    gross = now.net + now.tax
    return Trading(
        np.concatenate([number[papers.tie], number[len(number) - more :]]),
        np.concatenate([papers.day, now.day]),
        np.concatenate([papers.net, now.net]),
        np.concatenate([papers.tax, now.tax]),
        np.concatenate([papers.rate, now.rate]),
        np.concatenate([slips.void, np.zeros(more, dtype=bool)]),
        np.concatenate([np.full(count, corrections.NONE), now.corrects]),
        np.concatenate([papers.gross * kept, np.maximum(gross, 0)]),
        passing,
        outside_count(plan),
    )


def _lasting_orders(
    rng: np.random.Generator, month: Month, firms: pl.DataFrame, ties: Ties, level: Floats, season: Floats
) -> Ints:
    """Orders along each lasting tie; busy months bring more orders, not larger ones."""
    alive = _alive(ties, month)
    busy = _business(ties, level) * season[ties.owner] * alive * taken_over(month, firms, ties)[ties.owner]
    even, by_quality = trading("lasting")["calm"]
    calm = (even + by_quality * firms["quality"].to_numpy()).clip(*trading("lasting")["calmest"])[ties.owner]
    orders = rng.poisson(ties.rate * busy * rng.gamma(calm, 1 / calm))
    regular = (alive & (level[ties.owner] > trading("small")["alive"])).astype(np.int64)
    return np.where(ties.fixed, regular, orders)


def _business(ties: Ties, level: Floats) -> Floats:
    """Level of a tie's business; between two firms of the bank both matter."""
    other = np.where(ties.internal, ties.other, ties.owner)
    return np.sqrt(level[ties.owner] * level[other])


def _alive(ties: Ties, month: Month) -> Flags:
    return (ties.begins <= month.index) & (month.index < ties.ends)


def taken_over(month: Month, firms: pl.DataFrame, ties: Ties) -> Floats:
    """Per firm how much more it trades with the partners it has, for those lost some months ago and not replaced."""
    since = month.index - ties.ends
    gone = (since >= trading("lasting")["shifts_after"]) & (month.index < ties.refilled)
    worth, count = ties.rate * ties.ticket * ties.sale, len(firms)
    lost = np.bincount(ties.owner, weights=worth * gone, minlength=count)
    left = np.bincount(ties.owner, weights=worth * _alive(ties, month), minlength=count)
    more = firms["substitution"].to_numpy() * lost / np.maximum(left, 1)
    return np.where(left > 0, 1 + more, 1.0).clip(1, MOST_TAKEN_OVER)


def invoices_of(
    plan: Plan, month: Month, trading_: Trading, ties: Ties, firms: pl.DataFrame, codes: pl.Series
) -> pl.DataFrame:
    """Both sides' invoice rows, of firms still here whose invoices the bank may read."""
    numbers = _numbers(_keys(plan, month, len(trading_.tie)))
    owner, other, sale, internal = (
        trading_.of(ties, name) for name in ("owner", "other", "sale", "internal")
    )
    lines = np.arange(len(trading_.tie))
    sides = [(lines, owner, other, np.where(sale, "sale", "purchase"))]
    inner = lines[internal]
    sides.append((inner, other[inner], owner[inner], np.full(len(inner), "purchase")))
    frame = pl.concat([_side(trading_, numbers, codes, firms, *side) for side in sides])
    return (
        frame.filter("readable")
        .drop("readable", "i")
        .sort("invoice_date", "customer_id", "direction", "invoice_no")
    )


def _side(
    trading_: Trading,
    numbers: pl.Series,
    codes: pl.Series,
    firms: pl.DataFrame,
    lines: Ints,
    firm: Ints,
    other: Ints,
    direction: Array,
) -> pl.DataFrame:
    corrected = trading_.corrects[lines]
    seller = np.where(direction == "sale", firm, other)
    trade_of = industry_of(firms, trading_.outside, seller)
    frame = pl.DataFrame(
        {
            "i": firm,
            "customer_id": firms["customer_id"].gather(firm),
            "direction": direction,
            "invoice_no": numbers.gather(lines),
            "invoice_date": trading_.day[lines],
            "counterparty_id": codes.gather(other),
            "net": trading_.net[lines],
            "tax": trading_.tax[lines],
            "gross": (trading_.net + trading_.tax)[lines],
            "status": np.where(trading_.void[lines], "void", "valid"),
            "tax_rate": trading_.rate[lines],
            "goods": _goods().gather(trade_of * 4 + (firm + other) % 4),
            "corrects": _numbers(corrected.clip(0)),
        }
    )
    closed = firms["closed_date"].to_numpy()[firm]
    known = np.isnat(closed) | (trading_.day[lines] <= closed)
    return frame.with_columns(
        corrects=pl.when(pl.Series(corrected >= 0)).then("corrects"),
        readable=pl.Series(firms["has_invoices"].to_numpy()[firm] & known),
    )


def _goods() -> pl.Series:
    """Four goods per industry, repeated where it has fewer; after the industries the utilities'."""
    rows = [row["goods"] for row in table("industries")["industry"]]
    rows += [[row["goods"]] for row in near_kinds()]
    return pl.Series([goods[at % len(goods)] for goods in rows for at in range(4)])


def _keys(plan: Plan, month: Month, count: int) -> Ints:
    """Running numbers that tell the month and the part of the bank as well."""
    stamp = month.first.year % 100 * 100 + month.first.month
    return stamp * KEYS_OF_A_MONTH + plan.part * KEYS_OF_A_PART + np.arange(count) * 7 + 3


def _numbers(keys: Ints) -> pl.Series:
    """Twenty digits as on digital invoices: year, province, running number of the month."""
    stamp, running = np.divmod(keys, KEYS_OF_A_MONTH)
    frame = pl.DataFrame({"year": stamp // 100, "month": stamp % 100, "n": running})
    year, month = (pl.col(name).cast(pl.String).str.zfill(2) for name in ("year", "month"))
    return frame.select(pl.concat_str(year, pl.lit("42"), month, pl.col("n").cast(pl.String).str.zfill(14)))[
        "year"
    ]


def due_by_tie(trading_: Trading, ties: Ties) -> Floats:
    """Fen falling due per lasting tie for the month's invoices that stay valid."""
    return _due(trading_, ties)[: len(ties.owner)]


def due_by_passing(trading_: Trading, ties: Ties) -> Floats:
    """The same per passing tie of the month."""
    return _due(trading_, ties)[len(ties.owner) :]


def _due(trading_: Trading, ties: Ties) -> Floats:
    whole = len(ties.owner) + len(trading_.passing.owner)
    return np.bincount(trading_.tie, weights=trading_.due, minlength=whole)
