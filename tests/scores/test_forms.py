"""Forms: tables say what the trees said, points add up, missing and special values are treated alike everywhere."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.forms import glassbox, trees
from xiaoer.scores.forms.binning import cuts_of
from xiaoer.scores.forms.cards import PointsCard, TreesCard, card_from, card_of, version_of
from xiaoer.scores.forms.fitting import fitting
from xiaoer.scores.forms.reading import read_from
from xiaoer.scores.forms.tables import Additive, Axis, Part, merged
from xiaoer.scores.measures import Line, auc
from xiaoer.scores.night import columns
from xiaoer.scores.samples import Field, Sample
from xiaoer.scores.terms import Form, Scale

SCALE = Scale(600, 20, 20)
NEVER = 999.0
WORDS = ("bakery", "carpenter", "dentist", "florist", "grocer")
FIELDS = (
    Field("debt", monotone=1),
    Field("sales"),
    Field("days_since", special=(NEVER,)),
    Field("trade", "category", WORDS),
    Field("noise"),
)
QUICK = glassbox.Shape(rounds=80, pairs=2, pair_rounds=40, bags=2)


def drawn(rows: int = 2_000, seed: int = 1) -> Sample:
    """Default by debt, by debt and sales together, by trade, and by having no last order at all."""
    draw = np.random.default_rng(seed)
    columns = {field.name: draw.normal(0, 1, rows) for field in FIELDS}
    columns["trade"] = draw.integers(0, len(WORDS), rows).astype(float)
    columns["days_since"] = np.where(draw.random(rows) < 0.2, NEVER, draw.integers(0, 300, rows))
    odds = 0.9 * columns["debt"] - 1.2 * columns["debt"] * columns["sales"] + 0.8 * (columns["trade"] == 2)
    odds = odds + 1.5 * (columns["days_since"] == NEVER) - 1.5
    columns["sales"][draw.random(rows) < 0.1] = np.nan
    return Sample(tuple(map(str, range(rows))), columns, draw.random(rows) < 1 / (1 + np.exp(-odds)))


FITTED = drawn()
OTHERS = drawn(seed=2)


@cache
def fitted_as(form: Form) -> Additive | trees.Trees:
    return fitting(form, FIELDS)(FITTED)


@pytest.fixture(scope="module", params=list(Form))
def card(request: pytest.FixtureRequest) -> PointsCard | TreesCard:
    return card_of(request.param, fitted_as(request.param), Line(0.9, -0.1), SCALE)


def test_points_add_up_and_order_strangers(card: PointsCard | TreesCard) -> None:
    scored = card.score(OTHERS.columns)
    parts = card.reasons(OTHERS.columns) if isinstance(card, TreesCard) else scored.parts
    assert (scored.points == card.start + parts.sum(axis=1)).all()
    assert parts.shape[1] == len(card.names)
    assert auc(OTHERS.hit, scored.probability) > (0.64 if card.form is Form.SCORECARD else 0.69)
    assert scored.probability.mean() == pytest.approx(OTHERS.hit.mean(), abs=0.1)


def test_a_card_comes_back_from_its_text(card: PointsCard | TreesCard) -> None:
    again = card_from(json.loads(json.dumps(card.as_json())))
    assert (again.score(OTHERS.columns).points == card.score(OTHERS.columns).points).all()
    assert version_of(again, {"seed": 1}) == version_of(card, {"seed": 1}) != version_of(card, {"seed": 2})


def test_points_are_the_log_odds_to_rounding(card: PointsCard | TreesCard) -> None:
    fitted = fitted_as(card.form)
    odds = 0.9 * fitted.log_odds(OTHERS.columns) - 0.1
    exact = 600 - 20 / np.log(2) * (odds + np.log(20))
    assert np.abs(card.score(OTHERS.columns).points - exact).max() <= 0.5 * (len(card.names) + 1)


def test_tables_say_what_the_trees_said() -> None:
    """Strangers too, with missing, special and unknown values; but for values no training row had."""
    reading = read_from(FIELDS, FITTED)
    fitting_rows = glassbox.Fitting(reading, reading.matrix(FITTED.columns), FITTED, 0)
    curves = fitting_rows.curves(QUICK)
    known = curves.predict(fitting_rows.matrix, raw_score=True)
    pairs = glassbox.likely_pairs([fitting_rows], [known], 2)
    assert [0, 1] in pairs
    both = fitting_rows.pairs(known, pairs, QUICK)
    tables = glassbox.written(reading, [curves, both])
    matrix = reading.matrix(OTHERS.columns)
    said = curves.predict(matrix, raw_score=True) + both.predict(matrix, raw_score=True)
    assert np.allclose(tables.log_odds(OTHERS.columns), said, atol=1e-9)
    centred = tables.centred(FITTED.columns)
    assert np.allclose(centred.log_odds(FITTED.columns), tables.log_odds(FITTED.columns), atol=1e-9)


@pytest.mark.parametrize("form", list(Form))
def test_more_debt_never_helps(form: Form) -> None:
    """The specification says so; whatever else is known of the firm."""
    fitted = fitted_as(form)
    some = OTHERS.rows(np.arange(40))
    ladder = np.linspace(-3, 3, 25)
    odds = np.array([fitted.log_odds(some.columns | {"debt": np.full(40, debt)}) for debt in ladder])
    assert (np.diff(odds, axis=0) >= -1e-9).all()


@pytest.mark.parametrize("form", [Form.SCORECARD, Form.GLASS_BOX])
def test_what_was_never_seen_is_usual(form: Form) -> None:
    """Neither a missing debt nor an unknown trade was in training: the first says nothing, the second is "others"."""
    card = card_of(form, fitted_as(form), Line(1, 0), SCALE)
    assert isinstance(card, PointsCard)
    some = OTHERS.rows(np.arange(5)).columns
    scored = card.score(some | {"debt": np.full(5, np.nan)})
    touched = [place for place, part in enumerate(card.parts) if "debt" in part.name]
    assert touched and not scored.parts[:, touched].any()
    levels = next(field.levels for field in card.fields if field.name == "trade")
    unknown = card.score(some | {"trade": np.full(5, float(len(levels)))})
    assert unknown.points.shape == (5,)


def test_a_special_value_has_its_own_points() -> None:
    card = card_of(Form.SCORECARD, fitted_as(Form.SCORECARD), Line(1, 0), SCALE)
    assert isinstance(card, PointsCard)
    table = {(row["input"], row["bin"]): row["points"] for row in card.table()}
    assert table["days_since", "= 999"] < -20
    assert table["trade", "dentist"] < 0


def test_changed_trees_are_refused() -> None:
    kept = fitted_as(Form.TREES)
    assert isinstance(kept, trees.Trees)
    with pytest.raises(Refusal, match="not those that were judged"):
        replace(kept, texts=(kept.texts[0] + " ", *kept.texts[1:])).log_odds(OTHERS.columns)


def test_fitting_twice_gives_the_same_tables() -> None:
    assert glassbox.fit(FIELDS, FITTED, 3, QUICK) == glassbox.fit(FIELDS, FITTED, 3, QUICK)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=40, max_size=300), st.sampled_from([-1, 1])
)
def test_bins_keep_the_direction(rows: list[tuple[float, bool]], way: int) -> None:
    values, hit = np.array([one for one, _ in rows]), np.array([two for _, two in rows])
    cuts = cuts_of(values, hit, way)
    bins = np.searchsorted(cuts, values, side="left")
    shares = [hit[bins == place].mean() for place in range(len(cuts) + 1)]
    assert (np.diff(shares) * way > 0).all()


def test_a_value_on_a_cut_belongs_below_it() -> None:
    axis = Axis("x", cuts=(1.0, 2.0), special=(-1.0,))
    values = np.array([-np.inf, 1.0, 1.0001, 2.0, 2.5, np.nan, -1.0])
    assert axis.bin_of(values, ()).tolist() == [0, 0, 1, 1, 2, 3, 4]
    assert merged(axis, (5, 5, 7, 1, 0)) == (Axis("x", cuts=(2.0,), special=(-1.0,)), (5, 7, 1, 0))


def test_a_pair_is_read_row_by_row() -> None:
    one, two = Axis("x", cuts=(0.0,)), Axis("y", groups=(("a",), ("b", "c")), others=1)
    fields = {"x": Field("x"), "y": Field("y", "category", ("a", "b", "c"))}
    part = Part((one, two), tuple(range(9)))
    columns = {"x": np.array([-1.0, 1.0, np.nan, 1.0]), "y": np.array([0.0, 2.0, np.nan, 3.0])}
    assert part.bin_of(columns, fields).tolist() == [0, 4, 8, 4]


def test_a_batch_is_read_as_the_sample_was(card: PointsCard | TreesCard) -> None:
    """Words, missing ones, and one that training never saw, from Arrow as from the sample."""
    fields = card.fields
    some = OTHERS.rows(np.arange(50)).columns
    words = [WORDS[int(code)] for code in some["trade"]]
    batch = pa.RecordBatch.from_pydict(
        {name: pa.array(values, from_pandas=True) for name, values in some.items()} | {"trade": words}
    )
    levels = next(field.levels for field in fields if field.name == "trade")
    places = [float(levels.index(word)) if word in levels else float(len(levels)) for word in words]
    read = columns(batch, fields)
    assert (card.score(read).points == card.score(some | {"trade": np.array(places)}).points).all()
    odd = pa.RecordBatch.from_pydict({"trade": pa.array(["smith", None, levels[0]])})
    trade = next(field for field in fields if field.name == "trade")
    assert columns(odd, [trade])["trade"].tolist() == pytest.approx([len(levels), np.nan, 0], nan_ok=True)
