"""Labels of attrition and survival: leaving, staying, settlement that moves away."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.scores.labels.flows import earned, sold
from xiaoer.scores.labels.happening import added, gone, sure, yes
from xiaoer.scores.labels.terms import KEY, Later

ENDED = "business_closed"
HALVED = 0.5


def left(rows: Frame, later: Later) -> Frame:
    """1: the firm closes its relation within the horizon; null where its business ended: nobody could keep it."""
    joined = gone(rows, later)
    inside = later.inside(nw.col("gone_day"))
    ended = sure(inside) & (nw.coalesce(nw.col("gone_why"), nw.lit("")) == ENDED)
    return joined.select(*KEY, nw.when(~ended).then(later.told(yes(inside))).alias("label"))


def stayed(rows: Frame, later: Later) -> Frame:
    """1: the firm is still a customer at the horizon, whatever the reason of those who are not."""
    joined = gone(rows, later)
    return joined.select(*KEY, later.told(1 - yes(later.inside(nw.col("gone_day")))).alias("label"))


def moved_away(rows: Frame, later: Later) -> Frame:
    """1: receipts here fall to under half of what they were, measured against sales, or the firm leaves.

    Before and after are as many days as the horizon. Sales are of its invoices; a firm without sales or receipts
    before is null, and so is one without sales after that has not left.
    """
    joined = gone(rows, later)
    came = added(joined, earned(later), ["amount"], later, before=later.horizon)
    sums = added(came, sold(later), ["sales"], later, before=later.horizon)
    floor = later.options.get("share", HALVED)
    after = nw.col("amount").cast(nw.Float64) * nw.col("sales_before")
    before = nw.col("amount_before").cast(nw.Float64) * nw.col("sales")
    left_us = sure(later.inside(nw.col("gone_day")))
    known = (nw.col("amount_before") > 0) & (nw.col("sales_before") > 0) & ((nw.col("sales") > 0) | left_us)
    return sums.select(
        *KEY, nw.when(known).then(later.told(yes(left_us | (after < floor * before)))).alias("label")
    )
