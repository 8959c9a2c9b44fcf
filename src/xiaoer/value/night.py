"""Contribution of twelve months, what a firm could bring, and on how many days it will sell."""

import narwhals as nw
import numpy as np
import pyarrow as pa

from xiaoer.kit.tables import BatchFunction, Frame
from xiaoer.kit.tables.expressions import whole
from xiaoer.value.rules import Purchases, still_buying, to_come
from xiaoer.value.terms import Habit, Margins


def contribution(firms: Frame, margins: Margins) -> Frame:
    """Per firm: contribution_12m (fen; null where neither accounts nor loans were delivered) and potential (fen).

    `firms` needs customer_id, balance_12m, loan_balance, fees_12m, sales_12m. The potential of a firm is the
    greater of what it brings and what its turnover usually brings.
    """
    earned = (
        _earned("balance_12m", margins.deposit_margin)
        + _earned("loan_balance", margins.loan_margin)
        + nw.coalesce(nw.col("fees_12m"), nw.lit(0))
    )
    known = ~(nw.col("balance_12m").is_null() & nw.col("loan_balance").is_null())
    return (
        firms.select("customer_id", "balance_12m", "loan_balance", "fees_12m", "sales_12m")
        .with_columns(
            nw.when(known).then(earned).alias("contribution_12m"),
            nw.min_horizontal(
                _earned("sales_12m", margins.turnover_yield), nw.lit(margins.most_from_turnover)
            ).alias("from_turnover"),
        )
        .with_columns(
            nw.max_horizontal(nw.coalesce(nw.col("contribution_12m"), nw.lit(0)), "from_turnover").alias(
                "potential"
            )
        )
        .select("customer_id", "contribution_12m", "potential")
    )


def _earned(column: str, rate: float) -> nw.Expr:
    return (nw.coalesce(nw.col(column), nw.lit(0)).cast(nw.Float64) * rate).round().cast(nw.Int64)


def sale_days(features: Frame) -> Frame:
    """Firms that ever sold: customer_id, again (days with sales after the first), to_last, to_today (days).

    `features` needs customer_id, sale_days, sale_day_share, days_since_sale, as the rhythm of a firm tells them.
    """
    known = whole((nw.col("sale_days") / nw.col("sale_day_share")).round())
    sold = features.filter(~nw.col("sale_day_share").is_null())
    return sold.select(
        "customer_id",
        whole(nw.col("sale_days") - 1).alias("again"),
        (known - 1).alias("to_last"),
        whole(known - 1 + nw.col("days_since_sale")).alias("to_today"),
    )


def purchases(rows: pa.Table | pa.RecordBatch) -> Purchases:
    """Rows of `sale_days` as the rules read them."""
    names = ("again", "to_last", "to_today")
    return Purchases(
        *(np.asarray(rows[name].to_numpy(zero_copy_only=False), dtype=np.float64) for name in names)
    )


def activity(habit: Habit, days: int) -> BatchFunction:
    """A function from `sale_days` to customer_id, still_selling (chance), sale_days_to_come (in so many days)."""

    def told(batch: pa.RecordBatch) -> pa.RecordBatch:
        seen = purchases(batch)
        columns = [
            batch["customer_id"],
            pa.array(still_buying(habit, seen)),
            pa.array(to_come(habit, seen, days)),
        ]
        return pa.RecordBatch.from_arrays(
            columns, names=["customer_id", "still_selling", "sale_days_to_come"]
        )

    return told
