"""A model of the shelf from rows to use: trained and judged apart, refused with a reason, kept for two people."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.columns import columns_of, fields_of, sample_of, thinned
from xiaoer.scores.effects import qini, transformed
from xiaoer.scores.keeping import keep, newest, read_said, refuse
from xiaoer.scores.life import Life
from xiaoer.scores.registry import Registry
from xiaoer.scores.shelved import Proved, Task
from xiaoer.scores.specifications import Inputs, Model, Rival, models
from xiaoer.scores.terms import Form
from xiaoer.scores.weighing import prove

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
ROWS = 900


def a_model(name: str = "leaving", **changes: Any) -> Model:
    """A model of the shelf that reads two figures and a code."""
    falling = ("payments_90d",) if name == "leaving" else ()
    inputs = Inputs(("payments_90d", "balance_90d", "kind"), falling=falling)
    return replace(
        models()[name], inputs=inputs, rival=Rival("balance_90d", -1), forms=(Form.SCORECARD,), **changes
    )


def drawn(seed: int, days: tuple[int, ...], *, tells: float = 1.2) -> pa.Table:
    """Firms whose outcome hangs on `payments_90d` as far as `tells` says, and on nothing else."""
    draw = np.random.default_rng(seed)
    known = draw.normal(size=ROWS)
    hit = draw.random(ROWS) < 1 / (1 + np.exp(1 + tells * known))
    return pa.table(
        {
            "customer_id": [f"C{n % 600:04d}" for n in range(ROWS)],
            "on_day": pa.array([days[n % len(days)] for n in range(ROWS)], pa.int64()),
            "item": [""] * ROWS,
            "from_day": pa.array([days[n % len(days)] for n in range(ROWS)], pa.int64()),
            "label": hit.astype(np.float64),
            "payments_90d": known,
            "balance_90d": draw.normal(size=ROWS),
            "kind": draw.choice(["enterprise", "owner"], ROWS),
        }
    )


def task(model: Model, train: pa.Table, judge: pa.Table) -> Task:
    return Task(model, train, judge, "out of time", "2026-10-31")


def test_a_word_never_seen_is_told_from_a_missing_one() -> None:
    model = a_model()
    fields = fields_of(model, drawn(1, (0,)))
    asked = pa.table({"payments_90d": [1, None], "balance_90d": [1.5, 2.0], "kind": ["sole_trader", None]})
    read = columns_of(fields, asked)
    assert read["kind"][0] == len(fields[2].levels) == 2
    assert np.isnan(read["kind"][1])
    assert np.isnan(read["payments_90d"][1])
    assert [field.monotone for field in fields] == [-1, 0, 0]


def test_rows_of_a_firm_stay_one_firm_and_outcomes_keep_their_share() -> None:
    rows = drawn(1, (0, 30))
    sample = sample_of(fields_of(a_model(), rows), rows)
    assert len(np.unique(sample.owners)) == 600
    few = thinned(rows, 100)
    assert few.num_rows == 100
    share = np.mean(rows["label"].to_numpy())
    assert np.mean(few["label"].to_numpy()) == pytest.approx(share, abs=0.02)


def test_a_chance_is_judged_on_later_rows_beside_its_rival() -> None:
    proved = prove(task(a_model(), drawn(1, (0, 30)), drawn(2, (400, 430))))
    row = proved.judgement
    assert row["state"] == "live"
    assert row["rival_value"] < 0.6 < row["low"] < row["value"] < row["high"]
    assert row["n"] == proved.said.num_rows == ROWS
    assert row["calibration"]["slope"] == pytest.approx(1, abs=0.25)
    assert {one["group"] for one in row["groups"]["kind"]} == {"enterprise", "owner"}


def test_what_tells_nothing_is_refused_and_too_little_is_not_trained() -> None:
    blind = prove(task(a_model(), drawn(1, (0,), tells=0), drawn(2, (400,), tells=0))).judgement
    assert (blind["state"] == "refused") == (blind["value"] <= blind["rival_value"])
    few = drawn(1, (0,))
    none = few.set_column(4, "label", pa.array([0.0] * ROWS))
    with pytest.raises(Refusal, match="0 of 900 rows"):
        prove(task(a_model(), few, none))


def test_fewer_than_forty_is_a_small_sample() -> None:
    judge = drawn(2, (400,))
    label = judge["label"].to_numpy()
    keep = np.sort(np.concatenate([np.flatnonzero(label > 0)[:39], np.flatnonzero(label == 0)]))
    row = prove(task(a_model(), drawn(1, (0,)), judge.take(pa.array(keep)))).judgement
    assert (row["state"], row["positives"]) == ("small_sample", 39)


def test_a_column_that_is_the_outcome_leaks() -> None:
    rows = {seed: drawn(seed, (seed,)) for seed in (1, 400)}
    leaky = {seed: one.set_column(6, "balance_90d", one["label"]) for seed, one in rows.items()}
    row = prove(task(a_model(), leaky[1], leaky[400])).judgement
    assert (row["state"], row["leaks"]) == ("refused", ["balance_90d"])


def test_an_amount_must_be_nearer_than_its_rival() -> None:
    def amounts(seed: int) -> pa.Table:
        rows = drawn(seed, (seed,))
        known = rows["payments_90d"].to_numpy()
        label = np.exp(8 + known + 0.3 * np.random.default_rng(seed + 1000).normal(size=ROWS))
        return rows.set_column(4, "label", pa.array(label))

    row = prove(task(a_model("contribution"), amounts(1), amounts(400))).judgement
    assert row["state"] == "live"
    assert row["value"] > 0.4 > row["rival_value"]
    same = amounts(1).set_column(4, "label", pa.array([1.0] * ROWS))
    with pytest.raises(Refusal, match="every known outcome is 1"):
        prove(task(a_model("loss_given_default"), same, same))


def lists(seed: int) -> pa.Table:
    """Firms of which those with many payments take when asked, and those with few take anyway."""
    draw = np.random.default_rng(seed + 1000)
    rows = drawn(seed, (seed,))
    known, treated = rows["payments_90d"].to_numpy(), draw.integers(0, 2, ROWS)
    chance = np.where(known > 0, 0.05 + 0.5 * treated, 0.6)
    label = (draw.random(ROWS) < chance).astype(np.float64)
    columns = {"treated": treated, "treated_share": np.full(ROWS, 0.5)}
    rows = rows.set_column(4, "label", pa.array(label))
    for name, values in columns.items():
        rows = rows.append_column(name, pa.array(values))
    return rows


def test_who_changes_by_being_asked_is_not_who_takes() -> None:
    model = replace(
        models()["asking_card"], inputs=Inputs(("payments_90d", "balance_90d")), rival=Rival("balance_90d")
    )
    row = prove(task(model, lists(1), lists(400))).judgement
    assert row["state"] == "live"
    assert row["value"] > max(row["response_value"], 0)
    assert row["effect"] == pytest.approx(0.25, abs=0.1)


def test_qini_by_hand() -> None:
    hit, treated, half = np.array([1.0, 0, 1, 0]), np.array([1.0, 0, 0, 1]), np.full(4, 0.5)
    worth = transformed(hit, treated, half)
    assert worth.tolist() == [2.0, 0.0, -2.0, 0.0]
    # Best first: gains 0.5, 0.5, 0.5, 0 of a firm; by lot 0 all along: the mean is 375 of a thousand.
    assert qini(worth, np.array([3.0, 2, 0, 1])) == pytest.approx(375)
    assert qini(worth, np.ones(4)) == pytest.approx(0)  # all tie: no order at all


def proved(version: str, state: str = "live") -> Proved:
    why = "why" if state != "live" else None
    row = {
        "model": "leaving",
        "version": version,
        "state": state,
        "refused_because": why,
        "trained_on": "2026-10-31",
    }
    return Proved(version, {"form": "scorecard"}, row | {"value": 0.8}, pa.table({"said": [0.1]}))


def test_a_version_good_enough_waits_for_two_people(tmp_path: Path) -> None:
    registry, model = Registry(tmp_path), a_model()
    keep(registry, model, proved("v1"))
    life = Life(registry, "leaving")
    assert newest(registry, model)["state"] == "challenger"
    with pytest.raises(Refusal):
        life.promote("Chen", " chen ", AT)
    life.promote("Chen", "Zhou", AT)
    assert newest(registry, model)["state"] == "live"
    assert read_said(registry, "leaving", "v1").to_pylist() == [{"said": 0.1}]


@pytest.mark.parametrize("state", ["refused", "small_sample"])
def test_what_is_not_good_enough_waits_for_nobody(tmp_path: Path, state: str) -> None:
    registry, model = Registry(tmp_path), a_model()
    keep(registry, model, proved("v1"))
    Life(registry, "leaving").promote("Chen", "Zhou", AT)
    keep(registry, model, proved("v2", state))
    assert Life(registry, "leaving").candidate() is None
    assert registry.version_in_use("leaving") == "v1"  # what was good enough stays
    assert newest(registry, model)["refused_because"] == "why"


def test_a_refusal_is_listed_with_its_reason(tmp_path: Path) -> None:
    registry, model = Registry(tmp_path), a_model()
    assert newest(registry, model)["state"] == "not trained"
    row = refuse(registry, model, Refusal("no outcome is known"), "2026-10-31")
    assert (row["state"], row["refused_because"], row["value"]) == ("refused", "no outcome is known", None)
    assert newest(registry, model)["refused_because"] == "no outcome is known"
    assert registry.versions("leaving") == []
