"""The bank's own rules in a night's hands: the same events on both engines, fading, and the effort they ask for."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from tests.events.test_bank_rules import EXAMPLE, WAN, names
from xiaoer.events.written import written
from xiaoer.features.rules import windows
from xiaoer.kit.dates import add_working_days, day_number
from xiaoer.kit.tables import DuckEngine
from xiaoer.nightly import bank_rules
from xiaoer.nightly.bank_lasting import STATE, Standing
from xiaoer.nightly.bank_rules import COLUMNS, RuleBook, efforts, fading, told
from xiaoer.nightly.lasted import SAID, Lasted
from xiaoer.offers.rules import candidates
from xiaoer.offers.terms import FirmFacts, Occasion, Terms

DAY = date(2026, 11, 18)
RULE = written(EXAMPLE)


def night(day: date) -> Any:
    return SimpleNamespace(business_date=day)


def noticed(day: date = DAY, told_day: int | None = None) -> pl.DataFrame:
    named = pl.DataFrame(names(RULE)).with_columns(
        began=pl.lit(day_number(DAY), pl.Int64), told_day=pl.lit(told_day, pl.Int64)
    )
    return told(named, night(day), "bank_1a", 2, RULE)


def stood(held: date = DAY) -> pl.DataFrame:
    return noticed().with_columns(held_day=pl.lit(day_number(held), pl.Int64))


def test_an_event_carries_values_and_its_version() -> None:
    (row,) = noticed().to_dicts()
    (because,) = json.loads(row["because"])
    assert because == {
        "code": "bank_1a_v2", "tone": "warn",
        "params": {"balance_90d_amount": 8 * WAN, "balance_prior_90d_amount": 20 * WAN},
    }  # fmt: skip
    assert json.loads(row["goal"])["code"] == "goal_bank_1a_v2"
    assert (row["rule"], row["severity"], row["amount"]) == ("bank_1a", "watch", 20 * WAN)
    assert noticed()["event_id"].to_list() == [row["event_id"]], "the same happening has the same number"


@pytest.mark.parametrize(("days", "stands"), [(1, True), (7, True), (8, False)])
def test_what_no_longer_holds_fades(days: int, stands: bool) -> None:
    before, nothing = stood(), noticed().clear()
    kept = fading(before, nothing, night(DAY + timedelta(days=days)), "bank_1a", RULE)
    assert kept["severity"].to_list() == (["note"] if stands else [])
    assert kept["event_id"].to_list() == (before["event_id"].to_list() if stands else [])


def test_its_term_runs_from_the_day_somebody_was_told() -> None:
    later = DAY + timedelta(days=30)
    (unsaid,), (said,) = noticed(later).to_dicts(), noticed(later, day_number(DAY) + 9).to_dicts()
    assert unsaid["event_id"] == said["event_id"] == noticed()["event_id"].item()
    assert (unsaid["event_date"], unsaid["due_date"]) == (DAY, add_working_days(later, RULE.due_days))
    assert said["due_date"] == add_working_days(DAY + timedelta(days=9), RULE.due_days) < later


def test_noticed_anew_it_is_not_kept_twice_and_another_rules_is_left_out() -> None:
    later = night(DAY + timedelta(days=1))
    assert fading(stood(), noticed(later.business_date), later, "bank_1a", RULE).is_empty()
    assert fading(stood(), noticed().clear(), later, "bank_2b", RULE).is_empty()
    assert set(noticed().columns) == set(COLUMNS)


@pytest.mark.parametrize(
    ("held_ago", "stands", "goes_on"),
    [(1, 0, True), (2, 0, False), (3, 3, True), (4, 3, False)],
)
def test_what_still_stands_goes_on_when_it_is_named_again(
    tmp_path: Path, held_ago: int, stands: int, *, goes_on: bool
) -> None:
    today = day_number(DAY)
    engine = DuckEngine(tmp_path)
    night = SimpleNamespace(engine=engine, on=windows(DAY), business_date=DAY)
    met = pl.DataFrame({"customer_id": ["X"]}).with_columns(last_contact_day=pl.lit(None, pl.Int64))
    lasted = Lasted(night, pl.DataFrame(schema=SAID), engine.table(met.to_arrow()))
    one = {
        "customer_id": "X",
        "rule": "bank_1a",
        "began": today - 30,
        "told_day": None,
        "held_day": today - held_ago,
    }
    kept = Standing(lasted, pl.DataFrame([one], pl.DataFrame(STATE.empty_table()).schema), today - 1)
    named = pl.DataFrame({"customer_id": ["X", "Y"]})
    seen = kept.since_when(named, "bank_1a", stands)
    assert dict(seen.select("customer_id", "began").iter_rows()) == {
        "X": today - 30 if goes_on else today,
        "Y": today,
    }
    assert kept.since_when(named, "bank_2b", stands)["began"].to_list() == [today, today]
    assert kept.after(seen, "bank_1a", stands)["held_day"].to_list() == [today, today]
    fades = kept.after(seen.clear(), "bank_1a", stands)
    assert fades["held_day"].to_list() == ([today - held_ago] if held_ago <= stands else [])


def test_an_unmeasured_rule_has_the_smallest_chance_of_its_purpose() -> None:
    terms = Terms.in_force(DAY)
    book = RuleBook({"bank_1a": (2, replace(RULE, purpose="offer", way="visit", minutes=50))}, frozenset())
    effort = efforts(book, terms)["bank_1a"]
    assert (effort.kind, effort.minutes, effort.chance) == ("visit", 50, 0.03)
    because = bank_rules.reason("bank_1a_v2")
    occasion = Occasion("bank_1a", "act", because, because, 20 * WAN, effort=effort)
    firm = FirmFacts("X", "B", "M", 5 * WAN, 0, None, None, occasions=(occasion,))
    (one,) = candidates(firm, terms, lambda _firm, _occasion, asked: (asked, None), DAY)
    assert one.effort == effort
    assert one.expected_return == round(0.03 * 5 * WAN)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_both_engines_keep_the_same_firms(engine: str, tmp_path: Path) -> None:
    from tests.engines.two_banks import SPARK
    from xiaoer.events.finding import named
    from xiaoer.kit.settings import settings
    from xiaoer.kit.tables import EngineName, open_engine

    if engine == "spark":
        pytest.importorskip("pyspark")
    running = open_engine(EngineName(engine), replace(settings(), home=tmp_path, **SPARK))
    rows = pl.DataFrame(
        [
            {"customer_id": f"C{n}", "tier": "premier", "kind": "enterprise", "industry_code": code, "balance_90d": now,
             "balance_prior_90d": 20 * WAN, "margin": share}
            for n, (code, now, share) in enumerate(
                [("F51", 8 * WAN, 0.1), ("F52", 8 * WAN, None), ("C34", 8 * WAN, 0.1), ("F51", None, 0.3), ("F51", 9 * WAN, 0.4)]
            )
        ]
    )  # fmt: skip
    changes = {
        "condition": "change(balance_90d) < 0 and (margin < 20% or not (margin known))",
        "population": {"industries": ["F"], "holds": ["D01"]},
    }
    before = rows.select("customer_id", balance_90d=pl.lit(9 * WAN))
    held = rows.select("customer_id", product_id=pl.lit("D01"))
    frames = [running.table(one.to_arrow()) for one in (rows, before, held)]
    found = pl.DataFrame(running.collect(named(*frames, written(EXAMPLE | changes))))
    assert sorted(found["customer_id"]) == ["C0", "C1"]
    assert found.schema["amount"] == pl.Int64
    running.close()
