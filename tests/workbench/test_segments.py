"""Where firms stand and who moved: only one's own are counted, and the counts add up."""

from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from xiaoer.customers.models import Firm
from xiaoer.customers.queries import cells, firms, tier_moves
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.segments.terms import Grid, Tier
from xiaoer.workbench.shown.band_filters import moved
from xiaoer.workbench.shown.segments import Segments

GRID = Grid.in_force(date(2026, 11, 18))


def page(moves: dict[tuple[str, str], int], placed: list[dict[str, Any]] | None = None) -> Segments:
    return Segments(GRID, placed or [], moves)


@pytest.mark.django_db
@pytest.mark.parametrize("staff", ["M1", "H1", "G1"])
def test_counts_add_up_to_what_one_may_see(staff: str, scope_of: Callable[[str], Scope]) -> None:
    scope = scope_of(staff)
    with acting_as(scope):
        whole = firms(scope).count()
        found = Segments(GRID, cells(scope), tier_moves(scope))
    in_squares = sum(cell.count for row in found.rows for cell in row.cells)
    assert found.whole == whole > 0
    assert in_squares + found.unplaced == whole
    assert sum(move.count for row in found.moved_rows for move in row.cells) == whole


@pytest.mark.django_db
def test_somebody_elses_firms_are_not_counted(scope_of: Callable[[str], Scope]) -> None:
    own, everything = scope_of("M1"), scope_of("G1")
    with acting_as(own):
        mine, managers = cells(own), set(firms(own).values_list("manager_id", flat=True))
    with acting_as(everything):
        whole = cells(everything)
    assert managers == {"M1"}
    assert sum(one["firms"] for one in mine) < sum(one["firms"] for one in whole)


@pytest.mark.django_db
def test_without_scope_nothing_is_counted() -> None:
    assert cells(Scope("")) == []
    assert tier_moves(Scope("")) == {}


@pytest.mark.django_db
def test_a_square_leads_to_its_firms(
    client_of: Callable[[str], Client], scope_of: Callable[[str], Scope]
) -> None:
    client, scope = client_of("G1"), scope_of("G1")
    with acting_as(scope):
        found = Segments(GRID, cells(scope), tier_moves(scope))
    cell = next(cell for row in found.rows for cell in row.cells if cell.count)
    assert f"<b>{cell.count}</b>" in client.get("/segments/").content.decode()
    assert Links(client.get(cell.address).content.decode()).rows == min(cell.count, 50)


@pytest.mark.django_db
def test_up_and_down_share_no_firm(scope_of: Callable[[str], Scope]) -> None:
    assert not Firm.objects.filter(moved(up=True) & moved(up=False)).exists()


def test_moves_are_told_in_words() -> None:
    moves = {
        ("potential", "excellent"): 2,
        ("general", "general"): 9,
        ("premier", "general"): 1,
        ("", "general"): 3,
    }
    with translation.override("en"):
        found = page(moves)
        assert found.sentence == "Premier 0, Excellent 2, Potential 0, General 13"
        assert found.lede == "15 firms in all. Since the night before 2 moved up and 1 down. 3 are new."
        ways = {(row.head.title, move.way) for row in found.moved_rows for move in row.cells if move.count}
    assert ways == {("Potential", "up"), ("General", "same"), ("Premier", "down"), ("Newly known", "new")}


def test_without_a_night_before_nothing_is_called_new() -> None:
    with translation.override("en"):
        found = page({("", "general"): 3})
        assert not found.has_night_before
        assert found.lede == "3 firms in all."


def test_bounds_stand_with_their_units() -> None:
    with translation.override("zh-hans"):
        assert [row.head.bound for row in page({}).rows] == ["≥ 20 万元", "≥ 5 万元", "≥ 1 万元", "< 1 万元"]
    with translation.override("en"):
        assert [row.head.bound for row in page({}).rows] == ["≥ ¥200k", "≥ ¥50k", "≥ ¥10k", "< ¥10k"]


def test_a_square_says_the_tier_of_the_grid() -> None:
    assert page({}).rows[0].cells[0].tier == GRID.tier(4, 4) == Tier.PREMIER


class Links(HTMLParser):
    """Counts the rows of a list."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.rows += tag == "tr" and "data-row" in dict(attrs)
