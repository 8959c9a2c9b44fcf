"""Concentration and loyalty of buyers and suppliers, and the firm's place among shared counterparties."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, share, total, whole

BASIS = 10_000
LOYAL_DAYS = 3  # chosen: who came back twice


def concentration(partners: Frame, today: int) -> Frame:
    """One row per firm and direction that ever had a named partner; shares are of positive sums over all its history.

    Columns: customer_id, direction, all (fen), partners, partners_12m, span_median (days), top_share, concentration,
    loyal_share.
    """
    side = ("customer_id", "direction")
    rows = partners.filter(nw.col("amount_all") > 0).with_columns(
        nw.col("amount_all").sum().over(*side).alias("all")
    )
    parts = rows.with_columns(
        (nw.col("amount_all") / nw.col("all") * BASIS).floor().cast(nw.Int64).alias("bp"),
        (nw.col("last_day") - nw.col("first_day")).alias("span"),
    )
    found = parts.group_by(*side).agg(
        total("amount_all").alias("all"),
        whole(nw.len()).alias("partners"),
        count(nw.col("last_day") > today - 365).alias("partners_12m"),
        whole(nw.col("bp").max()).alias("largest"),
        total(nw.col("bp") * nw.col("bp")).alias("squares"),
        total("amount_all", nw.col("days") >= LOYAL_DAYS).alias("steady"),
        whole(nw.col("span").median().floor()).alias("span_median"),
    )
    return found.with_columns(
        (nw.col("largest") / BASIS).alias("top_share"),
        (nw.col("squares") / BASIS**2).alias("concentration"),
        share("steady", "all").alias("loyal_share"),
    ).drop("largest", "squares", "steady")


def shared_amounts(partners: Frame, shared: Frame) -> Frame:
    """Per firm and direction, what it trades with counterparties that other firms of the book know too (fen)."""
    known = shared.select("counterparty_id")
    theirs = partners.filter(nw.col("amount_all") > 0).join(known, on="counterparty_id", how="semi")
    return theirs.group_by("customer_id", "direction").agg(total("amount_all").alias("shared"))


def partner_features(concentrated: Frame, shared: Frame) -> Frame:
    """Both sides in one row per firm, as buyers and suppliers."""
    rows = concentrated.join(shared, on=["customer_id", "direction"], how="left").with_columns(
        share(nw.coalesce(nw.col("shared"), nw.lit(0)), "all").alias("shared_share")
    )
    buyers, suppliers = _side(rows, "sale", "buyer"), _side(rows, "purchase", "supplier")
    return (
        buyers.join(suppliers, on="customer_id", how="full")
        .with_columns(nw.coalesce(nw.col("customer_id"), nw.col("customer_id_right")).alias("customer_id"))
        .drop("customer_id_right")
    )


def _side(rows: Frame, direction: str, word: str) -> Frame:
    singular = ("span_median", "top_share", "concentration", "loyal_share", "shared_share")
    return rows.filter(nw.col("direction") == direction).select(
        "customer_id",
        nw.col("partners").alias(f"{word}s"),
        nw.col("partners_12m").alias(f"{word}s_12m"),
        *(nw.col(name).alias(f"{word}_{name}") for name in singular),
    )
