"""Money needed before a season: the calendar by feast and date, and what a firm's own last year says of it."""

from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from xiaoer.events.night import needs
from xiaoer.events.seasons import Season, seasons
from xiaoer.events.terms import Rules
from xiaoer.kit.dates import day_number
from xiaoer.kit.parameters import in_force
from xiaoer.kit.text import wording

DAY, WAN = date(2026, 11, 20), 1_000_000
RULES = Rules.in_force(DAY)
STOCKING = Season("spring_stocking", date(2027, 2, 6), date(2026, 10, 29), ("F51", "C14"), "purchases")
WAGES = Season("spring_wages", date(2027, 2, 6), date(2026, 12, 23), (), "wages")
# 365 万 a year are 60 万 in 60 days; last year it bought 90 万 in the coming ones, and sells 10 % more than then.
USUAL: dict[str, Any] = {
    "customer_id": "X", "industry_code": "F5126", "growth_12m": 0.1, "purchases_12m": 365 * WAN, "known_days": 500,
    "quiet_purchase_days": 3, "purchases_coming_60d_last_year": 90 * WAN, "balance_90d": 19 * WAN, "wages_90d": 0,
    "last_contact_day": None,
}  # fmt: skip


TYPES = {
    "industry_code": pl.String,
    "balance_90d": pl.Int64,
    "wages_90d": pl.Int64,
    "last_contact_day": pl.Int64,
}


def seen(held: list[Season], **changes: Any) -> list[dict[str, Any]]:
    frame: Any = nw.from_native(pl.DataFrame([USUAL | changes], schema_overrides=TYPES).lazy())
    return list(needs(frame, held, RULES, DAY).collect("polars").to_native().to_dicts())


def test_the_worked_example() -> None:
    row = seen([STOCKING])[0]
    assert (row["before"], row["now"], row["amount"]) == (90 * WAN, 99 * WAN, 20 * WAN)
    assert (row["about"], row["mark_day"]) == ("season_spring_stocking", day_number(date(2027, 2, 6)))
    assert row["began"] == day_number(STOCKING.begins), "one happening from its first day to its last"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"balance_90d": 19 * WAN + 1}, False),  # less than 20 万 are missing
        ({"balance_90d": None}, True),  # nobody tells what lies on its account
        ({"industry_code": "C1432"}, True),
        ({"industry_code": "F5281"}, False),
        ({"industry_code": None}, False),
        ({"growth_12m": 9.0}, True),  # no more than half as much again
        ({"growth_12m": -0.3}, False),  # 63 万 is less than 1.3 times the usual
        ({"purchases_coming_60d_last_year": 70 * WAN, "balance_90d": -9 * WAN}, False),
        ({"purchases_coming_60d_last_year": 71 * WAN, "balance_90d": -9 * WAN}, True),
        ({"last_contact_day": day_number(STOCKING.begins)}, False),  # somebody was there since
        ({"last_contact_day": day_number(STOCKING.begins) - 1}, True),
        ({"known_days": 424}, False),
        ({"quiet_purchase_days": 61}, False),
    ],
)
def test_bounds(changes: dict[str, Any], *, expected: bool) -> None:
    assert bool(seen([STOCKING], **changes)) is expected


def test_wages_before_the_festival_and_the_nearest_season_of_a_firm() -> None:
    one = seen([WAGES], wages_90d=33 * WAN)
    assert [(row["variant"], row["now"], row["amount"]) for row in one] == [("wages", 22 * WAN, 3 * WAN)]
    assert not seen([WAGES], wages_90d=31 * WAN)
    assert not seen([WAGES], wages_90d=None)
    assert [row["about"] for row in seen([WAGES, STOCKING], wages_90d=33 * WAN)] == ["season_spring_wages"]


def test_seasons_come_with_the_lunar_year() -> None:
    def names(day: date) -> list[str]:
        return [one.name for one in seasons(day)]

    spring = date(2027, 2, 6)
    assert "spring_stocking" not in names(spring - timedelta(days=101))
    assert "spring_stocking" in names(spring - timedelta(days=100))
    assert "spring_stocking" in names(spring - timedelta(days=30))
    assert "spring_stocking" not in names(spring - timedelta(days=29))
    assert {one.day for one in seasons(spring - timedelta(days=40))} >= {spring}
    assert "harvest" in names(date(2026, 10, 1)), "the day itself counts"
    assert "harvest" not in names(date(2026, 10, 2))


def test_every_season_is_worded() -> None:
    assert all(f"season_{name}" in wording() for name in in_force("events", "calendar", DAY)["seasons"])
