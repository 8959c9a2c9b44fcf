"""Themes of features: the same figures on DuckDB and Polars, equal to a plain re-derivation, point-in-time correct."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from xiaoer.features.night import (
    concentration,
    habits,
    monthly,
    paid_days,
    partner_features,
    payment_lines,
    rhythm,
    shared_amounts,
    trade_stretches,
    turnover,
    turnover_sums,
)
from xiaoer.features.rules import Gaps, windows
from xiaoer.kit.dates import Feast, feast_day
from xiaoer.kit.tables import DuckEngine, Frame
from xiaoer.kit.tables.engine import one_batch
from xiaoer.kit.tables.expressions import with_day_numbers
from xiaoer.network.night import acquainted, invoice_lines, partners, shared, trade_days, trade_lines
from xiaoer.sources.contracts import contract

DAY = date(2026, 3, 31)
ROWS = 6_000


def invoices(seed: int = 5) -> pl.DataFrame:
    """Random papers of eight firms over three years: voids, red ones, unknown partners, several a day."""
    draw = np.random.default_rng(seed)
    days = draw.integers(0, 1_150, ROWS)
    amounts = draw.integers(-40_000, 900_000, ROWS)
    return pl.DataFrame(
        {
            "customer_id": [f"C{n}" for n in draw.integers(0, 8, ROWS)],
            "direction": draw.choice(["sale", "purchase"], ROWS),
            "invoice_date": [DAY - timedelta(days=int(n)) for n in days],
            "counterparty_id": [f"P{n}" if n else None for n in draw.integers(0, 30, ROWS)],
            "gross": amounts,
            "net": (amounts * 0.9).astype(int),
            "tax": amounts - (amounts * 0.9).astype(int),
            "status": draw.choice(["valid", "valid", "valid", "void", None], ROWS),
        }
    )


def no_transactions() -> pl.DataFrame:
    return pl.DataFrame(contract("transactions").schema.arrow.empty_table())


@pytest.fixture
def on_duckdb(tmp_path: Path) -> Callable[[pl.DataFrame], Frame]:
    engine = DuckEngine(tmp_path)
    return lambda rows: engine.table(rows.to_arrow())


def on_polars(rows: pl.DataFrame) -> Frame:
    return nw.from_native(rows.lazy())


def traded(papers: Frame, payments: Frame) -> Frame:
    lines = (invoice_lines(papers), payment_lines(payments))
    return trade_lines(*map(with_day_numbers, lines))


def gaps(trade: Frame, load: Callable[[pl.DataFrame], Frame]) -> Frame:
    days = paid_days(trade_days(trade)).collect("pyarrow").to_native()
    return rhythm(load(pl.DataFrame(habits(one_batch(days)))), windows(DAY))


def derived(load: Callable[[pl.DataFrame], Frame]) -> dict[str, pl.DataFrame]:
    on = windows(DAY)
    trade = traded(load(invoices()), load(no_transactions()))
    known, stretches = partners(trade_days(trade), on.today), trade_stretches(trade, on)
    both = shared_amounts(known, shared(acquainted(known)))
    found = {
        "turnover": turnover(turnover_sums(stretches, monthly(stretches), on), on),
        "rhythm": gaps(trade, load),
        "concentration": partner_features(concentration(known, on.today), both),
        "partners": known,
    }
    return {name: pl.DataFrame(frame.collect("polars").to_native()) for name, frame in found.items()}


@pytest.mark.parametrize("theme", ["turnover", "rhythm", "concentration", "partners"])
def test_engines_agree(theme: str, on_duckdb: Callable[[pl.DataFrame], Frame]) -> None:
    ours, theirs = derived(on_duckdb)[theme], derived(on_polars)[theme]
    keys = [name for name in ("customer_id", "direction", "counterparty_id") if name in ours.columns]
    ours, theirs = ours.sort(keys), theirs.select(ours.columns).sort(keys)
    for name in ours.columns:
        if ours[name].dtype == pl.Float64:
            assert np.allclose(ours[name].to_numpy(), theirs[name].to_numpy(), rtol=1e-9, equal_nan=True), (
                name
            )
        else:
            assert ours[name].to_list() == theirs[name].to_list(), name


def test_against_a_plain_derivation(on_duckdb: Callable[[pl.DataFrame], Frame]) -> None:
    found = derived(on_duckdb)
    rows = [row | {"status": row["status"] or "valid"} for row in invoices().to_dicts()]
    firm = found["turnover"].filter(pl.col("customer_id") == "C3").to_dicts()[0]
    mine = [row for row in rows if row["customer_id"] == "C3"]
    sold = [row for row in mine if row["direction"] == "sale" and row["status"] == "valid"]
    year = [row["gross"] for row in sold if row["invoice_date"] > DAY - timedelta(365)]
    prior = [
        row["gross"] for row in sold if DAY - timedelta(730) < row["invoice_date"] <= DAY - timedelta(365)
    ]
    assert firm["sales_12m"] == sum(year)
    assert firm["sales_prior_12m"] == sum(prior)
    assert firm["growth_12m"] == pytest.approx(sum(year) / sum(prior) - 1, rel=1e-12)
    papers = [row for row in mine if row["direction"] == "sale"]
    voids = [row for row in papers if row["status"] == "void"]
    assert firm["void_share"] == pytest.approx(len(voids) / len(papers), rel=1e-12)


def test_gaps_are_between_days_with_positive_papers(on_duckdb: Callable[[pl.DataFrame], Frame]) -> None:
    rows = pl.DataFrame(
        {
            "customer_id": ["A"] * 5,
            "direction": ["sale"] * 5,
            "invoice_date": [DAY - timedelta(n) for n in (100, 90, 90, 70, 40)],
            "counterparty_id": ["P"] * 5,
            "gross": [100, 100, 50, 100, 100],
            "net": [None] * 5,
            "tax": [None] * 5,
            "status": ["valid"] * 5,
        },
        schema_overrides={"net": pl.Int64, "tax": pl.Int64},
    )
    trade = traded(on_duckdb(rows), on_duckdb(no_transactions()))
    firm = gaps(trade, on_duckdb).collect("polars").to_native().to_dicts()[0]
    assert firm["sale_gap_median"] == median([10, 20, 30])
    assert firm["sale_days"] == 4
    assert firm["days_since_sale"] == 40


def test_gaps_of_groups_are_those_of_each_alone() -> None:
    draw = np.random.default_rng(3)
    groups, days = draw.integers(0, 60, 900), draw.integers(19_000, 19_400, 900)
    groups[0], days[0] = 99, 19_000  # one day alone has no gap
    found = Gaps.of(groups, days)
    assert found.groups.tolist() == sorted(set(groups.tolist()))
    for at, group in enumerate(found.groups):
        mine = np.unique(days[groups == group])
        gaps = np.diff(mine)
        assert (found.first_days[at], found.last_days[at], found.counts[at]) == (mine[0], mine[-1], len(gaps))
        if len(gaps):
            assert (found.at(1, 2)[at] + found.at(1, 2, upper=True)[at]) / 2 == np.median(gaps)
            assert found.quantile(9, 10)[at] == pytest.approx(np.quantile(gaps, 0.9), rel=1e-12)
            assert found.at(1, 1)[at] == gaps.max()


def test_the_year_before_is_compared_with_the_feast_in_its_place() -> None:
    near, far = windows(date(2020, 2, 21)), windows(date(2020, 9, 30))
    shift = (feast_day(Feast.SPRING_FESTIVAL, 2020) - feast_day(Feast.SPRING_FESTIVAL, 2019)).days
    assert near.today - near.same_day_last_year == shift
    assert far.today - far.same_day_last_year == 365
    assert near.feast_days_passed == near.feast_last - near.feast_first + 1
    assert windows(date(2020, 1, 17)).feast_days_passed == 1


def test_a_firm_without_papers_is_told_by_its_payments(on_duckdb: Callable[[pl.DataFrame], Frame]) -> None:
    paid = no_transactions().vstack(
        pl.DataFrame(
            {
                name: [value]
                for name, value in {
                    "transaction_id": "T1", "customer_id": "C99", "account_id": "A", "booked_date": DAY,
                    "direction": "in", "amount": 500, "purpose": "trade", "counterparty_id": "P1",
                }.items()
            },
        ).select(
            pl.lit(None).cast(kind).alias(name) if name not in
            {"transaction_id", "customer_id", "account_id", "booked_date", "direction", "amount", "purpose", "counterparty_id"}
            else pl.col(name).cast(kind)
            for name, kind in no_transactions().schema.items()
        )
    )  # fmt: skip
    trade = traded(on_duckdb(invoices()), on_duckdb(paid)).collect("polars").to_native()
    row = trade.filter(pl.col("customer_id") == "C99").to_dicts()
    assert [(one["sale"], one["amount"]) for one in row] == [(True, 500)]
