"""Labels of dealings: offers taken, campaigns, the next product, calls, price, complaints, activity."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, whole
from xiaoer.scores.labels.flows import booked
from xiaoer.scores.labels.happening import added, gone, happened, yes
from xiaoer.scores.labels.terms import KEY, Later

FEES = "fee"
REFUSED = ("refused", "complained")


def accepted(rows: Frame, later: Later) -> Frame:
    """Of an offer that reached somebody (`item` is the contact), 1: it was accepted; not reached: null."""
    told = later.tables("contacts").select(item=nw.col("contact_id"), outcome=nw.col("outcome"))
    joined = rows.join(told, on="item", how="left")
    outcome = nw.coalesce(nw.col("outcome"), nw.lit("not_reached"))
    hit = later.told(yes(outcome == "accepted"))
    return joined.select(*KEY, nw.when(outcome != "not_reached").then(hit).alias("label"))


def taken(rows: Frame, later: Later) -> Frame:
    """Of a firm on a campaign's list (`item` is the campaign), 1: it took the product within the horizon.

    Taken: the product's holding opened, an application for it came in, or an offer of it was accepted; approached or
    left alone are measured alike, so that their difference is what approaching did.
    """
    firm_and_product = ["customer_id", "product_id"]
    holdings = later.tables("holdings").select(*firm_and_product, day=day_no("opened_date"))
    asked = later.tables("applications").select(*firm_and_product, day=day_no("received_date"))
    said = later.tables("contacts").filter(nw.col("outcome") == "accepted")
    agreed = said.select(*firm_and_product, day=day_no("contact_date"))
    events = nw.concat([holdings, asked, agreed])
    wide = rows.join(events, on=firm_and_product, how="inner")
    inside = (nw.col("day") >= nw.col("from_day")) & (nw.col("day") <= later.ends)
    counted = wide.filter(inside).group_by(*KEY).agg(whole(nw.len()).alias("times"))
    joined = rows.join(counted, on=list(KEY), how="left")
    return joined.select(*KEY, later.told(yes(nw.col("times") > 0)).alias("label"))


def opened_next(rows: Frame, later: Later) -> Frame:
    """Of a product a firm does not hold (`item` is the product), 1: it is opened within the horizon."""
    opened = later.tables("holdings").select(
        "customer_id", item=nw.col("product_id"), day=day_no("opened_date")
    )
    wide = rows.join(opened, on=["customer_id", "item"], how="inner").filter(later.inside(nw.col("day")))
    counted = wide.group_by(*KEY).agg(whole(nw.len()).alias("times"))
    joined = gone(rows.join(counted, on=list(KEY), how="left"), later)
    return joined.select(*KEY, later.told(yes(nw.col("times") > 0)).alias("label"))


def got_through(rows: Frame, later: Later) -> Frame:
    """Of an approach (`item` is the contact), 1: somebody was reached."""
    told = later.tables("contacts").select(item=nw.col("contact_id"), outcome=nw.col("outcome"))
    joined = rows.join(told, on="item", how="inner")
    reached = nw.coalesce(nw.col("outcome"), nw.lit("not_reached")) != "not_reached"
    return joined.select(*KEY, later.told(yes(reached)).alias("label"))


def refused_for_price(rows: Frame, later: Later) -> Frame:
    """Of an offer, 1: refused and the price was the reason; accepted or refused otherwise: 0; undecided: null."""
    told = later.tables("contacts").select(item=nw.col("contact_id"), outcome="outcome", why="refusal_reason")
    joined = rows.join(told, on="item", how="inner")
    outcome, why = (nw.coalesce(nw.col(name), nw.lit("")) for name in ("outcome", "why"))
    decided = outcome.is_in([*REFUSED, "accepted"])
    price = later.told(yes(outcome.is_in(REFUSED) & (why == "price")))
    return joined.select(*KEY, nw.when(decided).then(price).alias("label"))


def complained(rows: Frame, later: Later) -> Frame:
    """1: the firm complains within the horizon; one that leaves without a word did not: 0."""
    complaints = later.tables("service_requests").filter(nw.col("kind") == "complaint")
    events = complaints.select("customer_id", day=day_no("requested_date"))
    return happened(gone(rows, later), events, later).select(
        *KEY, later.told(yes(nw.col("times") > 0)).alias("label")
    )


def active(rows: Frame, later: Later) -> Frame:
    """Of a firm opened on `from_day`, 1: at least so many payments of its own in the last days before the horizon.

    `options`: payments, days. Fees the bank takes do not count. A firm that left in between is not active: 0. Where
    those days begin before the frame's day the label is null: what is known already is nothing to foretell.
    """
    span, least = int(later.options["days"]), int(later.options["payments"])
    own = booked(later).filter(nw.col("purpose") != FEES)
    days = own.group_by("customer_id", "day").agg(whole(nw.len()).alias("payments"))
    shifted = gone(rows, later).with_columns(from_day=later.ends - span)
    window = Later(later.tables, later.snapshots, span, later.told_until, later.options)
    sums = added(shifted, days, ["payments"], window)
    ahead = nw.when(nw.col("from_day") >= nw.col("on_day")).then(
        window.told(yes(nw.col("payments") >= least))
    )
    return sums.select(*KEY, ahead.alias("label"))
