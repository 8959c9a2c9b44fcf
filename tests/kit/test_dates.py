from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.kit.dates import (
    CHINA,
    Feast,
    FixedClock,
    SystemClock,
    add_months,
    add_working_days,
    day_number,
    feast_day,
    from_day_number,
    is_working_day,
    last_months,
    month_end,
    month_ends,
    month_label,
    month_start,
    months_between,
    next_feast,
    next_working_day,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(DAYS, DAYS)
def test_day_numbers_subtract_like_days(one: date, other: date) -> None:
    assert day_number(one) - day_number(other) == (one - other).days
    assert from_day_number(day_number(one)) == one


def test_month_ends_lead_up_to_the_day_itself() -> None:
    assert month_ends(date(2024, 3, 5), 3) == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 5)]
    assert month_ends(date(2024, 2, 29), 1) == [date(2024, 2, 29)]


@given(DAYS, st.integers(-60, 60))
def test_adding_months_moves_that_many_months(day: date, months: int) -> None:
    assert months_between(day, add_months(day, months)) == months


def test_months_end_where_they_end() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 1, 31), -11) == date(2023, 2, 28)
    assert (month_start(date(2026, 11, 22)), month_end(date(2026, 2, 3))) == (
        date(2026, 11, 1),
        date(2026, 2, 28),
    )
    assert month_label(date(2026, 3, 9)) == "2026-03"
    assert last_months(date(2026, 1, 31), 3) == ["2025-11", "2025-12", "2026-01"]


@pytest.mark.parametrize(
    ("feast", "year", "day"),
    [
        (Feast.SPRING_FESTIVAL, 2026, date(2026, 2, 17)),
        (Feast.SPRING_FESTIVAL, 2025, date(2025, 1, 29)),
        (Feast.DRAGON_BOAT, 2026, date(2026, 6, 19)),
        (Feast.MID_AUTUMN, 2026, date(2026, 9, 25)),
        (Feast.QINGMING, 2026, date(2026, 4, 5)),
        (Feast.WINTER_SOLSTICE, 2026, date(2026, 12, 22)),
        (Feast.NATIONAL_DAY, 2026, date(2026, 10, 1)),
    ],
)
def test_feasts_fall_where_the_calendar_says(feast: Feast, year: int, day: date) -> None:
    assert feast_day(feast, year) == day


def test_every_feast_has_a_day_every_year() -> None:
    assert all(feast_day(feast, year).year == year for feast in Feast for year in range(2015, 2045))


def test_the_next_feast_is_after_the_day() -> None:
    assert next_feast(Feast.SPRING_FESTIVAL, date(2026, 2, 16)) == date(2026, 2, 17)
    assert next_feast(Feast.SPRING_FESTIVAL, date(2026, 2, 17)) == date(2027, 2, 6)


def test_working_days_follow_the_state_councils_list() -> None:
    assert not is_working_day(date(2026, 2, 17))  # Spring Festival
    assert is_working_day(date(2026, 2, 14))  # a Saturday worked to make up for it
    assert is_working_day(date(2026, 11, 20))
    assert not is_working_day(date(2026, 11, 22))


def test_unlisted_years_still_rest_on_feasts() -> None:
    assert not is_working_day(date(2040, 10, 2))
    assert is_working_day(date(2040, 10, 10))


def test_counting_working_days() -> None:
    assert next_working_day(date(2026, 11, 21)) == date(2026, 11, 23)
    assert add_working_days(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert add_working_days(date(2026, 11, 20), 0) == date(2026, 11, 20)


def test_a_fixed_clock_stands_still() -> None:
    clock = FixedClock(date(2026, 11, 20), hour=21)
    assert clock.today() == date(2026, 11, 20)
    assert clock.now() == datetime(2026, 11, 20, 13, 0, tzinfo=UTC)


def test_the_machines_clock_tells_the_day_in_china() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert abs((clock.today() - clock.now().astimezone(CHINA).date()).days) <= 1
