"""How often a firm sells and buys, and how long it has been quiet against its own habit."""

import narwhals as nw

from xiaoer.features.terms import Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import whole


def rhythm(trade: Frame, on: Windows) -> Frame:
    """Gaps between days with papers (days), and present silence with the feast's quiet days taken off."""
    return _side(trade, "sale", on).join(_side(trade, "purchase", on), on="customer_id", how="left")


def _side(trade: Frame, direction: str, on: Windows) -> Frame:
    """For purchases a firm without any sale is left out: the sale side leads the join."""
    kept = trade.filter(nw.col("direction") == direction, nw.col("amount") > 0)
    days = kept.select("customer_id", "day").unique()
    gaps = days.with_columns(
        (nw.col("day") - nw.col("day").shift(1).over("customer_id", order_by="day")).alias("gap")
    )
    quiet = nw.when(nw.col("last_day") < on.feast_first).then(on.feast_days_passed).otherwise(0)
    return (
        gaps.group_by("customer_id")
        .agg(
            nw.col("gap").median().alias(f"{direction}_gap_median"),
            nw.col("gap").quantile(0.9, interpolation="linear").alias(f"{direction}_gap_usual_longest"),
            nw.col("gap").max().alias(f"{direction}_gap_longest"),
            whole(nw.len()).alias(f"{direction}_days"),
            nw.col("day").min().alias("first_day"),
            nw.col("day").max().alias("last_day"),
        )
        .with_columns(
            (on.today - nw.col("last_day")).alias(f"days_since_{direction}"),
            whole(on.today - nw.col("last_day") - quiet).alias(f"quiet_{direction}_days"),
            (nw.col(f"{direction}_days") / (nw.col("last_day") - nw.col("first_day") + 1)).alias(
                f"{direction}_day_share"
            ),
        )
        .drop("first_day", "last_day")
    )
