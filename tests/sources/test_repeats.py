"""Repeats within a file, found while it is read: the same rows as by looking at all of them at the end."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.sources.repeats import MOST_RUNS, Seen, word_for_word

HASHES = st.lists(st.lists(st.integers(0, 30), max_size=12), max_size=3 * MOST_RUNS)


@given(HASHES)
def test_a_row_is_again_what_any_row_before_it_was(batches: list[list[int]]) -> None:
    seen, before = Seen(), set[int]()
    for batch in batches:
        found = seen.again(np.array(batch, dtype=np.uint64)).tolist()
        expected = []
        for one in batch:
            expected.append(one in before)
            before.add(one)
        assert found == expected
    assert seen.all().tolist() == sorted(one for batch in batches for one in batch)


@given(st.lists(st.integers(0, 9), max_size=40), st.data())
def test_word_for_word_is_what_an_earlier_row_said_too(rows: list[int], data: st.DataObject) -> None:
    count = len(rows)
    places = sorted(data.draw(st.sets(st.integers(0, count - 1)))) if count else []
    found = word_for_word(np.array(rows, dtype=np.uint64), np.array(places, dtype=np.int64))
    assert found.tolist() == [rows[place] in rows[:place] for place in places]
