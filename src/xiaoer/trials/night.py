"""What came of the firms of a family, those treated and those left alone alike, measured on the bank's own records."""

from dataclasses import dataclass

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, day_no, total, whole

LOOK_BACK = 45  # days a reported balance still tells of


@dataclass(frozen=True)
class Told:
    """Records of the bank, all days.

    `opened`: customer_id, product_id, opened_date. `drawn`: customer_id, drawn_date, amount (fen). `held`:
    customer_id, day, held (fen on all accounts together), None where no balances are delivered. `met`: customer_id,
    day (number).
    """

    opened: Frame
    drawn: Frame
    held: Frame | None
    met: Frame


def outcomes(entries: Frame, told: Told, kept_share: float) -> Frame:
    """One row per entry: entry, met, won (null where it cannot be judged), balance_change and drawn (fen).

    `entries`: entry (a number), customer_id, item (a product, or ""), won (took, took_it, kept, borrowed; null where
    nobody says any more what counts), entered_day and due_day (numbers). What
    counts happened after the day of entry, up to the due day, whoever brought it about.
    """
    frame = entries
    for theme in (_opened(entries, told), _drawn(entries, told), _met(entries, told), *_held(entries, told)):
        frame = frame.join(theme, on="entry", how="left")
    known = told.held is not None
    before, after = ((nw.coalesce(name, nw.lit(0)) if known else nw.lit(None, nw.Int64)) for name in BALANCES)
    return frame.with_columns(
        before=before, after=after, drawn=nw.coalesce("drawn", nw.lit(0)), met=nw.coalesce("met", nw.lit(0)) > 0,
    ).select(
        "entry", "met", _won(kept_share).alias("won"),
        whole(nw.col("after") - nw.col("before")).alias("balance_change"), whole(nw.col("drawn")).alias("drawn"),
    )  # fmt: skip


BALANCES = ("before", "after")


def _won(kept_share: float) -> nw.Expr:
    """Kept cannot be judged of a firm that had nothing."""
    opened, opened_it = (nw.coalesce(name, nw.lit(0)) > 0 for name in ("opened", "opened_it"))
    borrowed, before = nw.col("drawn") > 0, nw.col("before")
    kept = nw.when(before > 0).then(nw.col("after") >= before * kept_share)
    return (
        nw.when(nw.col("won") == "took").then(opened | borrowed)
        .when(nw.col("won") == "took_it").then(opened_it)
        .when(nw.col("won") == "borrowed").then(borrowed)
        .when(nw.col("won") == "kept").then(kept)
    )  # fmt: skip


def _within(entries: Frame, rows: Frame) -> Frame:
    """Rows of `customer_id` and `day` beside each entry they fall into."""
    span = entries.select("entry", "customer_id", "item", "entered_day", "due_day")
    beside = span.join(rows, on="customer_id", how="inner")
    return beside.filter(nw.col("day") > nw.col("entered_day"), nw.col("day") <= nw.col("due_day"))


def _opened(entries: Frame, told: Told) -> Frame:
    rows = told.opened.select("customer_id", "product_id", day_no("opened_date").alias("day"))
    return _within(entries, rows).group_by("entry").agg(
        count(nw.col("day") > 0).alias("opened"), count(nw.col("product_id") == nw.col("item")).alias("opened_it")
    )  # fmt: skip


def _drawn(entries: Frame, told: Told) -> Frame:
    rows = told.drawn.select("customer_id", "amount", day_no("drawn_date").alias("day"))
    return _within(entries, rows).group_by("entry").agg(total("amount").alias("drawn"))


def _met(entries: Frame, told: Told) -> Frame:
    rows = _within(entries, told.met.select("customer_id", "day"))
    return rows.group_by("entry").agg(count(nw.col("day") > 0).alias("met"))


def _held(entries: Frame, told: Told) -> tuple[Frame, ...]:
    """What each firm held on the last reported day up to its entry, and up to its due day."""
    if told.held is None:
        return ()
    rows = told.held.select("customer_id", "held", day_no("day").alias("reported"))
    return _as_of(entries, rows, "entered_day", "before"), _as_of(entries, rows, "due_day", "after")


def _as_of(entries: Frame, rows: Frame, on: str, name: str) -> Frame:
    beside = entries.select("entry", "customer_id", on).join(rows, on="customer_id", how="inner")
    recent = beside.filter(nw.col("reported") <= nw.col(on), nw.col("reported") > nw.col(on) - LOOK_BACK)
    last = recent.group_by("entry").agg(nw.col("reported").max().alias("last"))
    latest = recent.join(last, on="entry", how="inner").filter(nw.col("reported") == nw.col("last"))
    return latest.group_by("entry").agg(total("held").alias(name))
