"""Concentration and loyalty of buyers and suppliers, and the firm's place among shared counterparties."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, share, total, whole

BASIS = 10_000


def concentration(partners: Frame, today: int) -> Frame:
    """One row per firm that ever had a named partner; shares are of positive sums over all its history."""
    buyers = _side(partners, "sale", "buyer", today)
    suppliers = _side(partners, "purchase", "supplier", today)
    return (
        buyers.join(suppliers, on="customer_id", how="full")
        .with_columns(nw.coalesce(nw.col("customer_id"), nw.col("customer_id_right")).alias("customer_id"))
        .drop("customer_id_right")
    )


def _side(partners: Frame, direction: str, word: str, today: int) -> Frame:
    rows = partners.filter(nw.col("direction") == direction, nw.col("amount_all") > 0)
    sums = rows.group_by("customer_id").agg(total("amount_all").alias("all"))
    parts = rows.join(sums, on="customer_id", how="inner").with_columns(
        (nw.col("amount_all") / nw.col("all") * BASIS).floor().cast(nw.Int64).alias("bp"),
        (nw.col("last_day") - nw.col("first_day")).alias("span"),
    )
    return (
        parts.group_by("customer_id", "all")
        .agg(
            whole(nw.len()).alias(f"{word}s"),
            count(nw.col("last_day") > today - 365).alias(f"{word}s_12m"),
            whole(nw.col("bp").max()).alias("largest"),
            total(nw.col("bp") * nw.col("bp")).alias("squares"),
            total("amount_all", nw.col("days") >= 3).alias("steady"),
            total("amount_all", nw.col("known_to") > 1).alias("shared"),
            whole(nw.col("span").median().floor()).alias(f"{word}_span_median"),
        )
        .with_columns(
            (nw.col("largest") / BASIS).alias(f"{word}_top_share"),
            (nw.col("squares") / BASIS**2).alias(f"{word}_concentration"),
            share("steady", "all").alias(f"{word}_loyal_share"),
            share("shared", "all").alias(f"{word}_shared_share"),
        )
        .drop("all", "largest", "squares", "steady", "shared")
    )
