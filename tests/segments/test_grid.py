"""Bands at their bounds, every cell of the grid, the rhythm of contact."""

from datetime import date

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.kit.text import say
from xiaoer.segments.night import places, rhythms
from xiaoer.segments.rules import next_due, place
from xiaoer.segments.terms import FEN_PER_WAN, Grid, Rhythm, SizeClass, Tier, contact_plan

DAY = date(2026, 11, 20)
GRID = Grid.in_force(DAY)
P, E, Q, G = Tier.PREMIER, Tier.EXCELLENT, Tier.POTENTIAL, Tier.GENERAL
CELLS = {4: (P, P, P, E), 3: (P, E, E, Q), 2: (E, Q, Q, G), 1: (Q, Q, G, G)}
SIZES = ("large", "medium", "small", "micro")
CONTRIBUTION = {4: 20, 3: 5, 2: 1, 1: 0}


@pytest.mark.parametrize("value_band", CELLS)
@pytest.mark.parametrize("column", range(4))
def test_every_cell_of_the_grid(value_band: int, column: int) -> None:
    firm = place(SizeClass(SIZES[column]), CONTRIBUTION[value_band] * FEN_PER_WAN, None, GRID)
    assert (firm.value_band, firm.size_band, firm.tier) == (value_band, 4 - column, CELLS[value_band][column])


@pytest.mark.parametrize(("wan", "band"), [(20, 4), (5, 3), (1, 2)])
def test_contribution_bounds_from_both_sides(wan: int, band: int) -> None:
    assert place(SizeClass.SMALL, wan * FEN_PER_WAN, None, GRID).value_band == band
    assert place(SizeClass.SMALL, wan * FEN_PER_WAN - 1, None, GRID).value_band == band - 1


@pytest.mark.parametrize(("wan", "band"), [(5000, 4), (1000, 3), (200, 2)])
def test_turnover_stands_in_for_contribution(wan: int, band: int) -> None:
    assert place(SizeClass.SMALL, None, wan * FEN_PER_WAN, GRID).value_band == band
    assert place(SizeClass.SMALL, None, wan * FEN_PER_WAN - 1, GRID).value_band == band - 1


@pytest.mark.parametrize(("wan", "band"), [(40000, 4), (2000, 3), (300, 2)])
def test_turnover_stands_in_for_an_open_size(wan: int, band: int) -> None:
    assert place(SizeClass.UNDETERMINED, 0, wan * FEN_PER_WAN, GRID).size_band == band
    assert place(SizeClass.NOT_CLASSIFIED, 0, wan * FEN_PER_WAN - 1, GRID).size_band == band - 1


def test_the_worked_example_of_the_page() -> None:
    """docs/rules/tiers.md: contribution not delivered, size open, sales of 12 million yuan."""
    firm = place(SizeClass.UNDETERMINED, None, 1_200 * FEN_PER_WAN, GRID)
    assert (firm.value_band, firm.size_band, firm.tier) == (3, 2, Tier.EXCELLENT)
    assert [say(told, "zh") for told in firm.because] == [
        "价值第 3 档：未提供贡献，按近十二个月销售 1,200.0 万元 暂定",
        "规模第 2 档：未能划型，按近十二个月销售 1,200.0 万元 暂定",
    ]


def test_nothing_known_is_the_lowest_cell_and_says_so() -> None:
    firm = place(SizeClass.UNDETERMINED, None, None, GRID)
    assert firm.tier == Tier.GENERAL
    assert [told["code"] for told in firm.because] == ["value_unknown", "grid_size_unknown"]


AMOUNTS = (
    st.none()
    | st.integers(-(10**10), 10**13)
    | st.sampled_from([20, 5, 1, 5000, 1000, 200, 40000]).map(lambda wan: wan * FEN_PER_WAN)
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(SizeClass)), AMOUNTS, AMOUNTS), min_size=1, max_size=40))
def test_the_table_form_agrees_with_the_rule(firms: list[tuple[SizeClass, int | None, int | None]]) -> None:
    table = pl.DataFrame(
        {
            "customer_id": [f"C{number:04d}" for number in range(len(firms))],
            "size_class": [str(size) for size, _, _ in firms],
            "contribution_12m": pl.Series([value for _, value, _ in firms], dtype=pl.Int64),
            "turnover_12m": pl.Series([value for _, _, value in firms], dtype=pl.Int64),
        }
    )
    rows = (
        places(nw.from_native(table.lazy()), GRID)
        .collect(backend="polars")
        .to_native()
        .sort("customer_id")
        .rows()
    )
    ruled = [place(*firm, GRID) for firm in firms]
    assert [row[1:] for row in rows] == [(one.value_band, one.size_band, str(one.tier)) for one in ruled]


def test_the_last_touch_restarts_the_clock() -> None:
    monthly = Rhythm(30, "visit")
    assert next_due(date(2026, 11, 1), date(2020, 1, 1), monthly, DAY) == date(2026, 12, 1)
    assert next_due(None, date(2026, 10, 1), monthly, DAY) == date(2026, 10, 31)  # overdue stays overdue
    assert next_due(None, None, monthly, DAY) == date(2026, 12, 20)


def test_every_tier_has_its_rhythm() -> None:
    placed = pl.LazyFrame({"customer_id": ["a", "b", "c", "d"], "tier": [str(tier) for tier in Tier]})
    rows = rhythms(nw.from_native(placed), DAY).collect(backend="polars").to_native().rows()
    plan = contact_plan(DAY)
    assert [(row[2], row[3]) for row in rows] == [
        (plan[tier].every_days, plan[tier].channel) for tier in Tier
    ]
