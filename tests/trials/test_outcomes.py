"""What came of a firm, on ten rows: within its time, whoever brought it about; unknown is not nothing."""

from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from xiaoer.kit.dates import day_number
from xiaoer.trials.night import Told, outcomes

ENTERED, DUE = date(2026, 3, 1), date(2026, 4, 30)


def lazy(rows: list[dict[str, Any]], schema: Any) -> Any:
    return nw.from_native(pl.LazyFrame(rows, schema=schema))


def entries(*won: str | None) -> Any:
    rows = [{"entry": at, "customer_id": f"C{at}", "item": "E02", "won": one, "entered_day": day_number(ENTERED),
             "due_day": day_number(DUE)} for at, one in enumerate(won)]  # fmt: skip
    return nw.from_native(pl.LazyFrame(rows, schema_overrides={"won": pl.String}))


def told(*, opened: Any = (), drawn: Any = (), held: Any = (), met: Any = ()) -> Told:
    """Each as (firm, …, day)."""
    named = ("customer_id", "product_id", "opened_date"), ("customer_id", "amount", "drawn_date")
    kinds = {"product_id": pl.String, "amount": pl.Int64, "held": pl.Int64, "customer_id": pl.String}

    def frame(rows: Any, names: tuple[str, ...]) -> Any:
        schema = {name: kinds.get(name, pl.Date) for name in names}
        return lazy([dict(zip(names, row, strict=True)) for row in rows], schema)

    days = [{"customer_id": firm, "day": day_number(day)} for firm, day in met]
    return Told(
        frame(opened, named[0]), frame(drawn, named[1]),
        None if held is None else frame(held, ("customer_id", "held", "day")),
        lazy(days, {"customer_id": pl.String, "day": pl.Int64}),
    )  # fmt: skip


def came(asked: Any, what: Told) -> list[dict[str, Any]]:
    return outcomes(asked, what, 0.8).collect().to_native().sort("entry").to_dicts()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("day", "counts"),
    [(ENTERED, False), (ENTERED + timedelta(1), True), (DUE, True), (DUE + timedelta(1), False)],
)
def test_only_what_happened_within_the_time_counts(day: date, counts: bool) -> None:
    opened = [(f"C{at}", "E02", day) for at in range(3)]
    rows = came(entries("took", "took_it", "borrowed"), told(opened=opened))
    assert [row["won"] for row in rows] == [counts, counts, False]


def test_another_product_is_not_the_one_proposed_and_a_loan_is_a_taking() -> None:
    day = ENTERED + timedelta(9)
    rows = came(
        entries("took_it", "took", "borrowed"),
        told(opened=[("C0", "L01", day)], drawn=[("C1", 500, day), ("C2", 700, day), ("C2", 1, day)]),
    )
    assert [row["won"] for row in rows] == [False, True, True]
    assert [row["drawn"] for row in rows] == [0, 500, 701]


@pytest.mark.parametrize(("after", "won"), [(80, True), (79, False)])
def test_kept_is_eight_tenths_of_what_was_there(after: int, won: bool) -> None:
    held = [("C0", 500, ENTERED - timedelta(40)), ("C0", 100, ENTERED), ("C0", after, DUE - timedelta(3))]
    (row,) = came(entries("kept"), told(held=held))
    assert (row["won"], row["balance_change"]) == (won, after - 100)


def test_of_nothing_nothing_can_be_kept_and_undelivered_balances_are_not_zero() -> None:
    (nothing,) = came(entries("kept"), told(held=[("C0", 900, DUE)]))
    assert (nothing["won"], nothing["balance_change"]) == (None, 900)
    (unknown,) = came(entries("kept"), told(held=None))
    assert (unknown["won"], unknown["balance_change"]) == (None, None)


def test_a_report_older_than_forty_five_days_tells_nothing() -> None:
    (row,) = came(entries("kept"), told(held=[("C0", 900, ENTERED - timedelta(45)), ("C0", 50, DUE)]))
    assert row["won"] is None


def test_met_counts_for_either_arm() -> None:
    rows = came(
        entries("took", "took"), told(met=[("C1", ENTERED + timedelta(2)), ("C0", DUE + timedelta(2))])
    )
    assert [row["met"] for row in rows] == [False, True]


def test_nothing_is_judged_where_nobody_says_what_counts() -> None:
    opened = [("C0", "E02", ENTERED + timedelta(1))]
    (row,) = came(entries(None), told(opened=opened, held=[("C0", 100, ENTERED)]))
    assert row["won"] is None
