"""Who is an ideal firm: what a form may ask, what each step leaves, who may adopt another rule."""

from datetime import date
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from tests.world import BUSINESS_DATE, tables
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.segments import queries
from xiaoer.segments.actions import RIGHT, adopt
from xiaoer.segments.ideal import by_default, typed

pytestmark = pytest.mark.usefixtures("in_english")

ANALYST = Scope("A1", everything=True, edition=1, rights=frozenset({RIGHT, "firms.read"}))
MANAGER = Scope("M1", managers=("M1",), edition=1, rights=frozenset({"firms.read"}))


def test_a_form_is_read_in_the_units_it_is_typed_in() -> None:
    sent = {"nothing_late": ["1"], "risk_at_most": ["2.5"], "turnover_at_least": ["1,000"], "growth_at_least": [""],
            "regions": ["B", "A", "A"]}  # fmt: skip
    assert typed(sent) == {
        "nothing_late": True, "risk_at_most": 0.025, "turnover_at_least": 1000, "regions": ["A", "B"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "asks for nothing"),
        ({"risk_at_most": ["low"]}, "“low” is not such a number"),
        ({"risk_at_most": ["120"]}, "120 lies beyond"),
        ({"risk_at_most": ["nan"]}, "nan lies beyond"),
        ({"products_at_least": ["1.5"]}, "“1.5” is not such a number"),
        ({"regions": [str(n) for n in range(41)]}, "41 are named"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(sent: dict[str, list[str]], told: str) -> None:
    with pytest.raises(Refusal, match=told):
        typed(sent)


@pytest.mark.parametrize(
    ("day", "before"), [(date(2024, 2, 29), date(2023, 2, 28)), (date(2026, 3, 1), date(2025, 3, 1))]
)
def test_years_before(day: date, before: date) -> None:
    assert queries.years_before(day, 1) == before


def met(firm: dict[str, Any], risk: float, products: int, growth: float) -> list[bool | None]:
    """The same criteria asked of one firm; None where nothing is known."""
    now, before = firm["turnover_12m"], firm["turnover_prior_12m"]
    grown = None if now is None or not before or before <= 0 else now >= before * (1 + growth)
    return [None if firm["pd"] is None else firm["pd"] <= risk, firm["products"] >= products, grown]


@pytest.mark.django_db
@pytest.mark.parametrize("scope", [ANALYST, MANAGER], ids=["bank", "portfolio"])
def test_each_step_leaves_who_meets_it_and_counts_the_unknown_apart(scope: Scope) -> None:
    firms = [row for row in tables()["firms"].to_pylist() if scope.holds(row["branch_id"], row["manager_id"])]
    rule = queries.in_order({"growth_at_least": -0.05, "products_at_least": 2, "risk_at_most": 0.05})
    left, expected = firms, []
    for place in range(len(rule)):
        answers = [(firm, met(firm, 0.05, 2, -0.05)[place]) for firm in left]
        left = [firm for firm, answer in answers if answer]
        expected.append((len(left), sum(answer is None for _, answer in answers)))
    with acting_as(scope):
        whole, found = queries.steps(scope, rule, BUSINESS_DATE)
    assert whole == len(firms)
    assert [(one.kept, one.unknown) for one in found] == expected
    assert 0 < found[-1].kept < whole


@pytest.mark.django_db
def test_a_rule_holds_from_its_day_until_the_next_one_and_one_without_the_right_adopts_none() -> None:
    rule = typed({"products_at_least": ["2"]})
    with acting_as(ANALYST):
        assert queries.criteria(ANALYST, BUSINESS_DATE) == by_default(BUSINESS_DATE)
        made = adopt(ANALYST, rule, BUSINESS_DATE)
        assert made.kept == [one.kept for one in queries.steps(ANALYST, rule, BUSINESS_DATE)[1]]
        with pytest.raises(Refusal, match="holds already"):
            adopt(ANALYST, rule, BUSINESS_DATE)
    with acting_as(MANAGER):
        assert queries.criteria(MANAGER, BUSINESS_DATE) == rule
        assert queries.criteria(MANAGER, date(2026, 1, 1)) == by_default(BUSINESS_DATE)
        with pytest.raises(Refusal, match="your post"):
            adopt(MANAGER, typed({"products_at_least": ["3"]}), BUSINESS_DATE)


@pytest.mark.django_db
def test_nobody_writes_a_rule_in_somebody_elses_name_or_changes_one() -> None:
    with (
        acting_as(MANAGER),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        connection.cursor().execute(
            "INSERT INTO segments_idealrule (staff_id, from_date, adopted_at, criteria, kept)"
            " VALUES ('A1', '2026-01-01', now(), '{}', '[]')"
        )
    with acting_as(ANALYST), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("UPDATE segments_idealrule SET criteria = '{}'")
