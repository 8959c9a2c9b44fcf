"""Models taught by chance, for tests of what becomes of a model in use: every form, in a second."""

from typing import Any

import numpy as np

from xiaoer.features.terms import catalogue
from xiaoer.scores.forms.amounts import fit_amounts, fit_effects
from xiaoer.scores.forms.cards import AmountsCard, Card, card_of
from xiaoer.scores.forms.fitting import fitting
from xiaoer.scores.forms.glassbox import Shape
from xiaoer.scores.forms.glassbox import fit as glass_box
from xiaoer.scores.measures import Line
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field, Sample
from xiaoer.scores.shelved import scale_of
from xiaoer.scores.specifications import ASKED, Model, Sort
from xiaoer.scores.terms import Form

ROWS = 400
QUICK = Shape(rounds=60, pairs=2, pair_rounds=20, bags=1)
WORDS = {"kind": ("enterprise", "sole_trader"), "asked_channel": ("call", "message", "visit")}


def page(model: Model, form: Form | None, version: str, seed: int, trained_on: str) -> dict[str, Any]:
    """A page of the registry, good enough to be promoted."""
    card = {"model": model.name, "version": version, "trained_on": trained_on} | taught(
        model, form, seed
    ).as_json()
    return {"card": card, "judgement": {"model": model.name, "state": "challenger", "value": 0.8}}


def taught(model: Model, form: Form | None, seed: int) -> Card:
    """A card of a form (None: trees, of an amount or a difference), fitted to outcomes that lean on the first inputs."""
    fields = tuple(_field(model, name) for name in model.inputs.names)
    columns, leaning = drawn(fields, seed)
    draw = np.random.default_rng(seed + 1)
    hit = draw.random(ROWS) < 1 / (1 + np.exp(1 - leaning))
    sample = Sample(tuple(map(str, range(ROWS))), columns, hit)
    if form is None and model.sort is Sort.UPLIFT:
        card: Card = AmountsCard(fit_effects(fields, sample, hit - 0.3, seed).trees, logged=False)
    elif form is None:
        amounts = np.exp(8 + leaning)
        card = AmountsCard(fit_amounts(fields, sample, amounts, seed).trees, logged=True)
    else:
        fit = fitting(form, fields, seed)
        fitted = glass_box(fields, sample, seed, QUICK) if form is Form.GLASS_BOX else fit(sample)
        card = card_of(form, fitted, Line(1.0, 0.0), scale_of(model))
    return card


def drawn(fields: tuple[Field, ...], seed: int) -> tuple[dict[str, Floats], Floats]:
    """Columns of the fields, some missing, and what the outcome leans on."""
    draw = np.random.default_rng(seed)
    columns = {one.name: _column(one, draw) for one in fields}
    numbers = [np.nan_to_num(np.log1p(columns[one.name])) for one in fields if one.kind == "number"]
    codes = [np.nan_to_num(columns[one.name]) for one in fields if one.kind == "category"]
    leaning = sum((one - one.mean()) / (one.std() or 1) for one in [*numbers[:4], *codes[:1]])
    return columns, np.asarray(leaning, dtype=np.float64)


def _column(one: Field, draw: np.random.Generator) -> Floats:
    plain = draw.lognormal(1, 2, ROWS) if one.kind == "number" else draw.integers(0, len(one.levels), ROWS)
    return np.where(draw.random(ROWS) < 0.1, np.nan, plain).astype(np.float64)


def _field(model: Model, name: str) -> Field:
    if (catalogue() | ASKED)[name].unit != "code":
        return Field(name)
    return Field(name, "category", WORDS.get(name) or model.population.products or ("A", "B", "C"))
