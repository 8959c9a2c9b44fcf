"""Models in use over their populations, batch by batch: several at once, so that a wide table is read once.

In: customer_id, item, the inputs, and per model a column `meets_<model>` that says whose population a row is of.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xiaoer.kit.tables.engine import one_batch
from xiaoer.scores.forms.cards import AmountsCard, Card, PointsCard
from xiaoer.scores.night import columns, floats
from xiaoer.scores.occasions import Occasion
from xiaoer.scores.rules import Floats, Scored, probability
from xiaoer.scores.samples import Field
from xiaoer.scores.specifications import Model

SHELF = pa.schema(
    {
        "customer_id": pa.string(), "model": pa.string(), "item": pa.string(), "points": pa.int64(),
        "value": pa.float64(),
    }
)  # fmt: skip
#: What an occasion works out from the firm's own figures.
HELPING = {"asked_hour_off": "call_hour"}
Columns = Mapping[str, Floats]


@dataclass(frozen=True)
class Used:
    """A model's version in use, and the ways it is asked."""

    model: Model
    version: str
    card: Card
    occasions: tuple[Occasion, ...]

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def unit(self) -> str:
        """Whether a row is a firm, a note, an occasion."""
        return self.model.population.unit

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.card.fields

    @property
    def reads(self) -> frozenset[str]:
        """Columns it needs of a row, those the occasion brings left out."""
        brought = {name for one in self.occasions for name in one.asked}
        names = {field.name for field in self.fields} - brought
        return frozenset(HELPING.get(name, name) for name in names)

    @property
    def meets(self) -> str:
        return f"meets_{self.name}"


@dataclass(frozen=True)
class Batch:
    """Rows whose columns are made into numbers once, however many models read them."""

    rows: pa.RecordBatch
    held: dict[str, Floats] = field(default_factory=dict)

    def read(self, fields: Sequence[Field], at: NDArray[np.bool_]) -> dict[str, Floats]:
        """What a card reads of some rows."""
        words = [field for field in fields if field.kind == "category"]
        plain = {one.name: self.numbers(one.name)[at] for one in fields if one.kind == "number"}
        return plain | {name: values[at] for name, values in columns(self.rows, words).items()}

    def numbers(self, name: str) -> Floats:
        if name not in self.held:
            self.held[name] = floats(self.rows[name])
        return self.held[name]

    def chosen(self, used: Used) -> NDArray[np.bool_]:
        """The rows of a model's population."""
        return np.asarray(pc.fill_null(self.rows[used.meets], False).to_numpy(zero_copy_only=False))


@dataclass(frozen=True)
class Said:
    """What a model says of some rows of a batch: `at` which, by the occasion of number `by`."""

    at: NDArray[np.int64]
    by: NDArray[np.int64]
    points: NDArray[np.int64]
    value: Floats


def applying(used: Sequence[Used]) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """A function from a batch of rows to what every model says of its own: one row each, `SHELF`.

    Of several occasions the likeliest (the largest amount), the first of equals.
    """

    def apply(batch: pa.RecordBatch) -> pa.RecordBatch:
        rows = Batch(batch)
        told = [table_of(one, rows, said(one, rows)) for one in used]
        return one_batch(pa.Table.from_batches(told, schema=SHELF))

    return apply


def said(used: Used, batch: Batch) -> Said:
    """A model's word on the rows of its population."""
    chosen = batch.chosen(used)
    at = np.flatnonzero(chosen)
    points, value = np.zeros(len(at), dtype=np.int64), np.full(len(at), -np.inf)
    by, read = np.zeros(len(at), dtype=np.int64), known_of(used, batch, chosen)
    score = asked_often(used.card, read) if len(at) and len(used.occasions) > 1 else used.card.score
    for number, occasion in enumerate(used.occasions if len(at) else ()):
        scored = score(read | brought(used, occasion, batch, chosen))
        more = scored.probability > value
        points[more], value[more], by[more] = scored.points[more], scored.probability[more], number
    return Said(at, by, points, value)


def asked_often(card: Card, read: Columns) -> Callable[[Columns], Scored]:
    """A card's score of the same rows on several occasions: what no occasion changes is reckoned once."""
    if not (isinstance(card, PointsCard) and read):
        return card.score
    settled, open_parts = card.parted(read)
    base = settled.score(read).points

    def score(columns: Columns) -> Scored:
        points = base + open_parts.score(columns).points
        return Scored(points, np.zeros((len(points), 0), dtype=np.int64), probability(card.points, points))

    return score


def asked_of(used: Used, occasion: Occasion, batch: Batch, chosen: NDArray[np.bool_]) -> dict[str, Floats]:
    """The columns a card reads of some rows on an occasion."""
    return known_of(used, batch, chosen) | brought(used, occasion, batch, chosen)


def known_of(used: Used, batch: Batch, chosen: NDArray[np.bool_]) -> dict[str, Floats]:
    """What a card reads of some rows, whatever the occasion."""
    known = set(batch.rows.schema.names)
    return batch.read([one for one in used.fields if one.name in known], chosen)


def brought(used: Used, occasion: Occasion, batch: Batch, chosen: NDArray[np.bool_]) -> dict[str, Floats]:
    """What an occasion brings of its own."""
    known, rows = set(batch.rows.schema.names), int(chosen.sum())
    imagined = {
        one.name: np.full(rows, _code(one, occasion.asked)) for one in used.fields if one.name not in known
    }
    if "asked_hour_off" in imagined:
        imagined["asked_hour_off"] = np.abs(imagined["asked_hour"] - batch.numbers("call_hour")[chosen])
    return imagined


def _code(one: Field, asked: Mapping[str, str | int]) -> float:
    """What an occasion brings, as a card reads it; what it does not bring is not known."""
    if one.name not in asked:
        return np.nan
    value = asked[one.name]
    if one.kind == "number":
        return float(value)
    return float(one.levels.index(str(value)) if value in one.levels else len(one.levels))


def table_of(used: Used, batch: Batch, told: Said) -> pa.RecordBatch:
    """The rows of `SHELF`: an occasion's name stands for the item where the rows have none."""
    places = pa.array(told.at)
    items = batch.rows["item"].take(places)
    if any(one.item for one in used.occasions):
        items = pa.array([one.item for one in used.occasions], pa.string()).take(pa.array(told.by))
    rows = [batch.rows["customer_id"].take(places).cast(pa.string()), pa.repeat(used.name, len(places)),
            items.cast(pa.string()), pa.array(told.points), pa.array(told.value)]  # fmt: skip
    return pa.RecordBatch.from_arrays(rows, schema=SHELF)


@dataclass(frozen=True)
class Pushes:
    """Why some rows have their points: `start` + the parts (rows × names) is the score, exactly."""

    names: tuple[str, ...]
    start: int
    parts: NDArray[np.int64]

    @cached_property
    def points(self) -> NDArray[np.int64]:
        totals: NDArray[np.int64] = self.start + self.parts.sum(axis=1)
        return totals


def pushes(card: Card, read: Columns) -> Pushes:
    """What each input did to each row's score."""
    if isinstance(card, PointsCard):
        return Pushes(card.names, card.start, card.score(read).parts)
    return Pushes(card.names, card.start, card.reasons(read))


def likelier(card: Card) -> int:
    """1 where more points mean a likelier outcome or a larger amount, −1 where fewer do."""
    return 1 if isinstance(card, AmountsCard) else card.points.sign
