"""The watch: an index by hand, chance that raises nothing, alarms that keep their first day, outcomes held against."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from xiaoer.kit.text import say
from xiaoer.scores.alarms import Findings, Told, alarms, proposal, told
from xiaoer.scores.log import WatchLog
from xiaoer.scores.registry import Registry
from xiaoer.scores.samples import Field
from xiaoer.scores.stability import Moved, Spread, moved, spread_of
from xiaoer.scores.terms import Level, Watch
from xiaoer.scores.watching import inputs_moved, score_moved, sectors_moved, spreads

DAY = date(2026, 10, 31)
RULES = Watch.in_force(DAY)
STILL = Moved("score", 0.01, 0.0, 0.05, 500)


def test_the_index_by_hand() -> None:
    """Half and half became a quarter and three quarters: 0.25 ln 2 + 0.25 ln 1.5 = 0.275, of many firms."""
    then = spread_of(Field("kind", "category", ("a", "b")), np.array([0.0, 1.0] * 50_000), 100_000)
    found = moved(then, np.array([0.0, 1.0, 1.0, 1.0] * 25_000), 100_000, 0.001)
    assert found.psi == pytest.approx(0.25 * np.log(2) + 0.25 * np.log(1.5), abs=1e-3)
    assert found.at_least(0.25)
    assert not found.at_least(0.30)


@pytest.mark.parametrize("firms", [50, 200, 1000])
def test_chance_alone_raises_nothing(firms: int) -> None:
    """Five hundred nights without any change: one may speak at a chance of a thousandth."""
    draw = np.random.default_rng(firms)
    then = spread_of(Field("x"), draw.normal(size=2000), 2000)
    nights = [moved(then, draw.normal(size=firms), firms, 0.001) for _ in range(500)]
    assert sum(night.at_least(0.10) for night in nights) <= 3
    assert np.mean([night.beyond for night in nights]) == pytest.approx(0, abs=0.03)


def test_of_few_firms_the_bare_index_would_have_cried() -> None:
    draw = np.random.default_rng(3)
    then = spread_of(Field("x"), draw.normal(size=2000), 2000)
    nights = [moved(then, draw.normal(size=60), 60, 0.001) for _ in range(200)]
    assert sum(night.psi >= 0.10 for night in nights) > 100


def test_words_never_met_and_missing_values_have_bins_of_their_own() -> None:
    then = spread_of(Field("kind", "category", ("a", "b")), np.array([0.0, 1.0] * 500), 1000)
    assert Spread.from_json(then.as_json()) == then
    assert moved(then, np.full(1000, np.nan), 1000, 0.001).at_least(RULES.psi[1])
    assert moved(then, np.full(1000, 2.0), 1000, 0.001).at_least(RULES.psi[1])
    assert moved(then, np.empty(0), 0, 0.001).at_least(0.0) is False


def rows(seed: int, shift: float = 0.0) -> pa.Table:
    """2,000 firms of two sectors; the payments of sector C are moved."""
    draw = np.random.default_rng(seed)
    sector = np.array(["C", "F", "F", "F"] * 500)
    paid = draw.normal(size=2000) + np.where(sector == "C", shift, 0.0)
    return pa.table({"customer_id": [f"C{n}" for n in range(2000)], "on_day": [seed] * 2000, "payments_90d": paid,
                     "industry_letter": sector})  # fmt: skip


def test_a_sector_is_seen_where_the_whole_hides_it() -> None:
    learnt, later = pa.concat_tables([rows(1), rows(4)]), rows(5)
    fields = (Field("payments_90d"), Field("industry_letter", "category", ("C", "F")))
    then = spreads(fields, learnt, later, later["payments_90d"].to_numpy())
    assert then["rows"] == 2000
    assert spreads(fields, later, later, later["payments_90d"].to_numpy())["sectors"] == {}, (
        "one day is no season"
    )
    calm, struck = rows(2), rows(3, shift=-0.8)
    for table, expected in ((calm, []), (struck, ["C"])):
        said = table["payments_90d"].to_numpy()
        loud = [name for name, one in sectors_moved(then, table, said, RULES) if one.at_least(RULES.psi[0])]
        assert loud == expected
        assert not score_moved(then, table, said, RULES).at_least(RULES.psi[0])
        assert not inputs_moved(then, table, RULES)[0].at_least(RULES.psi[1])


def found(**changes: object) -> Findings:
    return replace(Findings(500, 500, 500, STILL, (), ()), **changes)  # type: ignore[arg-type]


def test_what_calls_for_what() -> None:
    loud = Moved("score", 0.40, 0.35, 0.05, 500)
    assert alarms(found(), RULES) == []
    assert [one.level for one in alarms(found(score=loud), RULES)] == [Level.ACT]
    assert [one.key for one in alarms(found(inputs=(replace(loud, name="growth_90d"),)), RULES)] == ["inputs"]
    assert [one.key for one in alarms(found(rows=300), RULES)] == ["volume"]
    assert alarms(found(score=loud, firms=49), RULES) == []


def test_what_came_is_held_against_what_was_expected() -> None:
    chances = np.full(1000, 0.1)
    as_expected, twice = np.arange(1000) < 105, np.arange(1000) < 200
    assert alarms(found(told=told(chances, as_expected.astype(float), 1000)), RULES) == []
    raised = alarms(found(told=told(chances, twice.astype(float), 1000)), RULES)
    assert [(one.key, one.level) for one in raised] == [("calibration", Level.ACT)]
    assert say(raised[0].because, "en") == "100 expected, 200 came, of 1,000 rows known by now"
    few_firms = told(chances, twice.astype(float), 50)  # twenty rows a firm: it may be a few firms' fate
    assert alarms(found(told=few_firms), RULES) == []
    assert alarms(found(told=Told(100, 10.0, 30.0, 3.0)), RULES) == []  # ten expected are too few to tell


def test_an_alarm_keeps_its_first_day_and_a_night_done_again_its_line(tmp_path: Path) -> None:
    log, loud = WatchLog(Registry(tmp_path), "leaving"), Moved("score", 0.40, 0.35, 0.05, 500)
    raised = alarms(found(score=loud), RULES)
    for day in (date(2026, 10, 30), date(2026, 10, 31), date(2026, 10, 31)):
        line = log.note(day, "v1", found(score=loud), raised, None)
    assert [one["date"] for one in log.lines()] == ["2026-10-30", "2026-10-31"]
    assert (line["level"], line["alarms"][0]["since"]) == ("act", "2026-10-30")
    assert (
        log.note(date(2026, 11, 1), "v2", found(score=loud), raised, None)["alarms"][0]["since"]
        == "2026-11-01"
    )


def test_a_new_training_is_proposed_for_drift_or_age() -> None:
    loud = alarms(found(score=Moved("score", 0.40, 0.35, 0.05, 500)), RULES)
    assert proposal((), date(2026, 10, 1), DAY, "monthly", RULES) is None
    assert proposal((), date(2026, 9, 1), DAY, "monthly", RULES)["code"] == "retrain_age"  # type: ignore[index]
    assert proposal(loud, date(2026, 10, 1), DAY, "monthly", RULES)["code"] == "retrain_drift"  # type: ignore[index]
