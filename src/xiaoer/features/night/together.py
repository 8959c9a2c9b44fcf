"""The themes side by side, one row per firm of the book."""

from collections.abc import Sequence

from xiaoer.kit.tables import Frame


def together(customers: Frame, themes: Sequence[Frame]) -> Frame:
    """Every firm with what each theme knows of it; nulls where a theme knows nothing."""
    frame = customers.select("customer_id", "kind", "industry_code", "region", "opened_date", "staff_count")
    for theme in themes:
        frame = frame.join(theme, on="customer_id", how="left")
    return frame
