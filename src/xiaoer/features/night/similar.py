"""Firms to compare with: neighbours by turnover in the same industry."""

import narwhals as nw

from xiaoer.kit.tables import Frame

STEPS = (1, -1, 2, -2)


def similar(firms: Frame) -> Frame:
    """Per firm the next smaller and next larger two by sales_12m in its industry division.

    One row per firm and neighbour: customer_id, neighbour_id, place (1 nearest). `firms` needs customer_id,
    industry_code and sales_12m; firms without an industry stand together.
    """
    division = nw.coalesce(nw.col("industry_code"), nw.lit("")).str.slice(0, 3)
    placed = firms.filter(nw.col("sales_12m") > 0).select(
        "customer_id", "sales_12m", division.alias("division")
    )
    order = ["sales_12m", "customer_id"]
    sides = [
        placed.with_columns(
            nw.col("customer_id").shift(step).over("division", order_by=order).alias("neighbour_id"),
            nw.lit(place).alias("place"),
        )
        for place, step in enumerate(STEPS, 1)
    ]
    return (
        nw.concat(sides, how="vertical")
        .filter(~nw.col("neighbour_id").is_null())
        .select("customer_id", "neighbour_id", "place")
    )
