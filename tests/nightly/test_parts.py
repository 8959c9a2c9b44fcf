"""A part of the firms at a time, or all at once: the same events, decisions and rows for the desk."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from xiaoer.kit.settings import settings
from xiaoer.nightly import deciding, pieces, run, seam
from xiaoer.nightly.run import Night
from xiaoer.nightly.shaping import shape
from xiaoer.nightly.spool import spooled
from xiaoer.scores.registry import Registry
from xiaoer.scores.terms import Scorecard, State, specification
from xiaoer.scores.training import Sample, fit

pytestmark = [pytest.mark.xdist_group("house"), pytest.mark.django_db(databases=["owner"])]

CHECKOUT = Path(__file__).resolve().parents[2]
DAY = date(2026, 10, 31)
IN_PARTS = ("firms", "profiles", "scores", "events", "proposals")


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """A bank's night; where firms are looked at one by one, the tests do it again."""
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.nightly.plan import PLAN
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan
    from xiaoer.sources.intake import load_bank, receive

    home = replace(settings(), home=tmp_path)
    engine, lake = DuckEngine(tmp_path / "scratch"), Lake(home.lake)
    simulate(Plan(300, 6, 3, DAY), tmp_path / "bank", lambda _: None)
    received = receive(CHECKOUT / "mappings" / "simulator.toml", tmp_path / "bank", home.inbox)
    load_bank(received, lake, engine, DAY)
    night = Night(DAY, "run", lake, engine, tmp_path / "nights" / "day" / "run", tmp_path / "models")
    Registry(night.models).keep(card(), {})
    for step in PLAN[:-1]:
        step.work(night)
    return night


def card() -> Scorecard:
    """A card somebody trained before; on so few firms the night would train none."""
    draw, spec = np.random.default_rng(2), specification("risk")
    columns = {one.name: draw.lognormal(3, 2, 300) for one in spec.inputs}
    known = Sample(tuple(map(str, range(300))), columns, draw.random(300) < 0.3)
    return replace(fit(spec, spec.inputs, known), version="v", state=State.LIVE, trained_on="2026-01-01")


def outcome(night: Night) -> dict[str, pl.DataFrame]:
    """What is decided, and what the desk would be handed."""
    from xiaoer.nightly.publishing import published_tables

    deciding.events(night)
    deciding.offers(night)
    tables = {
        name: list(seam.rows(table).pieces())
        for name, table in published_tables(night).items()
        if name in IN_PARTS
    }
    made = {
        name: pl.DataFrame(pa.concat_tables(parts, promote_options="permissive"))
        for name, parts in tables.items()
    }
    return made | {name: pl.read_parquet(night.path(name)) for name in ("decisions", "events")}


def test_parts_do_not_show(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = outcome(night)
    monkeypatch.setattr(pieces, "FIRMS_AT_ONCE", 37)
    monkeypatch.setattr(deciding, "ROWS_AT_ONCE", 11)
    in_parts = outcome(night)
    assert not [name for name, table in at_once.items() if table.is_empty()]
    for name, table in at_once.items():
        key = list(seam.model_of(name).key) if name in IN_PARTS else []
        one, other = (rows.sort(key) if key else rows for rows in (table, in_parts[name]))
        assert not [column for column in one.columns if not one[column].equals(other[column])], name


def test_ranges_of_firms_leave_no_trace_in_any_table(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = written(night)
    monkeypatch.setattr(run, "FIRMS_AT_ONCE", 37)
    shape(night)
    in_ranges = written(night)
    assert set(in_ranges) == set(whole)
    assert not [name for name, rows in whole.items() if not rows.equals(in_ranges[name])]


def written(night: Night) -> dict[str, pl.DataFrame]:
    """Every table of the night, its rows in an order of their own."""
    tables = {path.stem: pl.read_parquet(path) for path in night.folder.glob("*.parquet")}
    return {name: rows.sort(rows.columns, nulls_last=True) for name, rows in tables.items()}


def test_a_spool_gives_back_what_was_laid_into_it(tmp_path: Path) -> None:
    with spooled(tmp_path, pa.schema({"n": pa.int64()})) as spool:
        for numbers in ([1, 2], [], [3]):
            spool.add(pa.record_batch({"n": pa.array(numbers, pa.int64())}))
        assert spool.rows == 3
        assert [row["n"] for batch in spool.batches() for row in batch.to_pylist()] == [1, 2, 3]
    assert not list(tmp_path.iterdir())
