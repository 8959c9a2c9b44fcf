"""The shelf applied at night: every form over its population, reasons that add up, a revert that restores the bytes."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.nightly.conftest import AT, DAY, IN_USE, put_to_use
from xiaoer.nightly import scored, scoring, seam
from xiaoer.nightly.night import versions_in_use
from xiaoer.nightly.run import Night
from xiaoer.scores.life import Life
from xiaoer.scores.registry import Registry
from xiaoer.scores.specifications import the_shelf
from xiaoer.scores.terms import Form

pytestmark = pytest.mark.xdist_group("house")


def test_every_model_in_use_speaks_and_the_others_are_told(night: Night) -> None:
    rows = pl.DataFrame(night.rows_of("shelf_scores"))
    told = {row["model"]: row for row in night.rows_of("shelf_models").to_pylist()}
    assert set(rows["model"].unique()) == set(IN_USE)
    assert set(told) == set(the_shelf())
    assert {name for name, row in told.items() if row["state"] == "live"} == set(IN_USE)
    assert told["leaving"]["firms"] == rows.filter(model="leaving").height > 200
    assert told["leaving"]["mean"] == pytest.approx(rows.filter(model="leaving")["value"].mean(), abs=1e-5)
    assert (told["complaint"]["state"], told["complaint"]["why"]) == ("rule", "not_promoted")
    assert not rows.select("customer_id", "model").is_duplicated().any()


def test_a_population_is_whom_the_model_was_learnt_for(night: Night) -> None:
    rows = pl.DataFrame(night.rows_of("shelf_scores"))
    known = pl.read_parquet(night.path("known")).filter(~pl.col("closed"))
    owing = known.filter(pl.col("debt") > 0, pl.col("late_days") <= 30)
    assert set(rows.filter(model="distress")["customer_id"]) == set(owing["customer_id"])
    holders = pl.read_parquet(night.path("held")).filter(product_id="C01")["customer_id"]
    assert set(rows.filter(model="takes_card")["customer_id"]) == set(known["customer_id"]) - set(holders)
    notes = pl.read_parquet(night.path("known_notes"))
    noted = rows.filter(model="note_default")
    assert set(noted["item"]) <= set(notes["note_id"])
    assert set(noted["customer_id"]) == set(
        notes.filter(pl.col("note_late_days") <= 90).join(known, on="customer_id", how="semi")["customer_id"]
    )
    assert set(rows.filter(model="hour")["item"]) <= {"09", "10", "11", "14", "15", "16", "17"}


def test_places_are_those_of_a_manager_s_portfolio(night: Night) -> None:
    portfolio = pl.DataFrame(night.rows_of("portfolio")).select("customer_id", "manager_id")
    rows = (
        pl.DataFrame(night.rows_of("shelf_scores")).join(portfolio, on="customer_id").filter(model="leaving")
    )
    by = rows.with_columns(
        place=pl.col("value").rank("min", descending=True).over("manager_id"),
        firms=pl.len().over("manager_id"),
    )
    assert rows["manager_id"].n_unique() > 1
    assert by["rank"].to_list() == by["place"].to_list()
    assert by["among"].to_list() == by["firms"].to_list()


def shown(night: Night) -> pl.DataFrame:
    """What is published."""
    return pl.concat(pl.DataFrame(piece) for piece in seam.rows(scored.scores(night)).pieces())


def test_what_is_shown_adds_up_to_the_score(night: Night) -> None:
    rows = shown(night)
    seam.check("shelf_scores", seam.rows(scored.scores(night)))
    seam.check("models_today", scored.models(night))
    assert rows.height == night.rows_of("shelf_scores").num_rows
    explained = rows.filter(pl.col("start").is_not_null())
    for row in explained.iter_rows(named=True):
        pushes = json.loads(row["pushes"])
        assert row["start"] + sum(one["points"] for one in pushes) + row["rest"] == row["points"]
        assert all(one["points"] for one in pushes) and len(pushes) <= 4
    readable = {name for name, form in IN_USE.items() if form in (Form.SCORECARD, Form.GLASS_BOX)}
    silent = rows.filter(pl.col("start").is_null())
    assert not set(silent["model"]) & readable
    assert silent["rank"].min() == 11
    assert set(explained["model"]) == set(IN_USE)


def test_a_promotion_before_the_morning_waits_for_the_next_night(night: Night) -> None:
    """What is shown is explained by the version it was made with."""
    before = shown(night).filter(model="leaving")
    put_to_use(night, "leaving", "v5", seed=11)
    assert shown(night).filter(model="leaving").equals(before)
    Life(Registry(night.models), "leaving").revert("Zhao", AT)


def test_a_revert_restores_yesterday_s_scores_to_the_byte(night: Night) -> None:
    files = [night.path(name) for name in ("shelf_scores", "shelf_models")]
    before = [path.read_bytes() for path in files]
    put_to_use(night, "leaving", "v2", seed=5)
    scoring.shelf(night)
    assert night.path("shelf_scores").read_bytes() != before[0]
    Life(Registry(night.models), "leaving").revert("Zhao", AT)
    for path in files:
        path.unlink()
    scoring.shelf(night)
    assert [path.read_bytes() for path in files] == before


def test_the_number_of_a_run_follows_the_versions_in_use(night: Night) -> None:
    """So a night after a revert is yesterday's run, and a promotion makes another."""
    registry = Registry(night.models)
    before = versions_in_use(registry, DAY)
    assert "leaving:v1" in before
    put_to_use(night, "leaving", "v4", seed=9)
    assert versions_in_use(registry, DAY) != before
    Life(registry, "leaving").revert("Zhao", AT)
    assert versions_in_use(registry, DAY) == before


def test_an_earlier_night_does_not_use_what_was_trained_after_it(night: Night) -> None:
    put_to_use(night, "leaving", "v3", seed=7, trained_on="2026-11-15")
    life = Life(Registry(night.models), "leaving")
    assert (life.in_use_on("2026-11-15"), life.in_use_on(DAY.isoformat())) == ("v3", "v1")
    assert life.in_use_on("2026-01-01") is None
    life.revert("Zhao", AT)


def test_without_its_trees_a_model_gives_way_to_the_rule(night: Night) -> None:
    registry = Registry(night.models)
    held = registry.page("note_default", "v1")
    held["card"]["texts"][0] += " "
    registry.keep_page("note_default", "v9", held)
    registry.use("note_default", "v9")
    row = scoring.in_use(night, the_shelf()["note_default"])
    assert isinstance(row, dict)
    assert row["state"] == "rule" and "not those that were judged" in str(row["why"])
    registry.use("note_default", "v1")


def test_a_bank_without_models_has_an_empty_shelf(night: Night, tmp_path: Path) -> None:
    bare = replace(night, models=tmp_path / "none", folder=tmp_path / "night")
    shutil.copytree(night.folder, bare.folder)
    bare.path("known").unlink()
    scoring.shelf(bare)
    assert not bare.path("known").exists()  # what only models read is not made for nobody
    assert bare.rows_of("shelf_scores").num_rows == 0 == shown(bare).height
