"""A model's life: two persons put a version to use, one takes it back, and what comes back is what was."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from xiaoer.app.commands import scores
from xiaoer.kit.refusal import Refusal
from xiaoer.scores.life import Life
from xiaoer.scores.registry import Registry
from xiaoer.scores.terms import Scale, Scorecard, State

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
