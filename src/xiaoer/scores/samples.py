"""Firms with a known outcome: what a model is fitted to and judged on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from xiaoer.scores.rules import Floats, Ints


@dataclass(frozen=True)
class Field:
    """A column as a model reads it.

    A number is NaN where missing; `special` are numbers that are codes and no sizes (999 for "never").
    A category is a code, its word's place in `levels`; `len(levels)` is a word not among them, NaN missing.
    `monotone` 1: the more of it, the likelier the outcome; −1: the less likely; 0: as the data say.
    """

    name: str
    kind: Literal["number", "category"] = "number"
    levels: tuple[str, ...] = ()
    special: tuple[float, ...] = ()
    monotone: int = 0


@dataclass(frozen=True)
class Sample:
    """Rows in order of their key: `columns` (name → rows), `hit` (the outcome came).

    `firms` numbers the firm of each row, where a firm has more than one; `when` is the day a row was known on,
    or a number that stands in time order.
    """

    keys: tuple[str, ...]
    columns: Mapping[str, Floats]
    hit: NDArray[np.bool_]
    firms: Ints | None = None
    when: NDArray[Any] | None = None

    def rows(self, at: Ints) -> "Sample":
        return Sample(
            tuple(map(self.keys.__getitem__, at.tolist())),
            {name: values[at] for name, values in self.columns.items()},
            self.hit[at],
            None if self.firms is None else self.firms[at],
            None if self.when is None else self.when[at],
        )

    def only(self, names: tuple[str, ...]) -> "Sample":
        """The same rows with these columns."""
        return replace(self, columns={name: self.columns[name] for name in names})

    @property
    def owners(self) -> Ints:
        """The firm of each row; each row its own where nothing else is said."""
        return np.arange(len(self.hit)) if self.firms is None else self.firms

    @property
    def positives(self) -> int:
        return int(self.hit.sum())

    @property
    def fewer(self) -> int:
        """Rows of the rarer outcome."""
        return min(self.positives, len(self.hit) - self.positives)
