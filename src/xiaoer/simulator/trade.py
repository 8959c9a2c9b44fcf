"""Invoices, month by month, and what falls due for them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator.days import DayBook
from xiaoer.simulator.draws import Array, Days, Flags, Floats, Ints, expand, flips, stream
from xiaoer.simulator.fates import Fates
from xiaoer.simulator.firms import column_of
from xiaoer.simulator.network import Ties
from xiaoer.simulator.terms import Month, Plan, figure, table

TICKET_SPREAD = 0.55


@dataclass(frozen=True)
class Trading:
    """One month's invoices, seen from the tie: the seller's and the buyer's row come from the same line."""

    tie: Ints
    day: Days
    net: Ints  # fen
    tax: Ints
    rate: Floats
    void: Flags
    corrects: Ints  # line of this month it takes back, -1 for none


def trade_month(
    plan: Plan, month: Month, book: DayBook, firms: pl.DataFrame, fates: Fates, ties: Ties
) -> Trading:
    """Draw the month's invoices along all ties."""
    rng = stream(plan.seed, "trade", month.index)
    industry = firms["industry"].to_numpy()
    level = fates.level[:, month.index]
    busy = _business(ties, level) * book.season(month)[industry[ties.owner]] * _alive(ties, month)
    pace = np.where(ties.sale, 1.0, _stocking(firms)[ties.owner])
    calm = (4.0 + 2 * firms["quality"].to_numpy()).clip(1.5, 9)[ties.owner]
    counts = rng.poisson(ties.rate * busy**0.6 * pace * rng.gamma(calm, 1 / calm))
    tie = expand(counts)
    size = ties.ticket[tie] * busy[tie] ** 0.4 * np.exp(rng.normal(-0.15, TICKET_SPREAD, len(tie)))
    plain = _priced(rng, size.clip(10, 999_000), industry[ties.owner[tie]], firms, ties.owner[tie])
    weak = np.exp(-0.5 * firms["quality"].to_numpy())[ties.owner[tie]]
    return _with_red(
        rng,
        month,
        Trading(
            tie,
            book.draw(rng, industry[ties.owner[tie]], month),
            *plain,
            flips(rng, figure("void_share") * weak * 0.85, len(tie)),
            np.full(len(tie), -1),
        ),
        weak,
    )


def _business(ties: Ties, level: Floats) -> Floats:
    """Level of a tie's business; between two firms of the bank both matter."""
    other = np.where(ties.internal, ties.other, ties.owner)
    return np.sqrt(level[ties.owner] * level[other])


def _alive(ties: Ties, month: Month) -> Flags:
    return (ties.begins <= month.index) & (month.index < ties.ends)


def _stocking(firms: pl.DataFrame) -> Floats:
    """Weak firms buy somewhat more than they sell on."""
    return np.exp(-0.11 * firms["quality"].to_numpy())


def _priced(
    rng: np.random.Generator, size: Floats, industry: Ints, firms: pl.DataFrame, owner: Ints
) -> tuple[Ints, Ints, Floats]:
    """Net and tax in fen with the rate; some amounts are round, as agreed prices are."""
    small = firms["kind"].to_numpy()[owner] != "enterprise"
    rate = np.where(small, 0.03, column_of("tax").astype(float)[industry])
    gross = size * (1 + rate)
    step = 10 ** np.floor(np.log10(gross.clip(10)) - 1)
    gross = np.where(flips(rng, 0.4, len(size)), np.round(gross / step) * step, np.round(gross, 2))
    net = np.round(gross / (1 + rate) * 100).astype(np.int64)
    return net, np.round(gross * 100).astype(np.int64) - net, rate


def _with_red(rng: np.random.Generator, month: Month, plain: Trading, weak: Floats) -> Trading:
    """Some invoices are taken back by a red one within the month."""
    back = np.flatnonzero(flips(rng, figure("red_share") * weak, len(plain.tie)) & ~plain.void)
    day = np.minimum(
        plain.day[back] + rng.integers(0, 12, len(back)).astype("timedelta64[D]"), np.datetime64(month.last)
    )
    share = np.where(rng.random(len(back)) < 0.6, 1.0, rng.uniform(0.05, 0.6, len(back)))
    red = Trading(
        plain.tie[back],
        day,
        -np.round(plain.net[back] * share).astype(np.int64),
        -np.round(plain.tax[back] * share).astype(np.int64),
        plain.rate[back],
        np.zeros(len(back), dtype=bool),
        back,
    )
    return Trading(
        *(np.concatenate([getattr(plain, name), getattr(red, name)]) for name in Trading.__annotations__)
    )


def invoices_of(
    month: Month, trading: Trading, ties: Ties, firms: pl.DataFrame, codes: pl.Series
) -> pl.DataFrame:
    """Both sides' invoice rows, of firms still here whose invoices the bank may read."""
    numbers = _numbers(month, len(trading.tie))
    owner, other = ties.owner[trading.tie], ties.other[trading.tie]
    sale, internal = ties.sale[trading.tie], ties.internal[trading.tie]
    lines = np.arange(len(trading.tie))
    sides = [(lines, owner, other, np.where(sale, "sale", "purchase"))]
    inner = lines[internal]
    sides.append((inner, other[inner], owner[inner], np.full(len(inner), "purchase")))
    frame = pl.concat([_side(trading, numbers, codes, firms, *side) for side in sides])
    return (
        frame.filter("readable")
        .drop("readable", "i")
        .sort("invoice_date", "customer_id", "direction", "invoice_no")
    )


def _side(
    trading: Trading,
    numbers: pl.Series,
    codes: pl.Series,
    firms: pl.DataFrame,
    lines: Ints,
    firm: Ints,
    other: Ints,
    direction: Array,
) -> pl.DataFrame:
    corrected = trading.corrects[lines]
    seller = np.where(direction == "sale", firm, other)
    frame = pl.DataFrame(
        {
            "i": firm,
            "customer_id": firms["customer_id"].gather(firm),
            "direction": direction,
            "invoice_no": numbers.gather(lines),
            "invoice_date": trading.day[lines],
            "counterparty_id": codes.gather(other),
            "net": trading.net[lines],
            "tax": trading.tax[lines],
            "gross": (trading.net + trading.tax)[lines],
            "status": np.where(trading.void[lines], "void", "valid"),
            "tax_rate": trading.rate[lines],
            "goods": _goods().gather(_industry_of(firms, seller) * 4 + trading.tie[lines] % 4),
            "corrects": numbers.gather(np.where(corrected < 0, 0, corrected)),
        }
    )
    closed = firms["closed_date"].to_numpy()[firm]
    known = np.isnat(closed) | (trading.day[lines] <= closed)
    return frame.with_columns(
        corrects=pl.when(pl.Series(corrected >= 0)).then("corrects"),
        readable=pl.Series(firms["has_invoices"].to_numpy()[firm] & known),
    )


def _industry_of(firms: pl.DataFrame, party: Ints) -> Ints:
    """The industry of a firm, or of an outside party by its number."""
    own, count = firms["industry"].to_numpy(), len(firms)
    return np.where(party < count, own[party % count], (party - count) % len(column_of("code")))


def _goods() -> pl.Series:
    """Four goods per industry, repeated where it has fewer."""
    rows = table("industries")["industry"]
    return pl.Series([row["goods"][at % len(row["goods"])] for row in rows for at in range(4)])


def _numbers(month: Month, count: int) -> pl.Series:
    """Twenty digits as on digital invoices: year, province, running number of the month."""
    running = pl.DataFrame({"n": np.arange(count) * 7 + 3})
    prefix = f"{month.first:%y}42{month.first:%m}"
    return running.select(pl.concat_str(pl.lit(prefix), pl.col("n").cast(pl.String).str.zfill(14)))["literal"]


def due_by_tie(trading: Trading, ties: Ties) -> Floats:
    """Fen falling due per tie for the month's valid invoices, red ones taken off; never below zero."""
    gross = np.where(trading.void, 0, trading.net + trading.tax).astype(np.float64)
    return np.bincount(trading.tie, weights=gross, minlength=len(ties.owner)).clip(0)
