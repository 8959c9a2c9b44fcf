"""Point 4: an identity crosswalk stands under merge and undo; nothing delivered is ever rewritten."""

from datetime import date, timedelta

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.customers.night import as_parties, one_row_per_party
from xiaoer.customers.rules import crosswalk, merged, party, undone
from xiaoer.customers.terms import Decision, Key
from xiaoer.kit.refusal import Refusal

DAY = date(2026, 11, 20)
KEYS = [Key("core", f"C{number}") for number in range(6)]


def seen(decisions: list[Decision], on: date = DAY) -> dict[str, str]:
    return {key.key: party(key, decisions, on) for key in KEYS}


def test_a_key_of_another_system_is_a_party_of_its_own_until_somebody_says_otherwise() -> None:
    cards = Key("cards", "C1")
    assert party(cards, [], DAY) == "cards:C1"
    assert party(cards, [merged("m1", "C1", cards.born, [], DAY)], DAY) == "C1"


def test_merge_and_undo_leave_what_was() -> None:
    first: list[Decision] = [merged("m1", "C1", "C2", [], DAY)]
    second: list[Decision] = [*first, merged("m2", "C3", "C1", first, DAY)]
    assert (seen(second)["C2"], seen(second)["C1"]) == ("C3", "C3")
    back: list[Decision] = [*second, undone("m2", second, DAY)]
    assert seen(back) == seen(first)
    assert seen([*back, undone("m1", back, DAY)]) == seen([])


def test_the_past_is_seen_as_it_was_seen_then() -> None:
    decisions: list[Decision] = [merged("m1", "C1", "C2", [], DAY)]
    assert seen(decisions, DAY - timedelta(days=1)) == seen([])


def test_what_makes_no_sense_is_refused() -> None:
    decisions: list[Decision] = [merged("m1", "C1", "C2", [], DAY)]
    with pytest.raises(Refusal, match="one party already"):
        merged("m2", "C2", "C1", decisions, DAY)
    with pytest.raises(Refusal, match="decided before"):
        merged("m1", "C3", "C4", decisions, DAY)
    with pytest.raises(Refusal, match="does not stand"):
        undone("m9", decisions, DAY)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), max_size=15))
def test_any_merges_undone_in_any_order_leave_everybody_alone(tried: list[tuple[int, int, bool]]) -> None:
    decisions: list[Decision] = []
    open_merges: list[str] = []
    for number, (kept, dropped, undo_one) in enumerate(tried):
        if undo_one and open_merges:
            decisions.append(undone(open_merges.pop(kept % len(open_merges)), decisions, DAY))
            continue
        try:
            decisions.append(merged(f"m{number}", f"C{kept}", f"C{dropped}", decisions, DAY))
        except Refusal:
            continue
        open_merges.append(f"m{number}")
        assert party(KEYS[kept], decisions, DAY) == party(KEYS[dropped], decisions, DAY)
    for merge_id in open_merges:
        decisions.append(undone(merge_id, decisions, DAY))
    assert seen(decisions) == seen([])


def test_tables_are_read_through_the_crosswalk_and_back() -> None:
    decisions: list[Decision] = [merged("m1", "C1", "C2", [], DAY)]
    rows = pl.LazyFrame({"customer_id": ["C1", "C2", "C3"], "amount": [1, 2, 4]})

    def through(decided: list[Decision]) -> tuple[list[tuple[str, int]], list[str]]:
        pairs = list(crosswalk(decided, DAY).items())
        table = pl.DataFrame(pairs, {"dropped": pl.String, "party": pl.String}, orient="row").lazy()
        walk, frame = nw.from_native(table), nw.from_native(rows)
        sums = as_parties(frame, walk).group_by("customer_id").agg(nw.col("amount").sum())
        kept = one_row_per_party(frame, walk)
        return (
            sorted(sums.collect(backend="polars").rows()),
            sorted(kept.collect(backend="polars")["customer_id"].to_list()),
        )

    assert through(decisions) == ([("C1", 3), ("C3", 4)], ["C1", "C3"])
    after = [*decisions, undone("m1", decisions, DAY)]
    assert through(after) == ([("C1", 1), ("C2", 2), ("C3", 4)], ["C1", "C2", "C3"])
