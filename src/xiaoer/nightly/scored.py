"""The published rows of the shelf: each firm's score by each model in use, with the largest pushes up and down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from xiaoer.kit import parameters
from xiaoer.kit.tables.engine import one_batch
from xiaoer.nightly import seam
from xiaoer.nightly.lent import product_names
from xiaoer.nightly.pieces import Part, as_json, in_parts
from xiaoer.nightly.run import Night
from xiaoer.nightly.scoring import MODELS, SCORES, Pass, passes, used_by
from xiaoer.scores.applying import Batch, Pushes, Used, asked_of, pushes
from xiaoer.scores.forms.cards import PointsCard
from xiaoer.scores.samples import Field

COLUMNS = (
    "customer_id", "model", "item", "version", "value", "points", "rank", "among", "start", "rest", "pushes",
)  # fmt: skip
SHOWN = ("model", "version", "state", "rule", "why", "firms", "mean", "likelier")
KEY = ["customer_id", "item"]
DIGITS = 6


@dataclass(frozen=True)
class Most:
    """How many pushes are shown each way, and for how many firms of a portfolio those of trees are worked out."""

    each_way: int
    trees_first: int


def models(night: Night) -> pa.Table:
    """What each model is today."""
    return night.rows_of(MODELS).select(SHOWN)


def scores(night: Night) -> seam.Rows:
    """Every firm's score by every model in use; reasons of trees only for the first of each portfolio."""
    together, products = list(passes(night, used_by(night))), product_names(night)
    page = parameters.in_force("scores", "reasons", night.business_date)
    most = Most(page["each_way"], page["trees_first"])

    def made(part: Part) -> pl.DataFrame:
        rows = part.made(SCORES)
        told = [told_of for one in together for told_of in _of_pass(part, one, rows, most)]
        if not told:
            return _without(rows)
        named = pl.concat(told).join(products, left_on="item", right_on="product_id", how="left")
        return named.with_columns(item=pl.coalesce("product", "item")).sort("customer_id", "model")

    return in_parts(night, COLUMNS, made)


def _of_pass(part: Part, together: Pass, rows: pl.DataFrame, most: Most) -> Iterator[pl.DataFrame]:
    """The rows of each model of a pass, with the inputs read again by the same way as they were scored."""
    asked = part.rows(together.rows).sort(KEY)
    for used in together.used:
        mine = rows.filter(model=used.name)
        if mine.height:
            yield explained(used, mine, asked, most)


def explained(used: Used, mine: pl.DataFrame, asked: pl.DataFrame, most: Most) -> pl.DataFrame:
    """A model's rows with their pushes; those of trees beyond the first of a portfolio without."""
    told = mine if isinstance(used.card, PointsCard) else mine.filter(pl.col("rank") <= most.trees_first)
    silent = _without(mine.join(told, on="customer_id", how="anti"))
    rows = [_pushed(used, some, asked, most) for some in _by_occasion(used, told)]
    return pl.concat([*rows, silent]).with_columns(version=pl.lit(used.version))


def _without(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        version=pl.lit(""), start=pl.lit(None, pl.Int64), rest=pl.lit(0, pl.Int64), pushes=pl.lit("[]")
    ).select(COLUMNS)


def _by_occasion(used: Used, rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Rows that were asked about in the same way."""
    if len(used.occasions) == 1:
        return [rows] if rows.height else []
    return rows.partition_by("item")


def _pushed(used: Used, rows: pl.DataFrame, asked: pl.DataFrame, most: Most) -> pl.DataFrame:
    named = {one.item: one for one in used.occasions}
    # An occasion's name is the item of the answer; the rows asked about have their own.
    occasion = named.get(rows["item"][0], used.occasions[0])
    on = ["customer_id"] if any(named) else KEY
    inputs = rows.select(on).join(asked, on=on, how="left", maintain_order="left")
    batch = Batch(one_batch(inputs.to_arrow()))
    everyone = np.ones(rows.height, dtype=bool)
    why = pushes(used.card, asked_of(used, occasion, batch, everyone))
    if (why.points != rows["points"].to_numpy()).any():
        message = f"the reasons of {used.name} do not add up to its scores"
        raise ValueError(message)
    values = _values(used.fields, inputs, occasion.asked)
    return with_pushes(rows, why, values, most).with_columns(version=pl.lit(used.version)).select(COLUMNS)


def _values(fields: Sequence[Field], inputs: pl.DataFrame, asked: object) -> dict[str, pl.Series]:
    """What each input is, as text; "" where it is not known."""
    brought = dict(asked) if isinstance(asked, dict) else {}
    return {one.name: _text(one.name, inputs, brought) for one in fields}


def _text(name: str, inputs: pl.DataFrame, brought: dict[str, object]) -> pl.Series:
    if name in brought or name not in inputs.columns:
        return pl.Series([str(brought.get(name, ""))]).new_from_index(0, inputs.height)
    column = inputs[name]
    plain = (
        column.round(DIGITS)
        if column.dtype.is_float()
        else column.cast(pl.Int64)
        if column.dtype == pl.Boolean
        else column
    )
    return plain.cast(pl.String).fill_null("")


def with_pushes(rows: pl.DataFrame, why: Pushes, values: dict[str, pl.Series], most: Most) -> pl.DataFrame:
    """The rows with `start`, the largest pushes each way and the rest, which add up to the points."""
    slots, kept = [], np.zeros(rows.height, dtype=np.int64)
    texts = [_joined(name, values) for name in why.names]
    for way in (1, -1):
        order = np.argsort(-way * why.parts, axis=1, kind="stable")[:, : most.each_way]
        for at in order.T:
            points = np.take_along_axis(why.parts, at[:, None], axis=1)[:, 0]
            counts = way * points > 0
            kept += np.where(counts, points, 0)
            slots.append(_slot(why.names, texts, at, np.where(counts, points, 0)))
    rest = rows["points"].to_numpy() - why.start - kept
    return rows.with_columns(
        start=pl.lit(why.start, pl.Int64), rest=pl.Series(rest), pushes=_listed(slots, rows.height)
    )


def _listed(slots: Sequence[pl.Series], rows: int) -> pl.Series:
    """Each row's pushes as one JSON text."""
    if not slots:
        return pl.Series("pushes", ["[]"] * rows, pl.String)
    beside = pl.DataFrame([slot.alias(str(place)) for place, slot in enumerate(slots)])
    return beside.select(pushes=as_json(pl.concat_list(pl.all()).list.drop_nulls())).to_series()


def _joined(name: str, values: dict[str, pl.Series]) -> pl.Series:
    """What an input is, or both of a pair."""
    parts = [values[one] for one in name.split(" × ")]
    return parts[0] if len(parts) == 1 else parts[0] + " × " + parts[1]


def _slot(
    names: Sequence[str], texts: Sequence[pl.Series], at: NDArray[np.int64], points: NDArray[np.int64]
) -> pl.Series:
    """One push of each row; null where nothing pushes that way."""
    said = pl.Series("is", [""] * len(at), pl.String)
    for place in np.unique(at):
        here = pl.Series(at == place)
        said = texts[place].rename("is").zip_with(here, said)
    of = pl.Series("of", list(names), pl.String).gather(at)
    frame = pl.DataFrame([of, said, pl.Series("points", points)])
    return frame.select(
        pl.when(pl.col("points") != 0).then(pl.struct("of", "is", "points")).alias("push")
    ).to_series()
