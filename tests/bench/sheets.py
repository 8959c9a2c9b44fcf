"""Papers written by hand for the tests of likeness."""

from datetime import date, timedelta

import polars as pl

from bench.likeness.papers import two_years_to

WINDOW = two_years_to(date(2026, 10, 31))
FIRST = WINDOW.first


def papers(*rows: tuple[str, date, str, int], side: str = "sale", void: bool = False) -> pl.DataFrame:
    """Rows of (firm, day, partner, yuan)."""
    shape = {"firm": pl.String, "day": pl.Date, "partner": pl.String, "net": pl.Int64}
    frame = pl.DataFrame([(firm, day, who, yuan * 100) for firm, day, who, yuan in rows], shape, orient="row")
    return frame.with_columns(side=pl.lit(side), void=pl.lit(value=void))


def days_on(offset: int) -> date:
    return FIRST + timedelta(offset)


def month(number: int, day: int = 5) -> date:
    """A day in the window's month of that number, 0 the first."""
    at = FIRST.year * 12 + FIRST.month - 1 + number
    return date(at // 12, at % 12 + 1, day)


def steady(firm: str, yuan: list[int]) -> pl.DataFrame:
    """One sale in each month, to one buyer."""
    return papers(*((firm, month(number), "B", amount) for number, amount in enumerate(yuan)))
