"""What pages say, worked out from rows."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import translation

from xiaoer.features.models import Profile
from xiaoer.workbench.shown import drawings, hours, sheets, slotted, week

TODAY = date(2026, 11, 20)  # a Friday


def test_starts_leave_the_pause_alone() -> None:
    assert hours.starts([60, 90, 60, 15]) == ["09:00", "10:00", "13:30", "14:30"]


def test_starts_round_up_to_the_grid() -> None:
    assert hours.starts([12, 5]) == ["09:00", "09:15"]


def test_a_follow_up_never_lands_on_a_weekend() -> None:
    with translation.override("zh-hans"):
        tomorrow, week_on, two_weeks = sheets.days(TODAY)
    assert tomorrow.value == "2026-11-23"
    assert (week_on.value, two_weeks.value) == ("2026-11-27", "2026-12-04")


def test_an_outcome_knows_its_usual_next_time() -> None:
    assert sheets.usual_day("not_reached", TODAY) is not None
    assert sheets.usual_day("refused", TODAY) is None
    assert sheets.usual_day("nonsense", TODAY) is None


@pytest.mark.parametrize("typed", ["", "2026-13-45", "yesterday"])
def test_nonsense_in_the_address_means_the_list_s_week(typed: str) -> None:
    asked = week.asked(typed, "", TODAY, date(2026, 11, 23))
    assert (asked.first, asked.last, asked.is_day) == (date(2026, 11, 23), date(2026, 11, 27), False)


def test_months_before_the_first_paper_are_blank_not_zero() -> None:
    profile = Profile(last_month=date(2026, 10, 1), sales=[0, 0, 5_000_000], purchases=[0, 2_000_000, 0])
    with translation.override("zh-hans"):
        chart = drawings.trade(profile)
    assert chart is not None
    assert chart.series[0].values == (None, 0.0, 5.0)
    assert chart.labels == ("8月", "9月", "10月")


def test_nothing_delivered_draws_nothing() -> None:
    assert drawings.trade(Profile(sales=None, purchases=None)) is None
    assert drawings.cash(None) is None


def test_the_waterfall_ends_at_the_firm_s_own_points() -> None:
    points = [{"code": f"c{n}", "params": {}, "points": n - 6} for n in range(12)]
    score = SimpleNamespace(points=640, all_points=points)
    with translation.override("en"):
        chart = drawings.waterfall(score)  # type: ignore[arg-type]
    assert chart is not None
    steps = chart.series[0].values
    assert sum(value or 0 for value in steps[:-1]) == steps[-1] == 640


def test_a_full_day_is_folded_after_a_dozen() -> None:
    slots = tuple(slotted.Slot("job", f"C{n}", "", "", "") for n in range(30))
    full, short = week.Day(TODAY, slots, 360), week.Day(TODAY, slots[:13], 360)
    assert (len(full.shown), len(full.folded)) == (12, 18)
    assert not short.folded
