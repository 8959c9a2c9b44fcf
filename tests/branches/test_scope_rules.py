"""From posts to scopes, without a database."""

import re
from pathlib import Path

import pytest

from xiaoer.branches import migrations
from xiaoer.branches.actions import REFUSED
from xiaoer.branches.rules import scope_of, subtree
from xiaoer.branches.terms import Held, Sees, post_kinds
from xiaoer.kit.scope import Scope, pool

PARENTS = {"HQ": "", "B1": "HQ", "B11": "B1", "B12": "B1", "B2": "HQ"}


def scope(*posts: tuple[str, str], delivered: bool = True) -> Scope:
    held = [Held(post_kinds()[post], branch) for post, branch in posts]
    return scope_of("S1", held, PARENTS, portfolios_delivered=delivered)


def test_a_manager_sees_the_own_portfolio() -> None:
    assert scope(("relationship_manager", "B11")).managers == ("S1",)


def test_without_delivered_portfolios_managers_share_the_pool() -> None:
    assert scope(("relationship_manager", "B11"), delivered=False).managers == ("S1", "pool:B11")


@pytest.mark.parametrize(
    "post", ["branch_head", "after_sales_manager", "call_agent", "analyst", "risk_officer"]
)
def test_a_branch_post_sees_the_branch_and_all_below(post: str) -> None:
    assert scope((post, "B1")).branches == ("B1", "B11", "B12")
    assert not scope((post, "B1")).everything


def test_the_root_sees_everything_firms_without_a_branch_included() -> None:
    whole = scope(("management", "HQ"))
    assert whole.everything
    assert whole.holds("", "")


def test_an_unknown_branch_is_not_the_whole_tree() -> None:
    assert scope(("management", "nowhere")).branches == ("nowhere",)
    assert not scope_of(
        "S1", [Held(post_kinds()["management"], "X")], {}, portfolios_delivered=True
    ).everything


def test_posts_add_up() -> None:
    both = scope(("relationship_manager", "B11"), ("teller", "B2"))
    assert both.managers == ("S1", "pool:B2")
    assert both.rights == post_kinds()["relationship_manager"].rights | post_kinds()["teller"].rights


@pytest.mark.parametrize("posts", [[], [("administrator", "HQ")]])
def test_no_post_and_the_administrator_see_no_customer(posts: list[tuple[str, str]]) -> None:
    nothing = scope(*posts)
    assert not (nothing.everything or nothing.branches or nothing.managers)
    assert not nothing.holds("B1", pool("B1"))


def test_a_ring_in_the_tree_ends() -> None:
    assert subtree("A", {"A": "B", "B": "A"}) == {"A", "B"}


def test_every_post_is_named_in_both_languages_and_sees_something_known() -> None:
    assert len(post_kinds()) == 13
    assert all(one.zh and one.en and one.sees in Sees for one in post_kinds().values())


def test_whatever_the_guards_refuse_has_words_in_every_language() -> None:
    """The last text of each function in the migrations holds."""
    bodies: dict[str, str] = {}
    for path in sorted(Path(str(migrations.__file__)).parent.glob("0*.py")):
        bodies |= re.findall(
            r"FUNCTION (?:public\.)?(\w+)(\(.*?\bEND \$\$)", path.read_text("utf-8"), re.DOTALL
        )
    told = re.findall(r"branches_refuse\('((?:[^']|'')+)'\)", "".join(bodies.values()))
    assert {one.replace("''", "'") for one in told} == set(REFUSED)
