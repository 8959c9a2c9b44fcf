"""Who has too much and which firms go to whom: few changes of hands, no relationship that matters, room where they go."""

from hypothesis import given
from hypothesis import strategies as some

from xiaoer.offers.balance import Book, Held, Limits, gain, over, proposal

LIMITS = Limits(300, 1.0, frozenset({"premier", "excellent"}), frozenset({"general"}))


def book(who: str, firms: int = 100, waiting: int = 1000, price: int = 10_000, **more: object) -> Book:
    return Book(who, firms, waiting, 1800, price, **more)  # type: ignore[arg-type]


def firm(number: int, minutes: int = 60, tier: str = "general", who: str = "M1", **more: object) -> Held:
    return Held(f"C{number:03d}", who, tier, minutes=minutes, waits=True, **more)  # type: ignore[arg-type]


def test_too_many_firms_and_too_many_weeks_are_told_apart() -> None:
    assert [one["code"] for one in over(book("M1", firms=301), LIMITS)] == ["over_firms"]
    assert [one["code"] for one in over(book("M1", waiting=2000), LIMITS)] == ["over_weeks"]
    assert over(book("M1"), LIMITS) == over(book("pool:B1", waiting=9000), LIMITS) == []


def test_as_few_firms_go_as_take_the_overload_off() -> None:
    busy, idle = book("M1", waiting=2000, price=40_000), book("M2")
    moves = proposal([busy, idle], [firm(n, 30 if n else 240) for n in range(8)], LIMITS)
    proposed = [one for one in moves if one.proposed]
    assert [one.firm.customer_id for one in proposed] == ["C000"]  # the one that asks for most suffices
    assert proposed[0].gain == gain(firm(0, 240), busy, idle) == 4 * 30_000
    assert len(moves) == 8  # the others are offered beside


def test_relationships_that_matter_and_words_given_stay() -> None:
    kept = [firm(1, tier="premier"), firm(2, tier="excellent"), firm(3, promised=True)]
    assert proposal([book("M1", waiting=3000, price=40_000), book("M2")], kept, LIMITS) == []


def test_whoever_knows_the_place_comes_before_whose_hour_is_cheaper() -> None:
    near = book("M2", price=9_000, places={"江岸": 20}, sectors={"F51": 3})
    far = book("M3", price=1_000)
    (move, *_rest) = proposal(
        [book("M1", waiting=2000, price=40_000), near, far],
        [firm(1, 200, place="江岸", sector="F51")],
        LIMITS,
    )
    assert move.to_id == "M2"
    assert [one["code"] for one in move.because] == [
        "handed_waits", "handed_place", "handed_sector", "handed_price",
    ]  # fmt: skip


def test_a_pooled_desk_takes_its_tiers_only_and_nobody_whose_hour_is_as_dear() -> None:
    busy, desk = book("M1", waiting=2500, price=40_000), book("pool:B1", price=0)
    moves = proposal([busy, book("M2", price=40_000), desk], [firm(1), firm(2, tier="potential")], LIMITS)
    assert [(one.firm.customer_id, one.to_id) for one in moves] == [("C001", "pool:B1")]


def test_more_than_300_firms_go_even_to_an_hour_as_dear() -> None:
    moves = proposal([book("M1", firms=303), book("M2")], [firm(n, 5) for n in range(20)], LIMITS)
    assert sum(one.proposed for one in moves) == 3
    assert moves[0].because[1]["code"] == "handed_many"


def test_a_firm_that_asks_for_nothing_today_stays_where_it_is() -> None:
    quiet = Held("C001", "M1", "general", minutes=200)
    assert proposal([book("M1", waiting=2000, price=40_000), book("M2")], [quiet], LIMITS) == []
    assert len(proposal([book("M1", firms=301), book("M2")], [quiet], LIMITS)) == 1


books = some.builds(
    Book,
    some.sampled_from(["M1", "M2", "M3", "pool:B1"]),
    some.integers(0, 400), some.integers(0, 5000), some.sampled_from([0, 1800]), some.integers(0, 50_000),
)  # fmt: skip
firms = some.builds(
    Held,
    some.integers(1, 40).map(lambda n: f"C{n:03d}"),
    some.sampled_from(["M1", "M2", "M3"]),
    some.sampled_from(["premier", "potential", "general"]),
    minutes=some.integers(0, 300), waits=some.booleans(), promised=some.booleans(),
)  # fmt: skip


@given(
    some.lists(books, max_size=4, unique_by=lambda one: one.manager_id),
    some.lists(firms, max_size=30, unique_by=lambda one: one.customer_id),
)
def test_no_taker_is_ever_filled_beyond_the_limits(all_books: list[Book], held: list[Held]) -> None:
    moves = [one for one in proposal(all_books, held, LIMITS) if one.proposed]
    assert len({one.firm.customer_id for one in moves}) == len(moves)
    for taker in all_books:
        got = [one.firm for one in moves if one.to_id == taker.manager_id]
        gave = [one.firm for one in moves if one.firm.manager_id == taker.manager_id]
        if got and not gave:
            assert taker.waiting + sum(one.minutes for one in got) <= LIMITS.most_weeks * taker.week
            assert taker.pooled or taker.firms + len(got) <= LIMITS.most_firms
    assert all(one.firm.tier != "premier" and not one.firm.promised for one in moves)
