"""Columns of a file as a sample: the label read, what cannot be an input left out with a sentence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.laboratory.guessing import Guess, codes, guessed
from xiaoer.scores.laboratory.labels import labelled
from xiaoer.scores.measures import Hits
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field, Sample

FEWEST_ROWS = 100
OWN_WORDS = 0.5  # of the filled cells: more different words than that name things, they do not sort them
FILLED_WITH = 0.9  # of the rows with the outcome carry a value …
FILLED_WITHOUT = 0.05  # … and hardly any of the others: it was written when the outcome came
FEWEST_VALUES = 20


@dataclass(frozen=True)
class Wanted:
    """What the asker said of the file; `time` is a column, `in_order` that the rows stand in time order."""

    label: str
    time: str | None = None
    in_order: bool = False
    drop: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A sample with its fields, and what was done to come to it: name → sentence."""

    sample: Sample
    fields: tuple[Field, ...]
    positive: str
    dropped: Mapping[str, str]
    dates: Mapping[str, str]
    notes: tuple[str, ...]
    groups: tuple[str, ...]
    population: str


def prepared(rows: pl.DataFrame, wanted: Wanted) -> Prepared:
    """Raises Refusal for a label that is no yes-or-no, and for columns that are not there."""
    _there(rows.columns, wanted)
    label = labelled(rows[wanted.label])
    kept = rows.filter(pl.Series(label.known))
    if kept.height < FEWEST_ROWS:
        raise Refusal(f"{kept.height} rows with a label", wanted.label, f"at least {FEWEST_ROWS}")
    hit = label.hit[label.known]
    guesses = [guessed(kept[name]) for name in rows.columns if name not in (wanted.label, *wanted.drop)]
    when = _when(guesses, wanted, kept.height)
    dropped = {guess.name: why for guess in guesses if (why := _why_not(guess, hit))}
    inputs = [one for one in guesses if one.kind != "date" and one.name not in (*dropped, wanted.time)]
    columns, fields = _columns(inputs)
    if not fields:
        raise Refusal(
            "no column is left to learn from", "the file", "columns beside label, dates and numbers of rows"
        )
    sample = Sample(tuple(map(str, range(kept.height))), columns, hit, when=when)
    dates = {one.name: _span(one.values) for one in guesses if one.kind == "date" and one.name not in dropped}
    _are_inputs(wanted.groups, fields)
    notes, who = (label.told, *_notes(guesses)), f"rows whose {wanted.label} is known"
    return Prepared(sample, fields, label.positive, dropped, dates, notes, wanted.groups, who)


def _there(columns: Sequence[str], wanted: Wanted) -> None:
    times = (wanted.time,) if wanted.time else ()
    asked = (("label", (wanted.label,)), ("time", times), ("drop", wanted.drop), ("groups", wanted.groups))
    for option, names in asked:
        for name in names:
            if name not in columns:
                raise Refusal(f"there is no column {name!r}", f"--{option}", ", ".join(columns))


def _are_inputs(groups: Sequence[str], fields: Sequence[Field]) -> None:
    for name in groups:
        if name not in {field.name for field in fields}:
            raise Refusal(
                f"{name!r} cannot group: it is no input", "--groups", ", ".join(one.name for one in fields)
            )


def _when(guesses: Sequence[Guess], wanted: Wanted, rows: int) -> NDArray[Any] | None:
    """A day or number for each row to stand in order by."""
    if wanted.in_order:
        return np.arange(rows)
    if wanted.time is None:
        return None
    guess = next((one for one in guesses if one.name == wanted.time), None)
    if guess is None or guess.kind == "category" or guess.values.null_count():
        unread = "dropped" if guess is None else f"{guess.values.null_count()} rows without a date"
        raise Refusal(unread, f"--time {wanted.time}", "a date, or a number such as a year, in every row")
    values = guess.values.to_numpy()
    return values.astype("datetime64[D]") if guess.kind == "date" else values


def _why_not(guess: Guess, hit: Hits) -> str:
    """Why a column is no input; empty when it may be one."""
    filled = guess.values.drop_nulls()
    many = filled.n_unique()
    if many < 2:
        return "one value in every row" if many else "empty"
    if _written_after(guess, hit):
        return "filled almost only where the outcome came: it was written afterwards"
    if guess.kind == "category" and many > OWN_WORDS * len(filled):
        return f"{many:,} different words in {len(filled):,} rows: a name or number, not a kind"
    if guess.kind == "number" and _numbers_rows(filled):
        return "a whole number of its own for every row: it numbers the rows"
    return ""


def _written_after(guess: Guess, hit: Hits) -> bool:
    """A value of many sizes that is there with the outcome and (nearly) never without it: an aftermath."""
    known = guess.values.is_not_null()
    there = (known & (guess.values != 0).fill_null(False)) if guess.kind == "number" else known
    carried = there.to_numpy()
    sides = carried[hit].mean(), carried[~hit].mean()
    many = guess.values.filter(there).n_unique() >= FEWEST_VALUES
    return many and max(sides) >= FILLED_WITH and min(sides) <= FILLED_WITHOUT


def _numbers_rows(filled: pl.Series) -> bool:
    """Whole, never twice, and either in step with the rows or all of one length."""
    values = filled.to_numpy()
    if len(np.unique(values)) < len(values) or not np.array_equal(values, np.rint(values)):
        return False
    digits = np.floor(np.log10(np.maximum(np.abs(values), 1)))
    return bool((np.diff(values) > 0).all() or (digits.min() == digits.max() and digits.min() >= 4))


def _columns(guesses: Sequence[Guess]) -> tuple[dict[str, Floats], tuple[Field, ...]]:
    columns, fields = dict[str, Floats](), []
    for guess in guesses:
        if guess.kind == "category":
            columns[guess.name], levels = codes(guess.values)
            fields.append(Field(guess.name, "category", levels))
        else:
            columns[guess.name] = guess.values.fill_null(np.nan).to_numpy().astype(np.float64)
            fields.append(Field(guess.name))
    return columns, tuple(fields)


def _span(days: pl.Series) -> str:
    return f"dates from {days.min()!s} to {days.max()!s}"


def _notes(guesses: Sequence[Guess]) -> Iterator[str]:
    for guess in guesses:
        if guess.told:
            yield f"{guess.name}: {guess.told}"
