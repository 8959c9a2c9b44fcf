"""Many days looked back from in one pass: for each of them what its own night would have summed, late rows and all."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from tests.engines.alike import tables_differ
from xiaoer.features.night import (
    FLOW_SUMS,
    LEVEL_SUMS,
    Calendar,
    account_flows,
    account_sums,
    alongside,
    asked_days,
    balance_lines,
    flow_stretches,
    level_stretches,
    levels,
    payment_lines,
    payment_stretches,
    stretch_days,
    window_sums,
)
from xiaoer.features.rules import Stretches, look_backs, windows
from xiaoer.features.terms import LookBacks, Span, Sum
from xiaoer.kit.tables import DuckEngine, Engine, Frame
from xiaoer.kit.tables.expressions import with_day_numbers

LAST = date(2026, 3, 31)
#: Month-ends, days inside months, days next to one another, a leap year's end of February, and one before all rows.
DAYS = [
    date(2022, 1, 31),
    date(2024, 2, 29),
    date(2025, 3, 1),
    date(2025, 3, 2),
    date(2025, 12, 31),
    date(2026, 2, 17),
    LAST,
]
ROWS = 5_000


def when_known(draw: np.random.Generator, days: list[date]) -> dict[str, list[date | None]]:
    """Most rows on their day, some weeks or a year late, some of them for a while only."""
    late = np.where(draw.random(len(days)) < 0.15, draw.integers(1, 400, len(days)), 0)
    since = [day + timedelta(int(n)) for day, n in zip(days, late, strict=True)]
    ends = draw.random(len(days)) < 0.1
    until = [
        day + timedelta(int(n)) if end else None
        for day, n, end in zip(since, draw.integers(1, 500, len(days)), ends, strict=True)
    ]
    return {"known_from": since, "known_until": until}


def some_days(draw: np.random.Generator, rows: int) -> list[date]:
    return [LAST - timedelta(int(n)) for n in draw.integers(-20, 1_300, rows)]


def payments(seed: int = 4) -> pl.DataFrame:
    """Of nine firms: reversed ones, unknown channels, a firm that stopped two years ago."""
    draw = np.random.default_rng(seed)
    days = some_days(draw, ROWS)
    firms = [
        f"C{n}" if day > date(2024, 1, 1) else "C-old"
        for n, day in zip(draw.integers(0, 9, ROWS), days, strict=True)
    ]
    columns = {
        "customer_id": firms,
        "booked_date": days,
        "direction": draw.choice(["in", "out"], ROWS),
        "amount": draw.integers(0, 10**12, ROWS),
        "purpose": ["trade"] * ROWS,
        "counterparty_id": [""] * ROWS,
        "fee": [int(n) if n % 3 else None for n in draw.integers(0, 900, ROWS)],
        "channel": draw.choice(["online", "counter", "batch", None], ROWS).tolist(),
        "reversed": draw.choice([True, False, False, None], ROWS).tolist(),
    }
    return pl.DataFrame(columns | when_known(draw, days), schema_overrides={"known_until": pl.Date})


def balances(seed: int = 6) -> pl.DataFrame:
    """Two accounts a firm, whose days are not always known together; without an average the balance counts."""
    draw = np.random.default_rng(seed)
    days = [LAST - timedelta(int(n) * 15) for n in draw.integers(0, 90, ROWS)]
    columns = {
        "customer_id": [f"C{n}" for n in draw.integers(4, 14, ROWS)],
        "balance_date": days,
        "balance": draw.integers(-(10**9), 10**12, ROWS),
        "average_balance": [int(n) if n % 2 else None for n in draw.integers(0, 10**12, ROWS)],
    }
    return pl.DataFrame(columns | when_known(draw, days), schema_overrides={"known_until": pl.Date})


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    with closing(DuckEngine(tmp_path / "scratch")) as running:
        yield running


def calendar(engine: Engine, back: LookBacks) -> Calendar:
    return Calendar(back, engine.table(stretch_days(back)), engine.table(asked_days(back)))


def in_one_pass(engine: Engine, folder: Path, days: list[date], cuts: list[str]) -> pl.DataFrame:
    """Both themes of accounts, as the nights' frames make them."""
    levelled, flowed = look_backs(days, lambda on: on.levels), look_backs(days, lambda on: on.flows)
    columns = dict.fromkeys(one.column for one in FLOW_SUMS.values())
    held = level_stretches(engine.table(balances().to_arrow()), calendar(engine, levelled))
    paid = flow_stretches(engine.table(payments().to_arrow()), calendar(engine, flowed), columns)
    both = (
        (held, "held", levels, window_sums(levelled, LEVEL_SUMS, LEVEL_SUMS["days_12m"])),
        (paid, "paid", account_flows, window_sums(flowed, FLOW_SUMS, Sum("transactions"))),
    )
    one, other = (
        finish(engine.map_by_key(rows, function, folder / f"{name}.parquet", key="customer_id", cuts=cuts))
        for rows, name, finish, function in both
    )
    return pl.DataFrame(engine.collect(alongside(one, other, "customer_id", "as_of_date")))


def one_day(engine: Engine, day: date) -> pl.DataFrame:
    """What the functions of a night give that knew the rows of that day."""
    on = windows(day)

    def seen(rows: pl.DataFrame, own: str) -> Frame:
        until = pl.col("known_until").is_null() | (pl.col("known_until") > day)
        return engine.table(rows.filter(pl.col(own) <= day, pl.col("known_from") <= day, until).to_arrow())

    held = with_day_numbers(balance_lines(seen(balances(), "balance_date")))
    paid = with_day_numbers(payment_lines(seen(payments(), "booked_date")))
    return pl.DataFrame(engine.collect(account_flows(account_sums(held, payment_stretches(paid, on), on))))


@pytest.mark.parametrize("cuts", [[], ["C11", "C5"]], ids=["whole", "in three ranges"])
def test_every_day_has_what_its_own_night_would_have(
    engine: DuckEngine, tmp_path: Path, cuts: list[str]
) -> None:
    found = in_one_pass(engine, tmp_path, DAYS, cuts)
    assert found["as_of_date"].is_in(DAYS[1:]).all(), "no row is older than its day"
    for day in DAYS:
        mine, nights = found.filter(as_of_date=day).drop("as_of_date"), one_day(engine, day)
        assert mine.height or day == DAYS[0]
        assert tables_differ(nights, mine.select(nights.columns)) == [], day


def test_the_rows_are_worth_the_test(engine: DuckEngine) -> None:
    """Days on which some accounts were known and others not yet, and firms whose windows are empty."""
    held = balances().with_columns(late=pl.col("known_from") > pl.col("balance_date"))
    mixed = held.group_by("customer_id", "balance_date").agg(pl.col("late").n_unique() > 1)
    assert mixed["late"].sum() > 100
    old = one_day(engine, LAST).filter(pl.col("customer_id") == "C-old").to_dicts()
    assert [(row["transactions_12m"], row["electronic_share"]) for row in old] == [(0, None)]


def test_days_in_any_order_and_twice_are_the_same(engine: DuckEngine, tmp_path: Path) -> None:
    once = in_one_pass(engine, tmp_path, DAYS[3:], [])
    again = in_one_pass(engine, tmp_path, [*DAYS[:2:-1], *DAYS[3:]], [])
    assert tables_differ(once, again) == []


def test_nothing_delivered_gives_no_row(engine: DuckEngine, tmp_path: Path) -> None:
    back = look_backs(DAYS, lambda on: on.flows)
    rows = flow_stretches(
        engine.table(payments().clear().to_arrow()), calendar(engine, back), ["transactions"]
    )
    function = window_sums(back, {"n": Sum("transactions", "90d")}, Sum("transactions"))
    made = engine.map_by_key(rows, function, tmp_path / "none.parquet", key="customer_id", cuts=[])
    assert engine.collect(made).num_rows == 0
    assert made.collect_schema() == {"customer_id": nw.String, "as_of_date": nw.Date, "n": nw.Int64}


def test_a_sum_by_hand() -> None:
    """Three days looked back from two days; 7 known to all, 20 known only from the second day on, 100 only before it."""
    back = LookBacks((10, 20), {"week": (Span(4, 10), Span(14, 20))})
    assert back.edges == (3, 10, 13, 20)
    rows = Stretches(
        firm=np.array([0, 0, 0, 0]),
        stretch=np.array([0, 1, 1, 3]),
        since=np.array([0, 15, 1, 0]),
        until=np.array([np.iinfo(np.int64).max, np.iinfo(np.int64).max, 15, np.iinfo(np.int64).max]),
        firms=1,
    )
    week, ever = rows.sums(back, {"a": np.array([1, 20, 100, 7])}, [Sum("a", "week"), Sum("a")])
    assert week.tolist() == [[100, 7]]
    assert ever.tolist() == [[101, 28]]
