"""Contribution of twelve months, and what a firm could bring."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.value.terms import Margins


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
