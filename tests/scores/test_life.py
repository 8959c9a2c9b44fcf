"""A model's life: two persons put a version to use, one takes it back, and what comes back is what was."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from xiaoer.app.commands import scores
from xiaoer.kit.refusal import Refusal
from xiaoer.scores.judging import Asked
from xiaoer.scores.keeping import said_of
from xiaoer.scores.life import Life, stands_in
from xiaoer.scores.making import OneColumn, Order, champion, made
from xiaoer.scores.registry import Registry
from xiaoer.scores.rivalry import beside
from xiaoer.scores.samples import Field, Sample
from xiaoer.scores.specifications import the_shelf
from xiaoer.scores.splits import last_part
from xiaoer.scores.terms import Form, Scale, Scorecard, State

NOW = datetime(2026, 11, 28, tzinfo=UTC)
CARD = Scorecard("risk", "", State.LIVE, 0.5, Scale(600, 20, 20), (), "", 900, 90)


def kept(registry: Registry, version: str, day: str, state: State = State.LIVE, *, use: bool = False) -> None:
    judgement = {"model": "risk", "state": state, "value": 0.8, "refused_because": "too weak"}
    registry.keep(replace(CARD, version=version, trained_on=day, state=state), judgement, use=use)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    registry = Registry(tmp_path)
    kept(registry, "first", "2026-09-30", use=True)
    kept(registry, "second", "2026-10-31")
    kept(registry, "weak", "2026-11-15", State.REFUSED)
    kept(registry, "few", "2026-11-16", State.SMALL_SAMPLE)
    return registry


@pytest.mark.parametrize(("by", "approved_by"), [("Li", "Li"), ("Li", " li "), ("Li", ""), ("", "Wang")])
def test_one_person_alone_is_refused(registry: Registry, by: str, approved_by: str) -> None:
    with pytest.raises(Refusal):
        Life(registry, "risk").promote(by, approved_by, NOW)
    assert registry.version_in_use("risk") == "first" and Life(registry, "risk").turns() == []


def test_promotion_and_revert_restore_exactly(registry: Registry) -> None:
    life, before = Life(registry, "risk"), registry.in_use("risk")
    assert life.candidate() == "second"
    life.promote("Li", "Wang", NOW)
    assert registry.in_use("risk") == replace(CARD, version="second", trained_on="2026-10-31")
    assert life.candidate() is None
    life.revert("Zhao", NOW)
    assert registry.in_use("risk") == before
    assert [(turn.what, turn.version, turn.approved_by) for turn in life.turns()] == [
        ("promoted", "second", "Wang"), ("reverted", "first", "Wang"),
    ]  # fmt: skip
    with pytest.raises(Refusal, match="no version was in use before"):
        life.revert("Zhao", NOW)


def test_two_promotions_are_taken_back_one_by_one(registry: Registry) -> None:
    life = Life(registry, "risk")
    life.promote("Li", "Wang", NOW)
    kept(registry, "third", "2026-11-20")
    life.promote("Li", "Wang", NOW)
    assert [life.revert("Li", NOW).version for _ in range(2)] == ["second", "first"]


@pytest.mark.parametrize(
    ("version", "why"), [("weak", "too weak"), ("few", "may not be used"), ("none", "no version")]
)
def test_what_is_not_good_enough_is_never_promoted(registry: Registry, version: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        Life(registry, "risk").promote("Li", "Wang", NOW, version)
    assert registry.version_in_use("risk") == "first"


def test_from_the_command_line(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores, "_registry", lambda: registry)

    def said(*words: str) -> Any:
        return json.loads(
            CliRunner().invoke(scores.command, [*words, "--json"], catch_exceptions=False).output
        )

    (row,) = [row for row in said("list") if row["model"] == "risk"]
    assert (row["version"], row["challenger"], row["state"], row["approved_by"]) == (
        "first",
        "second",
        "live",
        None,
    )
    (turn,) = said("promote", "--all", "--by", "Li", "--approved-by", "Wang")
    assert (turn["model"], turn["version"], turn["before"]) == ("risk", "second", "first")
    assert said("promote", "--all", "--by", "Li", "--approved-by", "Wang") == []
    (turn,) = said("revert", "risk", "--by", "Li")
    assert turn["version"] == "first" == registry.version_in_use("risk")
    with pytest.raises(Refusal, match="cannot approve"):
        said("promote", "risk", "--by", "Li", "--approved-by", "Li")


def test_a_form_is_made_kept_and_promoted(tmp_path: Path) -> None:
    """From rows to a version in use: judged out of time, put right on rows it was not fitted to."""
    draw = np.random.default_rng(8)
    columns = {"debt": draw.normal(0, 1, 1_500), "age": draw.normal(0, 1, 1_500)}
    hit = draw.random(1_500) < 1 / (1 + np.exp(1.5 - 1.3 * columns["debt"]))
    days = np.datetime64("2025-01-01") + (np.arange(1_500) // 4).astype("timedelta64[D]")
    sample = Sample(tuple(map(str, range(1_500))), columns, hit, firms=np.arange(1_500) % 700, when=days)
    order = Order(
        Asked("late", "firms", "age alone"), (Field("debt", monotone=1), Field("age")), Scale(600, 20, 20),
        lambda rows: OneColumn("age", 1), last_part(sample, gap_days=30), "2026-02-01",
    )  # fmt: skip
    tried = [made(order, form, sample) for form in (Form.SCORECARD, Form.TREES)]
    best, registry = champion(tried), Registry(tmp_path)
    assert best is tried[0] and best.judgement["value"] > best.judgement["rival_value"]
    assert best.judgement["split"].startswith("out of time") and len(best.judgement["months"]) > 2
    assert best.card.score(columns).probability.mean() == pytest.approx(hit.mean(), abs=0.04)
    for one in tried:
        registry.keep_page(one.model, one.version, one.as_json())
    turn = Life(registry, "late").promote("Li", "Wang", NOW, best.version)
    assert (
        registry.form("late", turn.version).score(columns).points == best.card.score(columns).points
    ).all()


def said(registry: Registry, version: str, told: np.ndarray, hit: np.ndarray) -> None:
    """What a version said of the rows it was judged on."""
    rows = {
        "customer_id": [f"C{n // 2}" for n in range(len(hit))], "on_day": np.zeros(len(hit), dtype=np.int64),
        "item": [str(n) for n in range(len(hit))], "label": hit.astype(float), "said": told,
    }  # fmt: skip
    registry.keep_page(
        "leaving",
        version,
        {
            "card": {"trained_on": version},
            "judgement": {"state": "challenger", "metric": "auc", "value": 0.7},
        },
    )
    pq.write_table(pa.table(rows), said_of(registry, "leaving", version))


def test_a_challenger_that_is_worse_on_the_same_rows_stays_one(tmp_path: Path) -> None:
    draw, registry = np.random.default_rng(3), Registry(tmp_path)
    truth = draw.normal(size=1_200)
    hit = draw.random(1_200) < 1 / (1 + np.exp(1 - truth))
    said(registry, "2026-08-31", truth + draw.normal(0, 1, 1_200), hit)
    said(registry, "2026-09-30", truth + draw.normal(0, 2, 1_200), hit)
    said(registry, "2026-10-31", truth + draw.normal(0, 0.5, 1_200), hit)
    life = Life(registry, "leaving")
    assert life.promote("Li", "Wang", NOW, "2026-08-31").beside == ""
    with pytest.raises(Refusal, match="may be worse than the one in use: auc -0"):
        life.promote("Li", "Wang", NOW, "2026-09-30")
    told = life.promote("Li", "Wang", NOW, "2026-10-31").beside
    assert told.startswith("auc +0.") and told.endswith("on 1200 rows")
    assert [turn.version for turn in life.turns()] == ["2026-08-31", "2026-10-31"]


def test_rows_only_one_was_judged_on_are_not_compared(tmp_path: Path) -> None:
    draw, registry = np.random.default_rng(3), Registry(tmp_path)
    hit = draw.random(200) < 0.4
    said(registry, "2026-08-31", draw.normal(size=200), hit)
    said(registry, "2026-09-30", draw.normal(size=200), hit)
    path = said_of(registry, "leaving", "2026-09-30")
    rows = pq.read_table(path)
    pq.write_table(rows.set_column(1, "on_day", pa.array([31] * 200)), path)
    assert beside(registry, "leaving", "2026-09-30", "2026-08-31") is None


def test_the_first_promotion_is_taken_back_to_the_rule(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    kept(registry, "first", "2026-09-30")
    life = Life(registry, "risk")
    life.promote("Li", "Wang", NOW)
    turn = life.revert("Zhao", NOW)
    assert (turn.version, turn.before) == ("", "first")
    assert registry.version_in_use("risk") is None is life.in_use_on("2026-12-31")
    with pytest.raises(Refusal, match="no version was in use before"):
        life.revert("Zhao", NOW)
    assert life.promote("Li", "Wang", NOW, "first").before is None


def test_where_no_effect_is_known_the_response_orders_the_list() -> None:
    shelf = the_shelf()
    assert stands_in(shelf["asking_card"], shelf) == "takes_card"
    assert stands_in(shelf["leaving"], shelf) is None
    assert all(stands_in(one, shelf) for one in shelf.values() if one.family == "uplift")
