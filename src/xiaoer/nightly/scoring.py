"""The shelf applied: every model in use over its population, and each firm's place in its manager's portfolio.

What models read beyond the night's features is made only when one of them is in use.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pyarrow as pa

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import whole
from xiaoer.nightly.frames import FIRMS, NOTES, known
from xiaoer.nightly.run import Night
from xiaoer.nightly.training_sets import later_of, read_by, side_by_side
from xiaoer.scores.applying import SHELF, Used, applying, likelier
from xiaoer.scores.forms.cards import PointsCard
from xiaoer.scores.life import Life, stands_in
from xiaoer.scores.occasions import LEFT_OUT, OF_FIRMS, OF_NOTES, Asking, occasions
from xiaoer.scores.populations import Population, condition, newcomer, rows
from xiaoer.scores.registry import Registry
from xiaoer.scores.shelved import told_rival
from xiaoer.scores.specifications import Model, Sort, the_shelf
from xiaoer.scores.terms import State

SCORES, MODELS = "shelf_scores", "shelf_models"
ON_BOOK = pa.schema([*SHELF, ("rank", pa.int64()), ("among", pa.int64())])
#: What stands in the place of a model that is not in use.
RULE, NONE = "rule", "none"
MILLIONTHS = 1_000_000
TOLD = pa.schema(
    {
        "model": pa.string(), "version": pa.string(), "state": pa.string(), "rule": pa.string(), "why": pa.string(),
        "firms": pa.int64(), "mean": pa.float64(), "likelier": pa.int64(),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Pass:
    """Rows that several models are asked about together, as `scores.applying` takes them."""

    name: str
    rows: Frame
    used: tuple[Used, ...]


def shelf(night: Night) -> None:
    """Two tables: `shelf_scores`, one row per firm and model, and `shelf_models`, what each model is today."""
    used, rows = [], []
    for model in the_shelf().values():
        one = in_use(night, model)
        rows.append(one if isinstance(one, dict) else _live(one))
        used += [] if isinstance(one, dict) else [one]
    if used:
        known(night)
    said = [
        night.engine.map_batches(one.rows, applying(one.used), night.path(f"shelf_{one.name}"))
        for one in passes(night, used)
    ]
    if said:
        night.keep(SCORES, placed(said, night.made("portfolio").select("customer_id", "manager_id")))
    else:
        night.keep_rows(SCORES, ON_BOOK.empty_table())
    night.keep_rows(MODELS, _counted(night, rows))


def in_use(night: Night, model: Model) -> Used | dict[str, object]:
    """The version of a model that this night uses, or the row that says what stands in its place and why."""
    unit = model.population.unit
    version = Life(Registry(night.models), model.name).in_use_on(night.business_date.isoformat())
    if version is None:
        return _not_in_use(night, model)
    if unit in LEFT_OUT:
        return _told(model, NONE, version, LEFT_OUT[unit])
    try:
        used = opened(night, model, version)
        if not isinstance(used.card, PointsCard):
            used.card.trees.check()
    except Refusal as why:  # a machine without OpenMP, a text that is not the one judged: the rule, and why
        return _told(model, RULE, version, str(why))
    return used


def opened(night: Night, model: Model, version: str) -> Used:
    """A version as this night asks it; raises Refusal when it was never kept."""
    card = Registry(night.models).form(model.name, version)
    return Used(model, version, card, occasions(model, Asking.in_force(night.business_date)))


def used_by(night: Night) -> list[Used]:
    """The versions the scores were made with, whoever was promoted since."""
    live = {
        row["model"]: row["version"]
        for row in night.rows_of(MODELS).to_pylist()
        if row["state"] == State.LIVE
    }
    return [opened(night, the_shelf()[name], version) for name, version in live.items()]


def _not_in_use(night: Night, model: Model) -> dict[str, object]:
    """The rule in a model's place: for an effect the order by response, where that is in use."""
    instead, day = stands_in(model, the_shelf()), night.business_date.isoformat()
    if instead and Life(Registry(night.models), instead).in_use_on(day):
        return _told(model, RULE, why="response_instead") | {"rule": instead}
    return _told(model, RULE, why="not_promoted")


def _live(used: Used) -> dict[str, object]:
    return _told(used.model, State.LIVE, used.version) | {"likelier": likelier(used.card)}


def _told(model: Model, state: str, version: str | None = None, why: str = "") -> dict[str, object]:
    named = {"model": model.name, "version": version or "", "state": str(state)}
    return named | {"rule": told_rival(model), "why": why, "likelier": 1}


def passes(night: Night, used: Sequence[Used]) -> Iterator[Pass]:
    """The rows models are asked about: firms, notes, and firms with products they do not hold."""
    firms = tuple(one for one in used if one.unit in OF_FIRMS)
    notes = tuple(one for one in used if one.unit in OF_NOTES)
    if firms:
        yield Pass("of_firms", _firms(night, firms), firms)
    if notes:
        yield Pass("of_notes", _notes(night, notes), notes)
    for one in used:
        if one.unit == "products":
            yield Pass(f"of_{one.name}", _pairs(night, one), (one,))


def _there(night: Night) -> Frame:
    """Firms that are still customers."""
    return night.made(FIRMS).filter(~nw.coalesce(nw.col("closed"), nw.lit(value=False)))


def _firms(night: Night, used: Sequence[Used]) -> Frame:
    """A row a firm; a model of a product leaves out who holds it."""
    frame = _there(night)
    products = {product for one in used for product in _sold(one.model)}
    if products:
        frame = frame.join(_holding(night, sorted(products)), on="customer_id", how="left")
    reads = sorted(set().union(*(one.reads for one in used)) & set(frame.columns))
    return frame.select(
        "customer_id", *reads, item=nw.lit(""), **{one.meets: _meets(one.model) for one in used}
    )


def _sold(model: Model) -> tuple[str, ...]:
    return model.population.products if model.population.unit in ("offers", "lists") else ()


def _holding(night: Night, products: Sequence[str]) -> Frame:
    """Per firm with holdings: holds_<product>."""
    held = {f"holds_{name}": (nw.col("product_id") == name).cast(nw.Int64).max() for name in products}
    return night.made("held").group_by("customer_id").agg(**held)


def _meets(model: Model) -> nw.Expr:
    """Whether a firm is of a model's population."""
    met = [condition(one) for one in model.population.where]
    met += [nw.coalesce(nw.col(f"holds_{product}"), nw.lit(0)) == 0 for product in _sold(model)]
    met += [newcomer()] if model.population.unit == "newcomers" else []
    return nw.all_horizontal(*met, ignore_nulls=False) if met else nw.lit(value=True)


def _notes(night: Night, used: Sequence[Used]) -> Frame:
    """A row a note still owed, its firm's figures beside it; loss is asked of notes not in default yet."""
    firms, notes = _there(night), night.made(NOTES)
    reads = set().union(*(one.reads for one in used))
    of_firm = sorted(reads & set(firms.columns))
    of_note = sorted(reads & set(notes.columns))
    standing = {one.meets: _note_meets(one.model) for one in used}
    asked = notes.select("customer_id", *of_note, item=nw.col("note_id"), **standing)
    return asked.join(firms.select("customer_id", *of_firm), on="customer_id", how="inner")


def _note_meets(model: Model) -> nw.Expr:
    failing = ("note_late_days <= 90",) if model.population.unit == "failed" else ()
    met = [condition(one) for one in (*model.population.where, *failing)]
    return nw.all_horizontal(*met, ignore_nulls=False) if met else nw.lit(value=True)


def _pairs(night: Night, used: Used) -> Frame:
    """A row a firm and product it does not hold."""
    model, today = used.model, side_by_side([night])
    population = Population(model.population.unit, model.population.where, model.population.products)
    frame = read_by(model, rows(population, today, later_of(model, night)), today)
    return frame.with_columns(nw.lit(value=True).alias(used.meets))


def placed(said: Sequence[Frame], portfolio: Frame) -> Frame:
    """One row per firm and model, the likeliest of its items, with its place among the manager's firms.

    Columns: `SHELF`, rank (1: the likeliest, or the largest; equals share a place), among (firms asked about).
    """
    rows = nw.concat(list(said), how="vertical")
    best = rows.filter(nw.col("value") == nw.col("value").max().over("customer_id", "model"))
    once = best.filter(nw.col("item") == nw.col("item").min().over("customer_id", "model"))
    wide = once.join(portfolio, on="customer_id", how="inner")
    ranked = wide.with_columns(
        rank=whole(nw.col("value").rank("min", descending=True).over("model", "manager_id")),
        among=whole(nw.len().over("model", "manager_id")),
    )
    return ranked.select(ON_BOOK.names).sort("customer_id", "model")


def _counted(night: Night, rows: Sequence[dict[str, object]]) -> pa.Table:
    """What each model is today, with how many firms it speaks of and its mean."""
    amounts = [name for name, model in the_shelf().items() if model.sort is Sort.AMOUNT]
    # Whole numbers add up to the same in any order: fen, and millionths of a chance.
    unit = nw.when(nw.col("model").is_in(amounts)).then(nw.lit(1)).otherwise(nw.lit(MILLIONTHS))
    told = night.made(SCORES).with_columns(unit=unit)
    sums = told.group_by("model", "unit").agg(
        whole(nw.len()).alias("firms"),
        whole((nw.col("value") * nw.col("unit")).round().cast(nw.Int64).sum()).alias("sum"),
    )
    spoken = {one["model"]: one for one in night.engine.collect(sums).to_pylist()}
    return pa.Table.from_pylist([row | _mean(spoken.get(row["model"])) for row in rows], TOLD)


def _mean(spoken: dict[str, Any] | None) -> dict[str, object]:
    if spoken is None:
        return {"firms": 0, "mean": None}
    return {"firms": spoken["firms"], "mean": spoken["sum"] / spoken["unit"] / spoken["firms"]}
