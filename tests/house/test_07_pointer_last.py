"""Point 7: one published-date pointer is flipped last, so no screen mixes two days."""

from datetime import timedelta

import pytest

from tests.world import BUSINESS_DATE, RUN_ID, tables
from xiaoer.customers.models import Firm
from xiaoer.kit.published import pointer
from xiaoer.nightly import seam
from xiaoer.nightly.publish import publish

pytestmark = pytest.mark.usefixtures("own_world")

NEXT = BUSINESS_DATE + timedelta(days=1)


class Killed(BaseException):
    """The process died here."""


def shown() -> tuple[object, str, list[tuple[str, object]]]:
    at = pointer("owner")
    firms = Firm.objects.using("owner").at(at.edition).order_by("customer_id")
    return at.business_date, at.run_id, list(firms.values_list("customer_id", "turnover_12m"))


def test_until_the_last_step_every_screen_stays_on_the_day_before() -> None:
    before, reached = shown(), []

    def look(step: str) -> None:
        reached.append(step)
        assert step == "pointer" or shown() == before

    publish(tables(NEXT, "next", seed=8), NEXT, "next", reached=look)
    assert reached[-1] == "pointer"
    assert set(reached) == {*seam.NAMES, "pointer"}
    assert shown()[:2] == (NEXT, "next")
    assert shown()[2] != before[2]


def test_a_publish_that_dies_half_way_leaves_the_day_before_and_the_next_one_is_whole() -> None:
    before = shown()

    def die(step: str) -> None:
        if step == "profiles":
            raise Killed

    with pytest.raises(Killed):
        publish(tables(NEXT, "next", seed=8), NEXT, "next", reached=die)
    assert shown() == before
    assert before[:2] == (BUSINESS_DATE, RUN_ID)
    publish(tables(NEXT, "next", seed=8), NEXT, "next")
    assert shown()[:2] == (NEXT, "next")
