"""What firms last said of us."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no


def satisfaction(delivered: Frame, recorded: Frame, today: int) -> Frame:
    """Mean answered score (0 to 10) of the last year per firm.

    `delivered` follows the contract of surveys; `recorded` are the desk's (customer_id, asked_date, score).
    """
    told = [
        rows.select("customer_id", "asked_date", nw.col("score").cast(nw.Float64))
        for rows in (delivered, recorded)
    ]
    answered = nw.concat(told, how="vertical").filter(
        ~nw.col("score").is_null(), day_no("asked_date") > today - 365
    )
    return answered.group_by("customer_id").agg(nw.col("score").mean().alias("satisfaction"))
