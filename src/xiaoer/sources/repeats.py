"""Which rows of one file say again what an earlier row of it said."""

import numpy as np

from xiaoer.sources.cells import Rows

MOST_RUNS = 8
NOTHING = np.zeros(0, dtype=np.uint64)


class Seen:
    """Hashes of the rows so far, in sorted runs (a chance hit: one in 10^5 at 10^7 rows)."""

    def __init__(self) -> None:
        self._runs: list[np.ndarray] = []

    def again(self, hashes: np.ndarray) -> Rows:
        """Which of the next rows have been seen, among them or before; they count as seen from now on."""
        ordered = np.sort(hashes)
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        before = np.concatenate([NOTHING, *(_both(ordered, run) for run in self._runs)])
        self._runs.append(ordered)
        if len(self._runs) > MOST_RUNS:
            self._runs = [self.all()]
        suspects = np.unique(np.concatenate([twice, before]))
        at = np.flatnonzero(_among(hashes, suspects))
        _, firsts = np.unique(hashes[at], return_index=True)
        again = np.ones(len(at), dtype=bool)
        again[firsts] = _among(hashes[at[firsts]], np.unique(before))
        rows: Rows = np.zeros(len(hashes), dtype=bool)
        rows[at] = again
        return rows

    def all(self) -> np.ndarray:
        """Every hash seen, sorted."""
        if len(self._runs) == 1:
            return self._runs[0]
        return np.sort(np.concatenate([NOTHING, *self._runs]), kind="stable")  # runs in order: a merge


def word_for_word(rows: np.ndarray, places: np.ndarray) -> Rows:
    """Which of some rows (`places`) say word for word what a row before said, by the hashes of all rows."""
    if not len(places):
        return np.zeros(0, dtype=bool)
    wanted = np.unique(rows[places])
    there = np.flatnonzero(_among(rows, wanted))
    said, firsts = np.unique(rows[there], return_index=True)
    first_place = there[firsts][np.searchsorted(said, rows[places])]
    earlier: Rows = first_place < places
    return earlier


def _both(ordered: np.ndarray, run: np.ndarray) -> np.ndarray:
    """What is in both of two sorted runs."""
    return ordered[_among(ordered, run)]


def _among(hashes: np.ndarray, ordered: np.ndarray) -> Rows:
    if not len(ordered):
        return np.zeros(len(hashes), dtype=bool)
    at = np.minimum(np.searchsorted(ordered, hashes), len(ordered) - 1)
    among: Rows = ordered[at] == hashes
    return among
