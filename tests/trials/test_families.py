"""Who is left alone: by lot, sticky, by firm or by group, by what two persons set."""

from datetime import date

import pytest

from xiaoer.kit.adopted.terms import Change, Held, in_force
from xiaoer.kit.refusal import Refusal
from xiaoer.trials.families import HOLDOUT, PARTS, Families, Family, arm, check, dealt, figures, part

DAY = date(2026, 11, 18)
FIRMS = [f"C{number}" for number in range(4000)]


def family(name: str, **changed: int) -> Family:
    held = {code: Held(value, date(2026, 11, 10)) for code, value in changed.items()}
    return Families.in_force(DAY, held).of[name]


def held_out(one: Family, day: date = DAY) -> set[str]:
    return {firm for firm in FIRMS if arm(one, firm, day)[0] == HOLDOUT}


@pytest.mark.parametrize("per_cent", [0, 5, 50])
def test_the_share_is_the_parameter(per_cent: int) -> None:
    share = len(held_out(family("offers", holdout_offers=per_cent))) / len(FIRMS)
    assert abs(share - per_cent / 100) < 0.025
    assert (share == 0) == (per_cent == 0)


def test_an_arm_stays_until_the_share_is_changed() -> None:
    before, after = family("offers"), family("offers", holdout_offers=20)
    assert held_out(before) == held_out(before, date(2026, 7, 1))
    assert held_out(before) != held_out(before, date(2027, 1, 1))
    assert dealt(before, DAY) == date(2026, 7, 1)
    assert dealt(after, DAY) == date(2026, 11, 10)


def test_families_are_dealt_apart() -> None:
    both = held_out(family("offers", holdout_offers=50)) & held_out(family("care", holdout_care=50))
    assert abs(len(both) / len(FIRMS) - 0.25) < 0.03


def test_a_rule_finds_its_family_by_name_then_by_purpose() -> None:
    families = Families.in_force(DAY)

    def name(rule: str, purpose: str) -> str:
        found = families.of_rule(rule, purpose)
        return found.name if found else ""

    assert name("contact_due", "care") == "contact_plan"
    assert name("bank_1", "offer") == "offers"
    assert (name("overdue", "collection"), name("follow_up", "request")) == ("", "")


def test_parts_are_spread_and_bounded() -> None:
    found = {part(firm) for firm in FIRMS}
    assert found == set(range(PARTS))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"holdout_offers": 51}, "0 to 50"),
        ({"holdout_offers": -1}, "0 to 50"),
        ({"by_group_offers": 2}, "0 to 1"),
        ({"holdout_campaigns": 5}, "no figure"),
        ({"x": 1}, "no figure"),
    ],
)
def test_what_nobody_may_adopt(asked: dict[str, int], why: str) -> None:
    with pytest.raises(Refusal, match=why):
        check(asked, DAY)


def test_figures_are_whole_per_cent_and_every_family_of_the_house_has_two() -> None:
    known = figures(Families.in_force(DAY))
    assert known["holdout_offers"] == 5
    assert len(known) == 14


def test_the_later_change_holds_and_a_change_ahead_does_not_yet() -> None:
    changes = [Change({"a": 1, "b": 1}, date(2026, 1, 1), 1), Change({"a": 2}, date(2026, 1, 1), 2),
               Change({"a": 9}, date(2026, 12, 1), 3)]  # fmt: skip
    assert {code: one.value for code, one in in_force(changes, DAY).items()} == {"a": 2, "b": 1}
    assert in_force(changes, date(2025, 12, 31)) == {}
    assert in_force(reversed(changes), date(2026, 12, 1))["a"].value == 9
