"""How often a firm sells and buys, and how long it has been quiet against its own habit."""

import narwhals as nw

from xiaoer.features.terms import Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import whole


def rhythm(trade: Frame, on: Windows) -> Frame:
    """Gaps between days with papers (days), and present silence with the feast's quiet days taken off.

    One row per firm that ever sold: for purchases a firm without any sale is left out.
    """
    habits = _habits(trade)
    sale = _side(habits.filter(nw.col("sale")), "sale", on)
    purchase = _side(habits.filter(~nw.col("sale")), "purchase", on)
    return sale.join(purchase, on="customer_id", how="left")


def _habits(trade: Frame) -> Frame:
    """Per firm and side: gap_median, gap_usual_longest, gap_longest, days, first_day, last_day."""
    side = ("customer_id", "sale")
    days = trade.filter(nw.col("amount") > 0).select(*side, "day").unique()
    before = nw.col("day").shift(1).over(*side, order_by="day")
    return (
        days.with_columns(whole(nw.col("day") - before).alias("gap"))
        .group_by(*side)
        .agg(
            nw.col("gap").median().alias("gap_median"),
            nw.col("gap").quantile(0.9, interpolation="linear").round(3).alias("gap_usual_longest"),
            nw.col("gap").max().alias("gap_longest"),
            whole(nw.len()).alias("days"),
            whole(nw.col("day").min()).alias("first_day"),
            whole(nw.col("day").max()).alias("last_day"),
        )
    )


def _side(habits: Frame, direction: str, on: Windows) -> Frame:
    quiet = nw.when(nw.col("last_day") < on.feast_first).then(on.feast_days_passed).otherwise(0)
    known_days = nw.col("last_day") - nw.col("first_day") + 1
    return habits.select(
        "customer_id",
        nw.col("gap_median").alias(f"{direction}_gap_median"),
        nw.col("gap_usual_longest").alias(f"{direction}_gap_usual_longest"),
        nw.col("gap_longest").alias(f"{direction}_gap_longest"),
        nw.col("days").alias(f"{direction}_days"),
        whole(on.today - nw.col("last_day")).alias(f"days_since_{direction}"),
        whole(on.today - nw.col("last_day") - quiet).alias(f"quiet_{direction}_days"),
        (nw.col("days") / known_days).alias(f"{direction}_day_share"),
    )
