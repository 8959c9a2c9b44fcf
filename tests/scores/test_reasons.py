"""For any firm and any model of the shelf the stated reasons reproduce the score, whatever its form."""

import json

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from tests.scores.taught import taught
from xiaoer.nightly.scored import Most, explained, with_pushes
from xiaoer.scores.applying import Batch, Pushes, Used, applying, asked_of, pushes
from xiaoer.scores.forms.cards import POINTS_OF_LOGS, card_from
from xiaoer.scores.occasions import Asking, occasions
from xiaoer.scores.rules import Floats
from xiaoer.scores.specifications import Sort, the_shelf
from xiaoer.scores.terms import Form

ASKING = Asking("call", ("visit", "call"), (9, 10))
#: Every model once, in a form of its own; the readable ones in turn, trees where they are quick to be taught.
FORMS = {
    name: None if model.sort is not Sort.CHANCE else (Form.SCORECARD, Form.GLASS_BOX)[place % 2]
    for place, (name, model) in enumerate(sorted(the_shelf().items()))
} | {"complaint": Form.TREES}
FIRMS = 60


def strange(models: Used, seed: int) -> pa.RecordBatch:
    """Any firm: huge, negative, nought, missing, words never seen, and beyond every cut."""
    draw = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {"customer_id": pa.array([f"C{n:04d}" for n in range(FIRMS)])}
    fields = {field.name: field for field in models.fields if field.name in models.reads}
    for name in sorted(models.reads):
        missing = draw.random(FIRMS) < 0.25
        if name in fields and fields[name].kind == "category":
            words = [*fields[name].levels, "never seen", ""]
            columns[name] = pa.array(draw.choice(words, FIRMS), mask=missing)
        else:
            columns[name] = pa.array(_numbers(draw), mask=missing)
    columns |= {"item": pa.array([""] * FIRMS), models.meets: pa.array([True] * FIRMS)}
    return pa.RecordBatch.from_pydict(columns)


def _numbers(draw: np.random.Generator) -> Floats:
    sizes = draw.choice([0.0, 1.0, -1.0, 1e-9, 1e12, -1e12], FIRMS)
    return np.where(
        draw.random(FIRMS) < 0.5, sizes, draw.normal(0, 1, FIRMS) * 10.0 ** draw.integers(0, 7, FIRMS)
    )


@pytest.mark.parametrize("name", sorted(FORMS))
def test_the_stated_reasons_reproduce_the_score(name: str) -> None:
    model = the_shelf()[name]
    kept = json.loads(json.dumps(taught(model, FORMS[name], seed=len(name)).as_json()))
    used = Used(model, "v1", card_from(kept), occasions(model, ASKING))
    batch = strange(used, seed=len(name))
    everyone = np.ones(FIRMS, dtype=bool)
    for occasion in used.occasions:
        read = asked_of(used, occasion, Batch(batch), everyone)
        why, scored = pushes(used.card, read), used.card.score(read)
        assert (why.points == scored.points).all()
        assert why.parts.shape == (FIRMS, len(why.names))
        assert np.isfinite(scored.probability).all()
    _check_shown(used, batch)


def _check_shown(used: Used, batch: pa.RecordBatch) -> None:
    """What the desk is handed: start, pushes and rest come to the points, nothing pushes by nought, largest first."""
    places = {"rank": pl.lit(1, pl.Int64), "among": pl.lit(1, pl.Int64)}
    mine = pl.DataFrame(pa.table(applying([used])(batch))).with_columns(**places)
    assert mine.height == FIRMS
    for row in explained(used, mine, pl.DataFrame(pa.table(batch)), Most(2, 10)).iter_rows(named=True):
        told = json.loads(row["pushes"])
        assert row["start"] + sum(one["points"] for one in told) + row["rest"] == row["points"]
        for way in (1, -1):
            sizes = [abs(one["points"]) for one in told if one["points"] * way > 0]
            assert len(sizes) <= 2 and sizes == sorted(sizes, reverse=True) and 0 not in sizes


def test_the_worked_example() -> None:
    """docs/rules/shelf.md: 540 − 28 + 9 + 6 − 2 − 1 = 524, and +100 thousandths of a logarithm are 11 % more."""
    rows = pl.DataFrame({"points": [524]})
    why = Pushes(
        ("late_days", "growth_90d", "relation_months", "debt", "kind"), 540, np.array([[-28, 9, 6, -1, -2]])
    )
    assert why.points.tolist() == [524]
    texts = {
        name: pl.Series([told]) for name, told in zip(why.names, ("12", "0.11", "31", "5", "x"), strict=True)
    }
    start, rest, told = with_pushes(rows, why, texts, Most(2, 10)).row(0)[-3:]
    shown = {one["of"]: one["points"] for one in json.loads(told)}
    assert (start, shown, rest) == (
        540,
        {"growth_90d": 9, "relation_months": 6, "late_days": -28, "kind": -2},
        -1,
    )
    assert start + sum(shown.values()) + rest == 524
    assert np.expm1(100 / POINTS_OF_LOGS) == pytest.approx(0.105, abs=0.001)
