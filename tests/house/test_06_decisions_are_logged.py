"""Point 6: the decision log keeps the whole candidate set, arm and probability; a hold-out exists from day one."""

import json
from collections import Counter
from datetime import date

from tests.house.bank import DAY, SmallBank, firm_facts
from xiaoer.kit.text import reason
from xiaoer.offers.rules import candidates, chosen
from xiaoer.offers.terms import Effort, FirmFacts, Occasion, Terms

TERMS = Terms.in_force(DAY)
MANY = 4_000


def open_door(_firm: FirmFacts, _occasion: Occasion, effort: Effort) -> tuple[Effort, None]:
    return effort, None


def arms(day: date, severity: str = "note") -> dict[str, tuple[str, float]]:
    occasion = Occasion(
        "contact_due", severity, reason("contact_due_first", due_date=day), reason("goal_contact_due"), 0
    )
    firms = [firm_facts(f"C{number}", occasion) for number in range(MANY)]
    weighed = [one for firm in firms for one in candidates(firm, TERMS, open_door, day)]
    assert {one.firm.customer_id for one in chosen(weighed)} == {
        one.firm.customer_id for one in weighed if one.arm == "treated"
    }
    return {one.firm.customer_id: (one.arm, one.arm_probability) for one in weighed}


def test_every_occasion_of_every_firm_is_in_the_log(small_bank: SmallBank) -> None:
    logged = Counter((row["customer_id"], row["rule"]) for row in small_bank.rows("decisions"))
    seen = Counter((row["customer_id"], row["rule"]) for row in small_bank.rows("events"))
    assert seen
    assert not seen - logged


def test_what_was_not_proposed_is_kept_with_its_reason_or_its_rival(small_bank: SmallBank) -> None:
    rows = small_bank.rows("decisions")
    open_rows = [row for row in rows if not row["stopped"] and row["arm"] == "treated"]
    best = {row["customer_id"]: row["priority"] for row in sorted(open_rows, key=lambda row: row["priority"])}  # type: ignore[arg-type, return-value]
    for row in rows:
        assert row["run_id"] == small_bank.night.run_id
        assert row["because"]
        assert 0 < row["arm_probability"] <= 1  # type: ignore[operator]
        assert row["expected_return"] is not None
        assert row["priority"] is not None
        if row["rank"] is not None:
            assert (row["arm"], row["stopped"]) == ("treated", None)
            assert row["offer_id"]
            assert row["priority"] == best[row["customer_id"]] or row["fits"]
            assert row["fits"] or row["dropped"]
        elif row["arm"] == "treated" and not row["stopped"]:
            assert json.loads(str(row["dropped"]))["code"]
    stopped = [json.loads(str(row["stopped"])) for row in rows if row["stopped"]]
    assert all(told["code"] for told in stopped)


def test_a_hold_out_exists_and_its_share_is_the_parameter() -> None:
    held_out = [chance for arm, chance in arms(DAY).values() if arm == "holdout"]
    share = TERMS.families.of["contact_plan"].share
    assert set(held_out) == {share}
    assert 0 < share < 0.5
    assert abs(len(held_out) / MANY - share) < 4 * (share / MANY) ** 0.5


def test_a_firm_keeps_its_arm_for_half_a_year_and_is_drawn_anew_after() -> None:
    spring, june, july = arms(date(2026, 2, 1)), arms(date(2026, 6, 30)), arms(date(2026, 7, 1))
    assert spring == june
    assert june != july


def test_nobody_is_left_alone_when_somebody_must_act() -> None:
    assert {arm for arm, _ in arms(DAY, severity="act").values()} == {"treated"}


def test_whoever_a_decision_dealt_an_arm_is_measured_in_it_and_in_no_other(small_bank: SmallBank) -> None:
    dealt = {
        (row["family"], row["customer_id"]): row["arm"]
        for row in small_bank.rows("decisions")
        if row["family"] and row["arm_probability"] < 1 and not row["stopped"]  # type: ignore[operator]
    }
    entered = [row for row in small_bank.rows("measured") if row["family"] != "campaigns"]
    assert dealt
    assert {(row["family"], row["customer_id"]): row["arm"] for row in entered} == dealt
    assert len(entered) == len(dealt), "once each"


def test_campaigns_wait_until_their_time_is_over(small_bank: SmallBank) -> None:
    rows = [row for row in small_bank.rows("measured") if row["family"] == "campaigns"]
    over = [row for row in rows if row["due_date"] <= DAY]  # type: ignore[operator]
    assert {row["arm"] for row in rows} == {"treated", "holdout"}
    assert all(row["ripe"] and row["won"] is not None and row["profit"] is not None for row in over)
    assert not any(row["ripe"] for row in rows if row not in over)
