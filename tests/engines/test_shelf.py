"""The shelf on both engines: the same firms, points, values and places, whatever batch or part a firm lies in."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from tests.engines.alike import tables_differ
from tests.engines.two_banks import SPARK
from tests.scores.taught import taught
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import Engine, EngineName, open_engine
from xiaoer.nightly.scoring import placed
from xiaoer.scores.applying import Used, applying
from xiaoer.scores.occasions import Asking, occasions
from xiaoer.scores.specifications import the_shelf
from xiaoer.scores.terms import Form

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.usefixtures("spark_here")]

FIRMS = 700
FORMS = {
    "distress": Form.SCORECARD,
    "takes_card": Form.GLASS_BOX,
    "survival": Form.TREES,
    "contribution": None,
}
ASKING = Asking("call", ("visit", "call"), (9, 10))


def used() -> list[Used]:
    shelf = the_shelf()
    return [
        Used(shelf[name], "v1", taught(shelf[name], form, 3), occasions(shelf[name], ASKING))
        for name, form in FORMS.items()
    ]


def rows(models: list[Used]) -> pa.Table:
    """Firms with every input some model reads, a tenth of them not known."""
    draw = np.random.default_rng(4)
    columns: dict[str, pa.Array] = {"customer_id": pa.array([f"C{n:05d}" for n in range(FIRMS)])}
    for field in {
        field.name: field for one in models for field in one.fields if field.name in one.reads
    }.values():
        missing = draw.random(FIRMS) < 0.1
        if field.kind == "category":
            columns[field.name] = pa.array(draw.choice(["enterprise", "A", "new"], FIRMS), mask=missing)
        else:
            columns[field.name] = pa.array(draw.lognormal(2, 2, FIRMS).round(3), mask=missing)
    meets = {one.meets: pa.array(draw.random(FIRMS) < 0.8) for one in models}
    return pa.table(columns | {"item": pa.array([""] * FIRMS)} | meets)


def scored(engine: Engine, folder: Path) -> pl.DataFrame:
    models = used()
    said = engine.map_batches(engine.table(rows(models)), applying(models), folder / "said.parquet")
    managers = {
        "customer_id": [f"C{n:05d}" for n in range(FIRMS)],
        "manager_id": [f"M{n % 7}" for n in range(FIRMS)],
    }
    return pl.DataFrame(engine.collect(placed([said], engine.table(pa.table(managers)))))


def test_the_shelf_is_the_same_on_both(tmp_path: Path) -> None:
    made = []
    for name in EngineName:
        with closing(open_engine(name, replace(settings(), home=tmp_path / name, **SPARK))) as engine:
            made.append(scored(engine, tmp_path / name).sort("customer_id", "model"))
    assert set(made[0]["model"]) == set(FORMS)
    assert made[0].height > 4 * 500
    assert tables_differ(made[0], made[1]) == []
