"""What the risk desk says of arrears, guarantees and plans, in both languages."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from xiaoer.workbench.shown.guarantees import GuaranteeDesk, Guarantees, rings
from xiaoer.workbench.shown.past_due import of_note, past_due
from xiaoer.workbench.shown.plans import Checked, told

TODAY = date(2026, 3, 31)
#: The example of the rules page: 600 of 1,000 due on 21 February paid on the 25th, the rest on 30 March.
ROW = SimpleNamespace(
    late=[{"note": "N1", "due": "2026-02-21", "from": "2026-02-22", "until": "2026-03-30"}],
    times=[
        {"floor": 1, "in": "2026-02-22", "out": "2026-03-30"},
        {"floor": 31, "in": "2026-03-24", "out": "2026-03-30"},
    ],
)


def test_a_history_names_what_moved_it_and_its_rule() -> None:
    with translation.override("en"):
        history = past_due(ROW, TODAY)
        assert history is not None
        told = [(str(one.day), one.after, one.because, one.rule) for one in history.lines]
        assert told == [
            ("2026-03-30", "Nothing past due", "what was due on 21 Feb was paid, and nothing older is open", ""),
            ("2026-03-24", "31–60 days", "what was due on 21 Feb is still open",
             "past due, art. 10(1): at least Special mention"),
            ("2026-02-22", "1–30 days", "what was due on 21 Feb was not paid in full",
             "past due, art. 10(1): at least Special mention"),
        ]  # fmt: skip
        assert history.sentence == "Past due for the first time on 22 Feb; at most 36 days; nothing now"
        assert [(one.floor, one.times, one.days, one.left) for one in history.times] == [
            (1, 1, 36, date(2026, 3, 30)), (31, 1, 6, date(2026, 3, 30)),
        ]  # fmt: skip
    with translation.override("zh-hans"):
        assert history.lines[2].because == "2月21日应还的没有还足"


def test_the_chart_shows_every_month_end_and_where_non_performing_begins() -> None:
    with translation.override("en"):
        short = past_due(ROW, TODAY)
        assert short is not None and short.chart is not None
        assert short.chart.series[0].values[-3:] == (0, 7, 0)
        assert len(short.chart.series) == 1
        open_since = {"note": "N1", "due": "2025-11-21", "from": "2025-11-22", "until": None}
        long = past_due(SimpleNamespace(late=[open_since], times=[]), TODAY)
        assert long is not None and long.chart is not None
        assert long.chart.series[0].values[-5:] == (9, 40, 71, 99, 130)
        assert set(long.chart.series[1].values) == {91}
        assert of_note(long, "N2") is None
        assert past_due(None, TODAY) is None


def surety(number: str, **more: Any) -> SimpleNamespace:
    plain = {"customer_id": number, "balance": 100, "rule_class": "normal", "days_past_due": 0, "guarantors": 1,
             "covered_amount": 80, "debtors": 1, "stands_for_amount": 50, "ring": "", "ring_size": 0, "circle_size": 2,
             "chain": 1}  # fmt: skip
    return SimpleNamespace(**plain | more)


def test_a_firm_hears_of_its_ring_circle_and_chain() -> None:
    with translation.override("en"):
        alone = Guarantees(surety("C1"), (), set())
        tied = Guarantees(surety("C1", ring="C1", ring_size=2, circle_size=4, chain=3), (), set())
        assert alone.place == []
        assert tied.place == ["in a ring of 2 firms that stand for one another",
                              "in a circle of 4 firms tied by guarantees", "3 guarantors behind one another"]  # fmt: skip
        assert Guarantees(surety("C1", balance=0), (), set()).coverage == ""


def test_the_desk_tells_rings_with_firms_of_other_portfolios_left_out() -> None:
    whole = {"firms": 3, "balance": 300, "covered": 240, "stands_for": 150}
    held = [surety("C1", ring="C1", ring_size=3, balance=10), surety("C3", ring="C1", ring_size=3, rule_class="doubtful"),
            surety("C5", ring="C5", ring_size=2, balance=900)]  # fmt: skip
    with translation.override("en"):
        found = rings(held, {"C1": "One"})
        assert [(one.size, one.hidden, one.balance) for one in found] == [(2, 1, 900), (3, 1, 110)]
        assert found[1].worst is not None and found[1].worst["words"] == "Doubtful"
        assert GuaranteeDesk(whole, found, (), 2, ()).sentence == (
            "2 rings of mutual guarantees · 2 guarantees by somebody in trouble"
        )
        assert (
            GuaranteeDesk(whole, (), (), 0, ()).sentence == "No rings, and every guarantor pays its own debts"
        )
        nothing = dict.fromkeys(whole, 0)
        assert GuaranteeDesk(nothing, (), (), 0, ()).sentence == "Nobody stands for anybody yet"


def check(**more: Any) -> SimpleNamespace:
    plain = {"note_id": "N1", "customer_id": "C1", "rate": 0.042, "note_rate": 0.042, "next_date": None, "next_rate": None,
             "day_rule": "", "missing": [], "compared": 12, "departs": False, "day_rows": 0, "amount_rows": 0,
             "gap_amount": 0, "count_gap": 0, "rate_gap": 0.0, "since_date": None}  # fmt: skip
    return SimpleNamespace(**plain | more)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, []),
        ({"note_rate": 0.0435, "rate_gap": 0.0015}, ["rate 4.35%, by the terms 4.20% (+15 basis points)"]),
        ({"amount_rows": 2, "gap_amount": 50_000}, ["2 instalments depart by ¥500 in all"]),
        ({"day_rows": 1, "count_gap": -1}, ["1 due day departs", "1 instalment missing"]),
        ({"count_gap": 2}, ["2 instalments too many"]),
    ],
)
def test_a_plan_says_how_it_departs(more: dict[str, Any], told: list[str]) -> None:
    with translation.override("en"):
        one = Checked(check(departs=bool(more), **more), TODAY)
        assert [words.replace("500 yuan", "¥500").replace("500 元", "¥500") for words in one.told] == told
        assert one.agrees is not bool(more)


def test_when_a_rate_turns_next_and_what_a_contract_leaves_out() -> None:
    with translation.override("en"):
        one = Checked(
            check(next_date=date(2027, 1, 1), next_rate=0.041, missing=["pay_day"], compared=0), TODAY
        )
        assert one.turns == "rate turns on 1 Jan 2027: 4.10% at tonight's LPR"
        assert Checked(check(next_date=date(2026, 5, 1)), TODAY).turns == "rate turns on 1 May"
        assert (one.missing, one.agrees) == (["the day of the month"], False)
        assert one.summary == "the contract does not say: the day of the month"


def test_the_list_of_plans_says_how_many_depart_and_how_many_could_be_compared() -> None:
    with translation.override("en"):
        assert told(0, 0, 0).sentence == "No plan to compare yet"
        assert told(0, 3, 5).sentence == "Every plan that could be compared is as its contract says"
        assert told(1, 3, 5).sentence == "1 plan departs from its contract"
        assert told(2, 3, 5).lede.startswith("3 of 5 plans compared")
