"""Openings that are hardly used, the ladder out, settlement that leaves: hand-made firms at and beside each bound."""

from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from xiaoer.events.night import activation, ladder_steps, leaving, said_once, stages, to_check
from xiaoer.events.terms import Ladder, Rule, Rules
from xiaoer.features.rules import windows
from xiaoer.kit.dates import day_number

DAY = date(2026, 6, 30)
TODAY, ON, RULES, LADDER = day_number(DAY), windows(DAY), Rules.in_force(DAY), Ladder.in_force(DAY)
WAN = 1_000_000
USUAL: dict[str, Any] = {
    "customer_id": "X", "tier": "premier", "potential": 2 * WAN, "contribution_12m": WAN, "loan_balance": 0,
    "known_days": 700, "opened_date": date(2020, 1, 1), "staff_count": 8, "last_contact_day": TODAY - 200,
    "last_move_day": TODAY - 2, "last_login_day": TODAY - 1, "logins_90d": 9, "moves_90d": 20, "moves_12m": 80,
    "own_out_90d": 0, "own_out_12m": 40 * WAN, "owner_out_90d": 0, "outflow_90d": 100 * WAN,
    "outflow_12m": 400 * WAN, "inflow_90d": 100 * WAN, "inflow_12m": 400 * WAN, "sales_90d": 100 * WAN,
    "sales_12m": 400 * WAN, "balance_90d": 20 * WAN, "balance_12m": 20 * WAN, "counter_12m": 0, "wages_90d": 0,
}  # fmt: skip
OPENED = TODAY - 100
FRESH: dict[str, Any] = {
    "customer_id": "X", "product_id": "E01", "product": "企业网银", "category": "electronic", "opened_day": OPENED,
    "uses": 0,
}  # fmt: skip
BEFORE = {"customer_id": pl.String, "stage": pl.String, "stage_day": pl.Int64}


def lazy(rows: list[dict[str, Any]], schema: Any = None) -> Any:
    return nw.from_native(pl.DataFrame(rows, schema=schema, infer_schema_length=None).lazy())


def found(frame: Any) -> list[dict[str, Any]]:
    return list(frame.collect("polars").to_native().to_dicts())


def staged(before: list[dict[str, Any]] | None = None, **changes: Any) -> Any:
    return stages(lazy([USUAL | changes]), lazy(before or [], BEFORE), ON, LADDER, TODAY - 1_000)


def checked(fresh: list[dict[str, Any]], partners: int = 5, **changes: Any) -> list[dict[str, Any]]:
    low = to_check(lazy(fresh), lazy([USUAL | changes]), ON, RULES)
    known = lazy([{"customer_id": "X", "partners_90d": partners}])
    return found(activation(low, known, ON, RULES))


@pytest.mark.parametrize(
    ("product", "firm", "causes"),
    [
        ({}, {"logins_90d": 0}, ["never_signed_in"]),
        ({}, {"logins_90d": None}, ["unknown"]),  # nobody tells of log-ins
        ({"uses": 3}, {"logins_90d": 0}, []),  # used often enough
        ({"uses": None}, {"logins_90d": 0}, []),  # not known how often
        ({"category": "loan"}, {}, []),
        ({"opened_day": TODAY - 90}, {}, []),  # not yet
        ({"opened_day": TODAY - 91}, {}, ["unknown"]),
        ({"opened_day": TODAY - 120}, {}, ["unknown"]),
        ({"opened_day": TODAY - 121}, {}, []),  # passed
        ({"opened_day": TODAY - 182, "uses": 5}, {}, ["unknown"]),  # half a year: twice as many uses
        ({"opened_day": TODAY - 182, "uses": 6}, {}, []),
        ({}, {"last_contact_day": TODAY - 9}, []),  # somebody was in touch since the checkpoint
        ({}, {"last_contact_day": TODAY - 10}, ["unknown"]),
        ({}, {"moves_90d": 0}, ["still"]),
        ({}, {"counter_12m": 6}, ["counter"]),
        ({"category": "payroll"}, {}, ["no_wages"]),
        ({"category": "settlement"}, {"owner_out_90d": 40 * WAN}, ["owner_account"]),
        ({"category": "settlement"}, {"owner_out_90d": 39 * WAN}, ["unknown"]),
        ({"category": "settlement"}, {"inflow_90d": 30 * WAN}, ["elsewhere"]),
        ({"category": "settlement"}, {"inflow_90d": 31 * WAN}, ["unknown"]),
    ],
)  # fmt: skip
def test_a_product_hardly_used_is_asked_after_once_with_its_likely_cause(
    product: dict[str, Any], firm: dict[str, Any], causes: list[str]
) -> None:
    seen = checked([FRESH | product], **firm)
    assert [row["variant"] for row in seen] == causes


def test_no_partners_and_one_product_of_a_firm_at_a_time() -> None:
    one = checked([FRESH | {"category": "settlement"}], partners=1)
    assert [(row["variant"], row["usual"]) for row in one] == [("no_partners", 1.0)]
    several = checked([FRESH | {"uses": 1}, FRESH | {"product_id": "S01", "product": "代发工资"}])
    assert [row["product"] for row in several] == ["代发工资"], "the least used"
    assert several[0]["began"] == OPENED + 91, "dated by its checkpoint, whichever night sees it"


@pytest.mark.parametrize(
    ("firm", "stage", "since"),
    [
        ({}, "active", None),
        ({"moves_90d": 7}, "cooling", TODAY),  # 73 in nine months: 24 a quarter, of which a good third is 8.5
        ({"moves_90d": 9}, "active", None),
        ({"moves_90d": 2, "moves_12m": 37}, "active", None),  # 11.7 a quarter is no habit
        ({"last_move_day": TODAY - 180, "last_login_day": TODAY - 180}, "dormant", TODAY),
        ({"last_move_day": TODAY - 190, "last_login_day": TODAY - 5}, "active", None),  # it signs in
        ({"last_move_day": TODAY - 370, "last_login_day": None}, "lapsed", TODAY - 5),
        ({"last_move_day": TODAY - 370, "last_login_day": None, "loan_balance": 1}, "active", None),  # it owes
        ({"last_move_day": None, "last_login_day": None, "opened_date": DAY - timedelta(200)}, "dormant", TODAY - 20),
        ({"last_move_day": None, "last_login_day": None}, "lapsed", TODAY - 635),  # as far back as payments are told
    ],
)  # fmt: skip
def test_stages(firm: dict[str, Any], stage: str, since: int | None) -> None:
    row = found(staged(**firm))[0]
    assert (row["stage"], row["stage_day"]) == (stage, since)


def test_without_accounts_there_is_no_stage() -> None:
    frame = stages(lazy([USUAL]), lazy([], BEFORE), ON, LADDER, None)
    assert found(frame)[0]["stage"] is None


def test_a_firm_cools_since_the_first_night_that_saw_it() -> None:
    was = [{"customer_id": "X", "stage": "cooling", "stage_day": TODAY - 9}]
    assert found(staged(was, moves_90d=7))[0]["stage_day"] == TODAY - 9


def steps(tier: str, quiet: int, contacted: int | None = None) -> list[tuple[str, int, int]]:
    last = {"last_move_day": TODAY - quiet, "last_login_day": None}
    known = staged(tier=tier, last_contact_day=contacted, **last)
    return [(row["rule"], row["count"], row["began"]) for row in found(ladder_steps(known, ON, LADDER))]


def test_steps_are_dated_by_tier_and_end_with_a_contact() -> None:
    assert steps("premier", 180) == [("dormant", 1, TODAY)]
    assert steps("premier", 200) == [("dormant", 1, TODAY - 20)]
    assert steps("premier", 201) == []
    assert steps("premier", 225) == [("dormant", 2, TODAY)]
    assert steps("premier", 225, TODAY) == []
    assert steps("premier", 226, TODAY - 2) == [("dormant", 2, TODAY - 1)], (
        "a contact before the step ends nothing"
    )
    assert steps("premier", 365 + 90) == [("lapsed", 2, TODAY)]
    assert steps("general", 180) == []


@pytest.mark.parametrize(
    ("firm", "sign"),
    [
        ({}, None),
        ({"moves_90d": 13, "moves_12m": 73}, None),  # fewer payments alone tell nothing
        ({"moves_90d": 13, "moves_12m": 73, "own_out_90d": 40 * WAN}, "sent"),
        ({"moves_90d": 13, "moves_12m": 73, "own_out_90d": 39 * WAN}, None),
        ({"moves_90d": 14, "moves_12m": 74, "own_out_90d": 40 * WAN}, None),  # pays nearly as often as before
        ({"moves_90d": 13, "moves_12m": 73, "inflow_90d": 55 * WAN}, "collected"),
        ({"moves_90d": 13, "moves_12m": 73, "inflow_90d": 70 * WAN}, None),
        ({"moves_90d": 13, "moves_12m": 73, "inflow_90d": 50 * WAN, "sales_90d": 80 * WAN}, None),  # sells less
        ({"moves_90d": 13, "moves_12m": 73, "balance_90d": 10 * WAN, "balance_12m": 18 * WAN}, "drained"),
        ({"moves_90d": 13, "moves_12m": 73, "balance_90d": 10 * WAN, "balance_12m": 17 * WAN}, None),
        ({"moves_90d": 13, "moves_12m": 73, "own_out_90d": 40 * WAN, "contribution_12m": 1_999}, None),
    ],
)  # fmt: skip
def test_settlement_leaves(firm: dict[str, Any], sign: str | None) -> None:
    seen = found(leaving(staged(**firm), RULES))
    assert [row["variant"] for row in seen] == ([sign] if sign else [])
    assert all(row["amount"] == WAN for row in seen), "what it brings a year is at stake"


def test_what_one_rule_says_better_another_does_not_say_again() -> None:
    rules = [Rule.SILENCE, Rule.DORMANT, Rule.BALANCE_FALLS, Rule.LOAN_MATURES]
    seen = lazy(
        [{"customer_id": "X", "rule": rule.value} for rule in rules]
        + [{"customer_id": "Y", "rule": "silence"}]
    )
    kept = sorted((row["customer_id"], row["rule"]) for row in found(said_once(seen, RULES)))
    assert kept == [("X", "dormant"), ("X", "loan_matures"), ("Y", "silence")]
