"""Cells of a file by column: each distinct word once, and which of them stands in which row.

A bank's files say few words very often. What is asked of a word is asked once and holds for every row it stands in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import polars as pl
from numpy.typing import NDArray

Rows = NDArray[np.bool_]
SEED = 1
SPREAD = np.uint64(
    0x9E3779B97F4A7C15
)  # odd, its bits well mixed: equal words in other columns must not cancel out


@dataclass(frozen=True)
class Cells:
    """One column: `words`, and per row the place of its word; without `places` every row has its own, in order.

    A word may stand in no row at all. `clean` says that all words are of ASCII signs other than NUL, `solid` that
    they have no blanks either.
    """

    words: pl.Series
    places: NDArray[np.int32] | None = None
    clean: bool = False
    solid: bool = False

    @classmethod
    def constant(cls, word: str | None, rows: int) -> "Cells":
        return cls(pl.Series([word], dtype=pl.String), np.zeros(rows, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.words if self.places is None else self.places)

    def saying(self, words: pl.Series, *, clean: bool = False) -> "Cells":
        """Other words, or what came of them, in the same rows."""
        return replace(self, words=words, clean=clean, solid=False)

    def rows(self) -> pl.Series:
        """Row by row."""
        return self.words if self.places is None else self.words.gather(self.places)

    def where(self, hit: pl.Series) -> Rows:
        """The rows of the words that are hit (one truth per word, null counts as none)."""
        if not hit.any():
            return np.zeros(len(self), dtype=bool)
        truths: Rows = hit.fill_null(value=False).to_numpy()
        return truths if self.places is None else truths[self.places]

    def filter(self, keep: Rows) -> "Cells":
        if self.places is None:
            return replace(self, words=self.words.filter(pl.Series(keep)))
        return replace(self, places=self.places[keep])

    def hashes(self) -> NDArray[np.uint64]:
        """64 bits for each row's word."""
        made: NDArray[np.uint64] = self.words.hash(SEED).to_numpy()
        return made if self.places is None else made[self.places]


@dataclass(frozen=True)
class Batch:
    """Rows of a file by column, all of one length, and the line each row stood on."""

    lines: NDArray[np.int64]
    cells: Mapping[str, Cells]

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "Batch":
        """From a frame of strings with `line_no`."""
        columns = frame.drop("line_no")
        return cls(frame["line_no"].to_numpy(), {column.name: Cells(column) for column in columns})

    def __len__(self) -> int:
        return len(self.lines)

    def frame(self) -> pl.DataFrame:
        """Row by row, `line_no` first."""
        words = (cells.rows().alias(name) for name, cells in self.cells.items())
        return pl.DataFrame([pl.Series("line_no", self.lines), *words])

    def filter(self, keep: Rows) -> "Batch":
        if keep.all():
            return self
        return Batch(self.lines[keep], {name: cells.filter(keep) for name, cells in self.cells.items()})

    def only(self, names: Mapping[str, str]) -> "Batch":
        """Some columns under other names: `names` is new name → name."""
        return Batch(self.lines, {new: self.cells[old] for new, old in names.items()})

    def each(self, makers: Mapping[str, Callable[[Cells], Cells]]) -> "Batch":
        return Batch(self.lines, {name: make(self.cells[name]) for name, make in makers.items()})

    def hashes(self) -> NDArray[np.uint64]:
        """64 bits for each row, of all its words in order."""
        nothing = np.zeros(len(self), dtype=np.uint64)
        return reduce(_mixed, (cells.hashes() for cells in self.cells.values()), nothing)


def _mixed(so_far: NDArray[np.uint64], more: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (so_far ^ (so_far >> np.uint64(29))) * SPREAD + more
