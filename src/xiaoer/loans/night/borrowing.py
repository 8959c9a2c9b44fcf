"""What each firm owes, as the bank's notes say."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, total, whole


def borrowing(notes: Frame, today: int) -> Frame:
    """One row per firm with open notes.

    Columns: loan_balance (fen), days_past_due (worst note), next_due_date, next_due_amount (fen),
    notes (open), loan_income_12m (fen a year at the note's rate, before funding).
    """
    open_notes = notes.filter(nw.col("balance") > 0).with_columns(
        nw.coalesce(nw.col("next_due_date"), nw.col("due_date")).alias("falls_due"),
        nw.coalesce(nw.col("days_past_due"), nw.lit(0)).alias("past_due"),
        (nw.col("balance") * nw.coalesce(nw.col("rate"), nw.lit(0.0)))
        .round()
        .cast(nw.Int64)
        .alias("interest"),
    )
    ahead = day_no("due_date") > today
    return open_notes.group_by("customer_id").agg(
        total("balance").alias("loan_balance"),
        whole(nw.col("past_due").max()).alias("days_past_due"),
        nw.when(ahead).then(nw.col("due_date")).min().alias("matures_date"),
        whole(nw.len()).alias("notes"),
        total("interest").alias("loan_income_12m"),
    )
