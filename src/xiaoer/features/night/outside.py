"""What others say of a firm: the tax office and public records."""

import narwhals as nw

from xiaoer.features.night.lending import YEAR
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, day_no, total, whole

RATINGS = {"A": 5, "B": 4, "M": 3, "C": 2, "D": 1}
GOOD = ("award", "tender_won", "registration_change", "share_pledge")


def taxes(tax_records: Frame, today: int) -> Frame:
    """Per firm with a filing of the last year: declared_12m (fen), tax_late_12m (filings), tax_late_days, tax_rating.

    tax_rating: 5 best (A) to 1 worst (D), of the latest filing; null where none is told.
    """
    rows = tax_records.with_columns(day=day_no("filed_date"), rating=_rank("tax_rating")).filter(
        nw.col("day") > today - YEAR, nw.col("day") <= today
    )
    late = nw.coalesce(nw.col("late_days"), nw.lit(0))
    newest = nw.when(nw.col("day") == nw.col("day").max().over("customer_id")).then(nw.col("rating"))
    return (
        rows.with_columns(late=late, newest=newest)
        .group_by("customer_id")
        .agg(
            total(nw.coalesce(nw.col("declared_sales"), nw.lit(0))).alias("declared_12m"),
            count(nw.col("late") > 0).alias("tax_late_12m"),
            whole(nw.col("late").max()).alias("tax_late_days"),
            nw.col("newest").max().alias("tax_rating"),
        )
    )


def _rank(column: str) -> nw.Expr:
    ranks = [nw.when(nw.col(column) == name).then(rank) for name, rank in RATINGS.items()]
    return nw.coalesce(*ranks).cast(nw.Int64)


def records(public_records: Frame, today: int) -> Frame:
    """Per firm in the public records: records_bad_24m, records_good_24m, records_open (bad ones not closed)."""
    rows = public_records.with_columns(day=day_no("published_date")).filter(nw.col("day") <= today)
    recent, good = nw.col("day") > today - 2 * YEAR, nw.col("kind").is_in(GOOD)
    still = nw.coalesce(nw.col("status"), nw.lit("open")) == "open"
    return rows.group_by("customer_id").agg(
        count(recent & ~good).alias("records_bad_24m"),
        count(recent & good).alias("records_good_24m"),
        count(recent & ~good & still).alias("records_open"),
    )
