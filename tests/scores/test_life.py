"""A model's life: two persons put a version to use, one takes it back, and what comes back is what was."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from xiaoer.app.commands import scores
from xiaoer.kit.refusal import Refusal
from xiaoer.scores.judging import Asked
from xiaoer.scores.life import Life
from xiaoer.scores.making import OneColumn, Order, champion, made
from xiaoer.scores.registry import Registry
from xiaoer.scores.samples import Field, Sample
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
