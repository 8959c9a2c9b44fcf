"""The demo begun again on a home that has run."""

from datetime import date

import pytest

from xiaoer.app.commands.demo import ahead

DAYS = ["2026-10-15", "2026-10-31"]


@pytest.mark.parametrize(
    ("shown", "left"),
    [(None, DAYS), (date(2026, 10, 15), DAYS), (date(2026, 10, 31), DAYS[1:]), (date(2026, 11, 3), [])],
)
def test_no_night_goes_back_behind_what_the_desk_shows(
    shown: date | None, left: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ahead(DAYS, shown) == left
    assert (f"The desk shows {shown} already." in capsys.readouterr().out) == (left != DAYS)
