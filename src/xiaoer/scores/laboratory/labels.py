"""The label: two values, of which one is the outcome."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.laboratory.guessing import cleaned
from xiaoer.scores.measures import Hits

# Words that say which of two is meant; of any other two the rarer is the outcome.
OUTCOME = ("1", "1.0", "yes", "y", "true", "t", "bad", "default", "是", "有", "违约", "流失")


@dataclass(frozen=True)
class Label:
    """Which rows have a label, which of them the outcome, and what was taken for it."""

    known: Hits
    hit: Hits
    positive: str
    told: str


def labelled(column: pl.Series) -> Label:
    """Raises Refusal unless there are exactly two values."""
    texts = cleaned(column.cast(pl.String, strict=False))
    values = texts.drop_nulls().value_counts(sort=True).rows()
    if len(values) != 2:
        some = ", ".join(str(value) for value, _ in values[:6])
        raise Refusal(
            f"{len(values)} different values ({some}{' …' if len(values) > 6 else ''})",
            f"label {column.name}",
            "two: 0 and 1, yes and no, or two words",
        )
    positive = _outcome([value for value, _ in values])
    known = texts.is_not_null().to_numpy()
    hit = np.asarray((texts == positive).fill_null(value=False).to_numpy(), dtype=bool)
    without = len(known) - int(known.sum())
    told = f"the outcome is {column.name} = {positive}: {int(hit.sum()):,} of {int(known.sum()):,} rows"
    return Label(
        known, hit, positive, told + (f"; {without:,} rows without a label are left out" if without else "")
    )


def _outcome(values: list[str]) -> str:
    """The word that says yes, else the rarer of the two; `values` stand with the more frequent first."""
    said = [value for value in values if value.lower() in OUTCOME]
    return said[0] if len(said) == 1 else values[1]
