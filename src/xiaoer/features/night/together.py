"""The themes side by side, one row per firm of the book."""

from collections.abc import Sequence

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no

FACTS = ("customer_id", "kind", "industry_code", "region", "opened_date", "staff_count")


def together(customers: Frame, themes: Sequence[Frame], today: int) -> Frame:
    """Every firm with what each theme knows of it, nulls where it knows nothing; `closed`: no longer ours."""
    left = nw.coalesce(day_no("closed_date"), nw.lit(today + 1)) <= today
    closed = (nw.coalesce(nw.col("status"), nw.lit("active")) == "closed") | left
    frame = customers.select(*FACTS, closed.alias("closed"))
    for theme in themes:
        frame = frame.join(theme, on="customer_id", how="left")
    return frame
