"""Four flows: the page's example; DuckDB and Polars alike, equal to a plain re-derivation."""

import json
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from xiaoer.applications.night import FLOWS, KNOWN, FlowTable, four_flows
from xiaoer.kit.tables import DuckEngine, Frame

DAY = date(2026, 11, 19)
TABLE = FlowTable.in_force(DAY)
FIRMS = 400
SHARES = (
    "void_share",
    "red_amount_share",
    "sale_month_share",
    "buyer_loyal_share",
    "electronic_share",
    "margin",
    "value",
)


def firms(seed: int = 11) -> pl.DataFrame:
    """Random firms of three sectors and none; a third of all figures are unknown."""
    draw = np.random.default_rng(seed)

    def some(values: Any) -> list[Any]:
        kept = draw.random(FIRMS) < 0.67
        return [one if keep else None for one, keep in zip(values.tolist(), kept, strict=True)]

    fen = {name: some(draw.integers(0, 10**10, FIRMS)) for name in KNOWN}
    return pl.DataFrame(
        {
            "customer_id": [f"C{number:05d}" for number in range(FIRMS)],
            "industry_code": some(draw.choice(["F5126", "F5137", "C1432", "I65", ""], FIRMS, p=[.4, .3, .2, .04, .06])),
            **fen,
            **{name: some(draw.random(FIRMS)) for name in SHARES},
            "inflow_growth_90d": some(draw.normal(0, 0.5, FIRMS)),
            "days_past_due": some(draw.integers(0, 200, FIRMS)),
            "known_days": some(draw.integers(1, 2_000, FIRMS)),
        },
        schema_overrides=dict.fromkeys((*KNOWN, "days_past_due", "known_days"), pl.Int64),
    )  # fmt: skip


@pytest.fixture
def on_duckdb(tmp_path: Path) -> Callable[[pl.DataFrame], Frame]:
    engine = DuckEngine(tmp_path)
    return lambda rows: engine.table(rows.to_arrow())


def made(frame: Frame) -> list[dict[str, Any]]:
    native = four_flows(frame, TABLE).collect()
    return pl.DataFrame(native.to_arrow()).sort("customer_id").to_dicts()


def ratio(part: float | None, whole: float | None, times: int = 1) -> float | None:
    return None if part is None or not whole or whole <= 0 else part * times / whole


def plainly(row: dict[str, Any]) -> dict[str, Any]:
    """The page, once more: values of every component, points, indices."""
    less = (
        None
        if row["inflow_12m"] is None or row["outflow_12m"] is None
        else row["inflow_12m"] - row["outflow_12m"]
    )
    values = {
        "pd": row["value"], "days_past_due": row["days_past_due"],
        "settlement_share": ratio(row["inflow_12m"], row["sales_12m"]),
        "balance_share": ratio(row["balance_90d"], row["inflow_12m"]),
        "surplus_share": ratio(less, row["inflow_12m"]),
        "cover_months": ratio(row["balance_90d"], row["outflow_12m"], 12),
        "debt_share": ratio(row["loan_balance"], row["sales_12m"]),
    }  # fmt: skip
    points: dict[str, list[int]] = {flow: [] for flow in FLOWS}
    for one in TABLE.components:
        value = values.get(one.code, row.get(one.code))
        if value is not None:
            at = (value - one.low) / (one.high - one.low) * 100
            points[one.flow].append(math.floor(min(100.0, max(0.0, at))))
    return {
        flow: sum(got) // len(got) if len(got) >= TABLE.least_known else None for flow, got in points.items()
    }


def test_both_engines_and_the_plain_way_agree(on_duckdb: Callable[[pl.DataFrame], Frame]) -> None:
    rows = firms()
    on_duck, on_polars = made(on_duckdb(rows)), made(nw.from_native(rows.lazy()))
    assert len(on_duck) == FIRMS
    for one, other in zip(on_duck, on_polars, strict=True):
        assert one.keys() == other.keys()
        assert all(one[name] == pytest.approx(other[name], abs=1e-9) if isinstance(one[name], float)
                   else one[name] == other[name] for name in one)  # fmt: skip
    expected = [plainly(row) for row in rows.sort("customer_id").to_dicts()]
    assert [{flow: row[flow] for flow in FLOWS} for row in on_duck] == expected
    assert all(
        any(row[flow] is None for row in on_duck) and any(row[flow] for row in on_duck) for flow in FLOWS
    )


def test_a_sectors_margin_needs_enough_firms(on_duckdb: Callable[[pl.DataFrame], Frame]) -> None:
    rows = firms()
    known = rows.filter(pl.col("margin").is_not_null(), pl.col("industry_code").str.len_bytes() > 0)
    by_sector: dict[str, list[int]] = {}
    for code, margin in known.select("industry_code", "margin").iter_rows():
        by_sector.setdefault(code[:3], []).append(math.floor(margin * 10_000))
    expected = {sector: (math.floor(median(all_of)), len(all_of)) for sector, all_of in by_sector.items()
                if len(all_of) >= TABLE.sector_firms}  # fmt: skip
    assert 0 < len(expected) < len(by_sector)
    codes = dict(rows.select("customer_id", "industry_code").iter_rows())
    for row in made(on_duckdb(rows)):
        told = expected.get((codes[row["customer_id"]] or "")[:3], (None, None))
        assert (row["sector_margin_bp"], row["sector_known"]) == told


def test_the_example_of_the_rules_page() -> None:
    blank = dict.fromkeys(firms().columns)
    row = blank | {"customer_id": "C1", "value": 0.08, "void_share": 0.05, "red_amount_share": 0.01,
                   "known_days": 1_095, "sale_month_share": 1.0}  # fmt: skip
    (told,) = made(nw.from_native(pl.DataFrame([row], schema=firms().schema).lazy()))
    assert (told["pd_points"], told["void_share_points"], told["red_amount_share_points"]) == (75, 76, 90)
    assert told["days_past_due_points"] is None
    assert (told["credit"], told["funds"], told["cash"], told["information"]) == (80, None, None, 100)
    assert json.dumps(told)  # plain figures all through
