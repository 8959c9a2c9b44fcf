"""What moved each firm's score, written a column at a time; one by one the same as `rules.told`, which a test holds."""

from typing import Any

import numpy as np
import polars as pl

from xiaoer.features.terms import catalogue
from xiaoer.kit.jsontext import fraction, rounded, whole, written
from xiaoer.kit.text import reason
from xiaoer.scores.terms import Scorecard, Weighed

MOST_REASONS = 3
VALUE, POINTS = pl.col("value"), pl.col("points")


def told(card: Scorecard, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of scores beside their firms' inputs, with `reasons` (the three that moved most) and `all_points`, as JSON.

    Needs `parts` (points per input, in the card's order) and a column per input, null where nothing is known.
    """
    # Inputs that moved alike follow by name, so names come first and the sorting keeps them.
    by_name = sorted(range(len(card.inputs)), key=lambda place: card.inputs[place].name)
    parts = (
        rows["parts"].explode(empty_as_null=False).to_numpy().reshape(rows.height, len(by_name))[:, by_name]
    )
    texts = pl.concat(
        _entries(card.inputs[place], rows, parts[:, column]) for column, place in enumerate(by_name)
    )
    order = np.argsort(-np.abs(parts), axis=1, kind="stable")
    entries = texts.gather((order * rows.height + np.arange(rows.height)[:, None]).ravel())
    listed = pl.DataFrame({"entries": entries.reshape((rows.height, len(by_name)))}).select(
        every=pl.col("entries").arr.to_list()
    )
    return pl.concat(
        [
            rows,
            listed.select(
                reasons=_list(pl.col("every").list.head(MOST_REASONS)), all_points=_list(pl.col("every"))
            ),
        ],
        how="horizontal",
    )


def _list(entries: pl.Expr) -> pl.Expr:
    return pl.format("[{}]", entries.list.join(", "))


def _entries(entry: Weighed, rows: pl.DataFrame, points: np.ndarray) -> pl.Series:
    """What one input did to each firm."""
    seen = pl.DataFrame({"value": rows[entry.name].cast(pl.Float64).fill_nan(None), "points": points})
    tone = pl.when(POINTS < 0).then(pl.lit("bad")).when(POINTS > 0).then(pl.lit("good"))
    known = _shape(entry) | {"tone": pl.lit('"') + tone.otherwise(pl.lit("plain")) + pl.lit('"')}
    missing = dict(reason("score_missing", "plain", feature_words=entry.name))
    text = (
        pl.when(VALUE.is_null())
        .then(written(missing | {"points": whole(POINTS)}))
        .otherwise(written(known | {"points": whole(POINTS)}))
    )
    return seen.select(text.alias("entries")).to_series()


def _shape(entry: Weighed) -> dict[str, object]:
    """The reason with the firm's value beside the usual one."""
    unit = catalogue()[entry.name].unit
    if unit == "amount":
        amounts: dict[str, Any] = {
            "value_amount": whole(VALUE.cast(pl.Int64)),
            "usual_amount": int(entry.usual),
        }
        return dict(reason("score_amount", feature_words=entry.name, **amounts))
    if unit == "share":
        shares: dict[str, Any] = {"value_share": fraction(VALUE), "usual_share": entry.usual}
        return dict(reason("score_share", feature_words=entry.name, **shares))
    near = VALUE.map_batches(lambda values: rounded(values, 2), return_dtype=pl.Float64)
    shown: dict[str, Any] = {"value": fraction(near), "usual": round(entry.usual, 2)}
    return dict(reason(f"score_{unit}", feature_words=entry.name, **shown))
