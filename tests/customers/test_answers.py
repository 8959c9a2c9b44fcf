"""Facts found out: who may answer, what is read, what the night makes of it, and by how much a tier could move."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from tests.world import BUSINESS_DATE
from xiaoer.customers.actions import answer
from xiaoer.customers.queries import answers
from xiaoer.events.night import missing_facts
from xiaoer.events.terms import Rules
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.segments.night import tier_range
from xiaoer.segments.terms import Grid, SizeTable

DAY, DESK_DAY, WAN = date(2026, 6, 30), BUSINESS_DATE + timedelta(days=1), 1_000_000
FIRM = "C000003"  # M1's


def lazy(rows: list[dict[str, Any]], **types: Any) -> Any:
    return nw.from_native(pl.DataFrame(rows, schema_overrides=types).lazy())


def between(contribution: int, **changes: Any) -> tuple[str, str] | None:
    whole = {"staff_count": pl.Int64, "annual_revenue": pl.Int64, "total_assets": pl.Int64}
    firm = {"customer_id": "X", "kind": "enterprise", "industry_code": "F5126", "staff_count": None,
            "annual_revenue": 1_200 * WAN, "total_assets": None} | changes  # fmt: skip
    worth = lazy([{"customer_id": "X", "contribution_12m": contribution, "turnover_12m": 1_200 * WAN}])
    found = tier_range(lazy([firm], **whole), worth, SizeTable.in_force(DAY), Grid.in_force(DAY))
    rows = found.collect("polars").to_native()
    return rows.select("tier_low", "tier_high").row(0) if rows.height else None


def test_by_how_much_the_tier_could_move() -> None:
    """A wholesaler of 1,200 万 revenue is small at most; without people it may be micro."""
    assert between(6 * WAN) == ("potential", "excellent")
    assert between(6 * WAN, annual_revenue=None) == ("potential", "premier"), "nothing bounds it"
    assert between(6 * WAN, industry_code=None) == ("potential", "premier"), "any size is possible"
    assert between(6 * WAN, staff_count=9) is None, "nothing is missing"


def asked(
    low: str,
    high: str,
    contacted: int | None = None,
    missing: str = "staff,revenue",
    passed: str | None = None,
) -> list[dict[str, Any]]:
    firm = {"customer_id": "X", "tier_low": low, "tier_high": high, "size_missing": missing, "potential": WAN,
            "last_contact_day": contacted, "passed_from": passed}  # fmt: skip
    kinds = {"last_contact_day": pl.Int64, "passed_from": pl.String}
    seen = missing_facts(lazy([firm], **kinds), 1_000, Rules.in_force(DAY))
    return list(seen.collect("polars").to_native().to_dicts())


def test_only_facts_that_move_two_tiers_become_a_task_once_a_quarter() -> None:
    row = asked("potential", "premier")[0]
    assert (row["variant"], row["about"], row["count"]) == ("potential_premier", "missing_staff", 2)
    assert asked("potential", "premier", missing="assets")[0]["count"] == 1
    assert not asked("potential", "excellent")
    assert asked("potential", "excellent", passed="corporate"), "placed by our standard for the first time"
    assert not asked("potential", "potential", passed="corporate")
    assert not asked("potential", "premier", contacted=1_000)
    assert asked("potential", "premier", contacted=999)


@pytest.mark.django_db
def test_an_answer_is_read_kept_and_somebodys_own(scope_of: Callable[[str], Scope]) -> None:
    mine, other = scope_of("M1"), scope_of("M3")
    with acting_as(mine):
        answer(mine, FIRM, "annual_revenue", "1,200.5", DESK_DAY)
        answer(mine, FIRM, "staff_count", "11", DESK_DAY)
        answer(mine, FIRM, "staff_count", "12", DESK_DAY)
        answer(mine, FIRM, "industry_code", "f5126", DESK_DAY)
        told = answers(mine, FIRM)
        assert told["annual_revenue"].number == 1_200_500_000
        assert told["staff_count"].number == 12, "the newest counts"
        assert told["industry_code"].text == "F5126"
        for fact, typed in (
            ("staff_count", "many"),
            ("staff_count", "-1"),
            ("industry_code", "shop"),
            ("name", "x"),
        ):
            with pytest.raises(Refusal):
                answer(mine, FIRM, fact, typed, DESK_DAY)
    with acting_as(other):
        assert answers(other, FIRM) == {}
        with pytest.raises(Refusal):
            answer(other, FIRM, "staff_count", "3", DESK_DAY)
