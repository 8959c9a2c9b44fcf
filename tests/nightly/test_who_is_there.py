"""What the night takes of absences and handovers: as they stood on its day, without what was taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.world import BUSINESS_DATE
from xiaoer.branches.actions import come_back, go_away, hand_over, take_back
from xiaoer.branches.terms import Gift, Leave, post_kinds
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.nightly.collect import collect

pytestmark = pytest.mark.usefixtures("own_world")
TODAY = BUSINESS_DATE + timedelta(days=1)
HEAD = Scope("H1", branches=("B1",), rights=frozenset({"firms.hand_over"}), edition=1, day=TODAY)


def backs(on: date) -> list[date | None]:
    return collect(on)["desk_absences"].column("back_date").to_pylist()


def test_an_absence_stands_as_it_was_known_on_the_day() -> None:
    with acting_as(HEAD):
        held = go_away(HEAD, Leave("M1", "M2", TODAY, TODAY + timedelta(days=5)), TODAY)
    later = replace(HEAD, day=TODAY + timedelta(days=2))
    with acting_as(later):
        come_back(later, held.pk, TODAY + timedelta(days=2))
    assert backs(BUSINESS_DATE) == []
    assert backs(TODAY) == [None]
    assert backs(TODAY + timedelta(days=2)) == [TODAY + timedelta(days=2)]


def test_what_was_taken_back_never_was() -> None:
    with acting_as(HEAD):
        joined = hand_over(HEAD, [Gift("C000003", "B1", "M1", "M2")], TODAY)
        hand_over(HEAD, [Gift("C000006", "B1", "M1", "M2")], TODAY)
        take_back(HEAD, joined, TODAY)
    told = collect(TODAY)["desk_handovers"].select(["customer_id", "from_id", "to_id"]).to_pylist()
    assert told == [{"customer_id": "C000006", "from_id": "M1", "to_id": "M2"}]
    assert collect(BUSINESS_DATE)["desk_handovers"].num_rows == 0


def test_the_post_that_may_is_the_one_postgresql_asks_for() -> None:
    """The guard names the post, posts.toml its right: the two must not drift apart."""
    assert {code for code, kind in post_kinds().items() if "firms.hand_over" in kind.rights} == {
        "branch_head"
    }
