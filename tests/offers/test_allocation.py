"""Allocation: never over a limit, never above the bound, and as good as the best there is where that can be counted."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.kit.refusal import Refusal
from xiaoer.offers.allocation.rules import allocate
from xiaoer.offers.allocation.telling import dropped
from xiaoer.offers.allocation.terms import Allocation, Candidates, Cause, Limit, Use, at_least

SMALL = st.integers(0, 6)


@st.composite
def problems(draw: Any, most: int = 40) -> tuple[Candidates, dict[str, Limit]]:
    """Candidates of some groups, with hours, a pool, a quota and a wanted service."""
    rows = draw(st.integers(0, most))

    def whole(low: int, high: int) -> Any:
        return np.array(draw(st.lists(st.integers(low, high), min_size=rows, max_size=rows)), dtype=np.int64)

    group, worth = np.sort(whole(0, max(1, rows // 3))), whole(-50, 500)
    uses = {
        "hours": Use(whole(-1, 2), whole(0, 60)),
        "pool": Use(whole(-1, 0), whole(0, 9)),
        "quota": Use(whole(-1, 1), np.ones(rows, dtype=np.int64)),
        "service": Use(whole(-1, 1), np.full(rows, -1)),
    }
    limits = {
        "hours": Limit(np.array([draw(st.integers(0, 200)) for _ in range(3)])),
        "pool": Limit(np.array([draw(st.integers(0, 20))])),
        "quota": Limit(np.array([draw(SMALL), draw(SMALL)])),
        "service": at_least(np.array([draw(SMALL), draw(SMALL)]), draw(st.integers(0, 1_000))),
    }
    return Candidates(group, worth, uses), limits


def worth_of(chosen: Any, held: Candidates, limits: Mapping[str, Limit]) -> int | None:
    """What a choice brings, counted from scratch; None where it breaks a limit or takes a group twice."""
    if len(set(held.group[chosen].tolist())) < len(chosen):
        return None
    total = int(held.worth[chosen].sum())
    for name, limit in limits.items():
        place, amount = held.uses[name].place[chosen], held.uses[name].amount[chosen]
        for at, room in enumerate(limit.capacity.tolist()):
            over = int(amount[place == at].sum()) - room
            if over > 0 and limit.beyond is None:
                return None
            total -= max(0, over) * (limit.beyond or 0)
    return total


def best_of_all(held: Candidates, limits: Mapping[str, Limit]) -> int:
    """The best choice, by trying every one."""
    groups = [[None, *np.flatnonzero(held.group == one).tolist()] for one in np.unique(held.group)]
    tried = ([row for row in rows if row is not None] for rows in itertools.product(*groups))
    return max(
        worth for rows in tried if (worth := worth_of(np.array(rows, dtype=int), held, limits)) is not None
    )


@settings(max_examples=40, deadline=None)
@given(problems())
def test_no_limit_is_ever_broken_and_the_figures_are_those_of_the_choice(problem: Any) -> None:
    held, limits = problem
    found = allocate(held, limits)
    assert worth_of(found.chosen, held, limits) == found.worth <= found.bound
    for name, limit in limits.items():
        use = held.uses[name]
        mine = found.chosen[use.place[found.chosen] >= 0]
        counted = np.bincount(use.place[mine], use.amount[mine], len(limit.capacity))
        assert found.used[name].tolist() == counted.tolist()
        assert (found.prices[name] >= 0).all()


@settings(max_examples=40, deadline=None)
@given(problems(most=9))
def test_no_choice_beats_the_bound(problem: Any) -> None:
    held, limits = problem
    found = allocate(held, limits)
    best = best_of_all(held, limits)
    assert found.worth <= best <= found.bound


@settings(max_examples=40, deadline=None)
@given(problems())
def test_nothing_that_would_still_fit_and_gain_is_left_out(problem: Any) -> None:
    held, limits = problem
    found = allocate(held, limits)
    taken = set(held.group[found.chosen].tolist())
    for row in np.flatnonzero(~np.isin(held.group, list(taken))):
        with_it = worth_of(np.append(found.chosen, row), held, limits)
        assert with_it is None or with_it <= found.worth


@settings(max_examples=40, deadline=None)
@given(problems(), st.integers(1, 5))
def test_rows_are_numbered_through_all_batches(problem: Any, parts: int) -> None:
    held, limits = problem
    cuts = [0, *np.searchsorted(held.group, np.arange(1, parts)), len(held.group)]
    batches = [_slice(held, slice(a, b)) for a, b in itertools.pairwise(cuts)]
    found = allocate(batches, limits)
    assert worth_of(found.chosen, held, limits) == found.worth
    assert _plain(found) == _plain(allocate(batches, limits))


OFFERS = np.array([
    [40, 20, 50], [75, 35, 75], [80, 75, 80], [45, 10, 65], [75, 30, 85], [40, 10, 15], [70, 10, 20], [85, 65, 45],
    [65, 40, 85],
])  # fmt: skip
AT_MOST = 3


def test_worked_example_of_the_rules_page() -> None:
    """docs/rules/allocation.md: nine customers, three offers of three each; by order 430, each its best 510, 580."""
    pieces = Use(np.tile([0, 1, 2], 9), np.ones(27, dtype=int))
    held = Candidates(np.repeat(np.arange(9), 3), OFFERS.ravel() * 100, {"quota": pieces})
    found = allocate(held, {"quota": Limit(np.full(3, AT_MOST))})
    optimum = {int(row) // 3: int(row) % 3 for row in found.chosen}
    assert (_brings(_by_order()), _brings(_each_its_best()), _brings(optimum)) == (430, 510, 580)
    assert found.worth == 580 * 100 and found.gap < 0.005
    loan, settlement, payroll = prices = np.array([20, 0, 30])
    assert (
        int(np.maximum(OFFERS - prices, 0).max(axis=1).sum()) + AT_MOST * (loan + settlement + payroll) == 580
    )
    assert [_optimum_with(extra) - 580 for extra in np.eye(3, dtype=int)] == prices.tolist()


def _optimum_with(extra: Any) -> int:
    """One piece more of an offer."""
    pieces = Use(np.tile([0, 1, 2], 9), np.ones(27, dtype=int))
    held = Candidates(np.repeat(np.arange(9), 3), OFFERS.ravel(), {"quota": pieces})
    return allocate(held, {"quota": Limit(AT_MOST + extra)}).worth


def _by_order() -> dict[int, int]:
    """Each offer in turn takes those who bring most with it."""
    taken: dict[int, int] = {}
    for offer in range(3):
        free = [firm for firm in range(9) if firm not in taken]
        taken |= dict.fromkeys(sorted(free, key=lambda firm: -OFFERS[firm, offer])[:AT_MOST], offer)
    return taken


def _each_its_best() -> dict[int, int]:
    """Each customer in turn takes what brings most of what is left."""
    taken: dict[int, int] = {}
    for firm in range(9):
        left = [offer for offer in range(3) if list(taken.values()).count(offer) < AT_MOST]
        taken[firm] = max(left, key=lambda offer: OFFERS[firm, offer])
    return taken


def _brings(taken: Mapping[int, int]) -> int:
    return sum(int(OFFERS[firm, offer]) for firm, offer in taken.items())


def test_everything_left_out_says_why() -> None:
    """Room for two visits of an hour: the third firm costs 100 yuan an hour, the fourth loses, a call is second best."""
    group, worth = np.array([0, 0, 1, 2, 3]), np.array([90_000, 20_000, 80_000, 10_000, -500])
    minutes = np.array([60, 15, 60, 60, 60])
    held = Candidates(group, worth, {"hours": Use(np.zeros(5, dtype=int), minutes)})
    found = allocate(held, {"hours": Limit(np.array([120]))})
    assert found.chosen.tolist() == [0, 2]
    told = dropped(held, found, np.array([1, 3, 4]))
    assert [one.cause for one in told] == [Cause.BETTER_ONE, Cause.TOO_DEAR, Cause.NO_GAIN]
    assert (told[1].kind, told[1].takes) == ("hours", 60)
    assert told[1].asked == round(60 * told[1].price) > 10_000


def test_a_firm_worth_its_price_may_find_no_whole_place() -> None:
    """Two visits of an hour for a minute less than two hours: one is held, the other has no room."""
    held = Candidates(
        np.array([0, 1]), np.array([9_000, 9_000]), {"hours": Use(np.array([0, 0]), np.array([60, 60]))}
    )
    found = allocate(held, {"hours": Limit(np.array([119]))})
    (left,) = dropped(held, found, np.array([1]))
    assert left.kind == "hours" and left.cause in (Cause.NO_ROOM, Cause.TOO_DEAR)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_whoever_is_left_out_has_a_cause(problem: Any) -> None:
    held, limits = problem
    found = allocate(held, limits)
    rows = np.setdiff1d(np.arange(len(held.group)), found.chosen)
    for row, one in zip(rows, dropped(held, found, rows), strict=True):
        assert (one.cause is Cause.BETTER_ONE) <= bool(np.isin(held.group[row], held.group[found.chosen]))
        assert one.kind or one.cause in (Cause.NO_GAIN, Cause.BETTER_ONE)


def test_a_wanted_service_goes_before_worth_while_it_is_dear() -> None:
    """One visit fits. The firm whose turn it is brings less, but missing it costs more."""
    hours, due = Use(np.array([0, 0]), np.array([60, 60])), Use(np.array([-1, 0]), np.array([-1, -1]))
    held = Candidates(np.array([0, 1]), np.array([500, 100]), {"hours": hours, "service": due})
    for missed, first in ((1_000, 1), (100, 0)):
        limits = {"hours": Limit(np.array([60])), "service": at_least(np.array([1]), missed)}
        assert allocate(held, limits).chosen.tolist() == [first]


def test_an_hour_is_worth_what_the_next_firm_would_bring() -> None:
    """Ten equal visits, room for four: one more minute would bring a sixtieth of a visit."""
    held = Candidates(
        np.arange(10), np.full(10, 6_000), {"hours": Use(np.zeros(10, dtype=int), np.full(10, 60))}
    )
    found = allocate(held, {"hours": Limit(np.array([240]))})
    assert found.chosen.tolist() == [0, 1, 2, 3]
    assert found.prices["hours"][0] == pytest.approx(100, rel=0.02)
    assert allocate(held, {"hours": Limit(np.array([600]))}).prices["hours"][0] == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"group": np.array([1, 0])}, "order of their groups"),
        ({"uses": {}}, "each of"),
        ({"uses": {"hours": Use(np.array([0, 1]), np.array([1, 1]))}}, "outside 0 … 0"),
        ({"uses": {"hours": Use(np.array([0, 0]), np.array([1, -1]))}}, "less than nothing"),
        ({"uses": {"hours": Use(np.array([0]), np.array([1]))}}, "1 of 2"),
    ],
)
def test_what_does_not_fit_together_is_refused(change: dict[str, Any], said: str) -> None:
    held = {
        "group": np.array([0, 1]),
        "worth": np.array([1, 1]),
        "uses": {"hours": Use(np.array([0, 0]), np.array([1, 1]))},
    }
    with pytest.raises(Refusal, match=said):
        allocate(Candidates(**(held | change)), {"hours": Limit(np.array([5]))})


@pytest.mark.parametrize("seed", range(4))
def test_as_good_as_a_solver_where_one_can_tell(seed: int) -> None:
    """Two managers, sixty firms, a quota for each product: one contact is three hundredths, and two thousandths are lost at most."""
    draw, rows = np.random.default_rng(seed), 240
    firm = np.arange(rows) // 4
    hours = Use(firm % 2, draw.choice([15, 20, 30, 45, 60], rows))
    pieces = Use(np.arange(rows) % 4, np.ones(rows, dtype=int))
    held = Candidates(firm, draw.integers(1_000, 90_000, rows), {"hours": hours, "quota": pieces})
    limits = {"hours": Limit(np.full(2, 480)), "quota": Limit(np.full(4, 8))}
    found = allocate(held, limits)
    best = _optimum(held, limits)
    assert 0.998 * best <= found.worth <= best <= found.bound


def _optimum(held: Candidates, limits: Mapping[str, Limit]) -> int:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    rows, one = np.arange(len(held.group)), np.ones(len(held.group))
    limited = [LinearConstraint(csr_matrix((one, (held.group, rows))), -np.inf, 1)]
    for name, limit in limits.items():
        taken = csr_matrix((held.uses[name].amount.astype(float), (held.uses[name].place, rows)))
        limited.append(LinearConstraint(taken, -np.inf, limit.capacity))
    answer = milp(-held.worth.astype(float), constraints=limited, integrality=one, bounds=Bounds(0, 1))
    return round(-answer.fun)


def test_nobody_to_choose_from() -> None:
    nothing = np.zeros(0, dtype=int)
    held = Candidates(nothing, nothing, {"hours": Use(nothing, nothing)})
    found = allocate(held, {"hours": Limit(np.array([5]))})
    assert (found.chosen.tolist(), found.worth, found.gap) == ([], 0, 0.0)


def _slice(held: Candidates, piece: slice) -> Candidates:
    uses = {name: Use(use.place[piece], use.amount[piece]) for name, use in held.uses.items()}
    return Candidates(held.group[piece], held.worth[piece], uses)


def _plain(found: Allocation) -> Any:
    return found.chosen.tolist(), found.worth, found.bound
