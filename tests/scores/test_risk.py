"""The risk card: points that add up, judgement out of fold, small samples never promoted, leaks found."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.features.terms import catalogue
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.text import reason, say
from xiaoer.scores.judging import verdict
from xiaoer.scores.measures import auc, redrawn, wilson
from xiaoer.scores.night import bands, read_by, scoring
from xiaoer.scores.registry import Registry
from xiaoer.scores.repeating import train_and_judge
from xiaoer.scores.rules import moved, probability, score, start_points
from xiaoer.scores.samples import Sample
from xiaoer.scores.terms import Scorecard, Specification, State, specification

SPEC = replace(specification("risk"), repeats=2)


def sample(firms: int = 400, seed: int = 3, strength: float = 1.5, bad_share: float = 0.25) -> Sample:
    """Firms whose default hangs on two of the features, the rest being noise."""
    draw = np.random.default_rng(seed)
    columns = {entry.name: draw.lognormal(3, 1, firms) for entry in SPEC.inputs}
    pull = strength * (np.log(columns["month_unevenness"]) - np.log(columns["sales_a_month"])) / 1.4
    bad = pull + draw.normal(0, 1, firms) > np.quantile(pull, 1 - bad_share)
    return Sample(tuple(f"C{n:04d}" for n in range(firms)), columns, bad)


@pytest.fixture(scope="module")
def judged() -> tuple[Scorecard, dict[str, object]]:
    return train_and_judge(SPEC, sample(), "2026-10-31")


def test_points_add_up_and_give_the_probability(judged: tuple[Scorecard, dict[str, object]]) -> None:
    card = judged[0]
    scored = score(card, sample(seed=9).columns)
    assert (scored.points == start_points(card) + scored.parts.sum(axis=1)).all()
    assert np.allclose(scored.probability, probability(card.points, scored.points))
    order = np.argsort(scored.points)
    assert (np.diff(scored.probability[order]) <= 0).all()


def test_twenty_points_double_the_odds() -> None:
    low, high = probability(SPEC.points, np.array([600, 620]))
    assert low / (1 - low) == pytest.approx(1 / 20)
    assert (high / (1 - high)) * 2 == pytest.approx(low / (1 - low))


def test_the_judgement_is_out_of_fold_and_fair(judged: tuple[Scorecard, dict[str, object]]) -> None:
    told = judged[1]
    assert told["low"] < told["value"] < told["high"]  # type: ignore[operator]
    assert told["state"] == State.LIVE
    assert 0.6 < told["calibration"]["slope"] < 1.5  # type: ignore[index]
    noise = train_and_judge(SPEC, sample(strength=0.0, seed=5), "2026-10-31")[1]
    assert 0.35 < noise["value"] < 0.65  # type: ignore[operator]


def test_a_model_no_better_than_its_rival_is_refused() -> None:
    told = train_and_judge(SPEC, sample(strength=0.0, seed=5), "2026-10-31")[1]
    if told["value"] <= told["rival_value"]:  # type: ignore[operator]
        assert told["state"] == State.REFUSED
    blunt = replace(sample(), columns=sample().columns | {"sales_12m": -sample().hit.astype(float)})
    assert verdict(blunt, "sales_12m alone", 0.9, 1.0, [])[0] == State.REFUSED


def test_below_forty_it_is_a_small_sample() -> None:
    card, told = train_and_judge(SPEC, sample(firms=120), "2026-10-31")
    assert int(sample(firms=120).hit.sum()) < 40
    assert (card.state, told["state"]) == (State.SMALL_SAMPLE, State.SMALL_SAMPLE)


def test_too_few_to_train_on_is_a_refusal() -> None:
    assert 0 < int(sample(firms=60, bad_share=0.02).hit.sum()) < 10
    with pytest.raises(Refusal, match="too few"):
        train_and_judge(SPEC, sample(firms=60, bad_share=0.02), "2026-10-31")


def test_a_leak_is_named() -> None:
    leaky = sample()
    columns = dict(leaky.columns) | {"buyers": leaky.hit * 5.0 + np.random.default_rng(1).normal(0, 0.5, 400)}
    told = train_and_judge(SPEC, replace(leaky, columns=columns), "2026-10-31")[1]
    assert told["leaks"] == ["buyers"]
    assert told["state"] == State.REFUSED


def test_the_banks_own_rating_is_not_among_the_inputs() -> None:
    assert "bank_rating" in SPEC.never_reads
    assert not {entry.name for entry in SPEC.inputs} & set(SPEC.never_reads)
    assert {entry.name for entry in SPEC.inputs} <= set(catalogue())


def test_training_twice_gives_the_same_card() -> None:
    assert train_and_judge(SPEC, sample(), "d")[0] == train_and_judge(SPEC, sample(), "d")[0]


def test_missing_counts_as_usual(judged: tuple[Scorecard, dict[str, object]]) -> None:
    card = judged[0]
    nothing = {entry.name: np.array([np.nan]) for entry in card.inputs}
    usual = {entry.name: np.array([entry.usual]) for entry in card.inputs}
    assert score(card, nothing).points == score(card, usual).points


def test_scores_carry_three_reasons_in_both_languages(judged: tuple[Scorecard, dict[str, object]]) -> None:
    card, drawn = judged[0], sample(firms=5)
    columns: dict[str, object] = dict(drawn.columns)
    columns |= {"sale_papers": [3.0, 2.0, 0.0, 9.0, None], "buyers": [1.0, None, 2.0, 3.0, 4.0]}
    firms = pa.RecordBatch.from_pydict({"customer_id": list(drawn.keys)} | columns)
    assert set(read_by(card, "sale_papers")) == set(firms.schema.names)
    scored = pl.DataFrame(scoring(card, "sale_papers")(firms))
    known = scored.join(pl.DataFrame(firms), on="customer_id", how="left").to_dicts()
    assert [row["customer_id"] for row in known] == ["C0000", "C0001", "C0003"]
    inputs = [(entry.name, entry.usual) for entry in card.inputs]
    units = {name: one.unit for name, one in catalogue().items()}
    for row in known:
        assert row["version"] == card.version
        every = moved(inputs, units, [row[name] for name, _ in inputs], row["parts"])
        assert start_points(card) + sum(one["points"] for one in every) == row["points"]
        sizes = [abs(one["points"]) for one in every]
        assert sizes == sorted(sizes, reverse=True)
        assert all(say(one, language) for one in every for language in ("zh", "en"))


def test_what_moved_a_score_says_the_value_beside_the_usual_one() -> None:
    """Of inputs that moved alike the one earlier by name comes first; a value nobody knows says so."""
    inputs = [("sales_12m", 8_831_148.7), ("buyers", 2.675), ("void_share", 0.0123)]
    units = {name: catalogue()[name].unit for name, _ in inputs}
    amount, count, share = moved(inputs, units, [None, 1.005, 0.5], [-12, -3, 3])
    assert amount == reason("score_missing", feature_words="sales_12m") | {"points": -12}
    shown = {"feature_words": "buyers", "value": 1.0, "usual": 2.67}
    assert count == reason(f"score_{units['buyers']}", "bad", **shown) | {"points": -3}
    assert share["params"] == {"feature_words": "void_share", "value_share": 0.5, "usual_share": 0.0123}
    assert (share["tone"], share["points"]) == ("good", 3)


def test_bands_begin_at_their_limits() -> None:
    assert bands(np.array([0.0, 0.0499, 0.05, 0.1999, 0.2, 1.0])).to_pylist() == [
        "low", "low", "medium", "medium", "high", "high",
    ]  # fmt: skip


def test_a_kept_card_comes_back_as_it_was(
    judged: tuple[Scorecard, dict[str, object]], tmp_path: Path
) -> None:
    registry = Registry(tmp_path)
    assert registry.in_use("risk") is None
    registry.keep(*judged)
    assert registry.in_use("risk") == judged[0]
    with pytest.raises(Refusal, match="no version"):
        registry.page("risk", "0" * 12)


@given(st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=2, max_size=60))
def test_auc_is_the_share_of_rightly_ordered_pairs(pairs: list[tuple[bool, int]]) -> None:
    bad, value = np.array([one for one, _ in pairs]), np.array([float(two) for _, two in pairs])
    if not 0 < bad.sum() < len(bad):
        return
    ordered = [(b > g) + 0.5 * (b == g) for b in value[bad] for g in value[~bad]]
    assert auc(bad, value) == pytest.approx(np.mean(ordered))


@given(st.lists(st.tuples(st.booleans(), st.integers(-3, 3), st.integers(0, 3)), min_size=2, max_size=30))
def test_firms_drawn_again_are_judged_as_if_laid_side_by_side(firms: list[tuple[bool, int, int]]) -> None:
    bad, value = np.array([one for one, _, _ in firms]), np.array([float(two) for _, two, _ in firms])
    times = np.array([three for _, _, three in firms])
    drawn = np.repeat(bad, times)
    if not 0 < drawn.sum() < len(drawn):
        return
    assert redrawn(bad, value)(times) == pytest.approx(auc(drawn, np.repeat(value, times)))


def test_wilson_against_the_published_example() -> None:
    """81 of 263: 0.2553 to 0.3662 (Newcombe 1998, table I, method 3)."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_the_specification_is_complete() -> None:
    assert isinstance(specification("risk"), Specification)
    with pytest.raises(KeyError):
        specification("none")
