"""Figures change by two persons, from a day ahead: on the page and past it, PostgreSQL holds them apart by itself."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from tests.world import BUSINESS_DATE
from xiaoer.contact_policy.queries import Policies
from xiaoer.kit.adopted import queries
from xiaoer.kit.adopted.actions import approve, ask, give_back
from xiaoer.kit.adopted.models import FigureStep
from xiaoer.kit.adopted.terms import Wanted
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.trials.families import HOLD_OUTS
from xiaoer.workbench.policy_trial import POLICY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
Scopes = Callable[[str], Scope]
ClientOf = Callable[..., Client]
TODAY = BUSINESS_DATE + timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)
WANTED = Wanted({"cap_call": 1}, TOMORROW, "calls annoy")


def asked(scope: Scope, wanted: Wanted = WANTED) -> FigureStep:
    with acting_as(scope):
        return ask(scope, POLICY, wanted, TODAY)


def test_a_change_holds_from_its_day_and_not_before(scope_of: Scopes) -> None:
    case = asked(scope_of("A1")).case
    head = scope_of("G1")
    with acting_as(head):
        assert Policies.now().on(TOMORROW).caps["call"].count == 2
        approve(head, POLICY, case, "agreed", TODAY)
        policies = Policies.now()
    assert [policies.on(day).caps["call"].count for day in (TODAY, TOMORROW)] == [2, 1]


def test_nobody_decides_what_they_asked_for(scope_of: Scopes) -> None:
    product_manager = scope_of("P1")  # may ask and adopt hold-outs
    wanted = Wanted({"holdout_offers": 20}, TOMORROW, "to find out")
    with acting_as(product_manager):
        case = ask(product_manager, HOLD_OUTS, wanted, TODAY).case
        with pytest.raises(Refusal, match="yourself"):
            approve(product_manager, HOLD_OUTS, case, "I agree with me", TODAY)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Wanted({}, TOMORROW, "nothing"), "nothing is changed"),
        (Wanted({"cap_call": 0}, TOMORROW, "none at all"), "out of range"),
        (Wanted({"cap_pigeon": 1}, TOMORROW, "birds"), "no figure"),
        (Wanted({"cap_call": 1}, TODAY, "at once"), "no day to begin on"),
        (Wanted({"cap_call": 1}, TODAY + timedelta(days=400), "one day"), "no day to begin on"),
        (Wanted({"cap_call": 1}, TOMORROW, " "), "reason"),
    ],
)
def test_what_may_not_be_asked_for(scope_of: Scopes, wanted: Wanted, why: str) -> None:
    scope = scope_of("A1")
    with acting_as(scope), pytest.raises(Refusal, match=why):
        ask(scope, POLICY, wanted, TODAY)


def test_one_change_waits_at_a_time_and_a_manager_changes_none(scope_of: Scopes) -> None:
    asked(scope_of("A1"))
    for staff, why in (("P1", "waiting"), ("M1", "post")):
        with pytest.raises(Refusal, match=why):
            asked(scope_of(staff))


def test_what_was_sent_back_or_decided_is_over_and_a_day_gone_by_is_asked_anew(scope_of: Scopes) -> None:
    case, head = asked(scope_of("A1")).case, scope_of("G1")
    with acting_as(head):
        with pytest.raises(Refusal, match="no day to begin on"):
            approve(head, POLICY, case, "too late", TOMORROW)
        give_back(head, POLICY, case, "not now", TODAY)
        with pytest.raises(Refusal, match="returned already"):
            approve(head, POLICY, case, "after all", TODAY)
        assert Policies.now().on(TOMORROW).caps["call"].count == 2


# ---------------------------------------------------------------- past the page


def row(scope: Scope, step: str, **told: Any) -> Any:
    kept = {"case": uuid4(), "subject": "contact_policy", "figures": {"cap_call": 9}, "from_date": TOMORROW,
            "staff_id": scope.staff_id, "day": TODAY} | told  # fmt: skip
    with acting_as(scope), transaction.atomic():
        return FigureStep.objects.create(step=step, **kept)


@pytest.mark.parametrize("changes", [
    {"staff_id": "A1"}, {"figures": {"cap_call": 50}}, {"from_date": TOMORROW + timedelta(days=1)},
    {"subject": "hold_outs"}, {"case": uuid4()},
])  # fmt: skip
def test_sql_alone_adopts_nothing_else_than_what_another_asked_for(scope_of: Scopes, changes: Any) -> None:
    first = asked(scope_of("A1"))
    same = {"case": first.case, "figures": first.figures, "from_date": first.from_date}
    with pytest.raises(DatabaseError):
        row(scope_of("G1"), "approved", **(same | changes))
    with pytest.raises(DatabaseError):
        row(scope_of("A1"), "approved", **same)
    row(scope_of("G1"), "approved", **same)
    with pytest.raises(DatabaseError):
        row(scope_of("R1"), "returned", **same)


def test_sql_alone_changes_no_night_that_is_shown_and_no_step(scope_of: Scopes) -> None:
    with pytest.raises(DatabaseError):
        row(scope_of("A1"), "asked", from_date=BUSINESS_DATE)
    asked(scope_of("A1"))
    with pytest.raises(DatabaseError), acting_as(scope_of("A1")), transaction.atomic():
        FigureStep.objects.update(figures={"cap_call": 99})


# ---------------------------------------------------------------- on the page


def test_from_trying_to_adopting_to_going_back(client_of: ClientOf) -> None:
    analyst, head = client_of("A1"), client_of("G1")
    tried = analyst.get("/policy/?cap_call=1&pause_2_in_7=0&pause_3_in_30=0").content.decode()
    assert "/figures/contact_policy/ask/?" in tried
    form = {"cap_call": "1", "pause_2_in_7": "0", "from_date": str(TOMORROW), "reason": "电话太多"}
    hx = {"HX-Request": "true"}
    assert analyst.post("/figures/contact_policy/ask/", form, headers=hx).status_code == 204
    with acting_as(Scope("A1", everything=True, edition=1)):
        case = str(FigureStep.objects.get().case)
    assert "别人" in analyst.get(f"/figures/{case}/").content.decode()
    own = analyst.post(f"/figures/{case}/", {"deed": "approve", "reason": "我自己"}, headers=hx)
    assert own.status_code == 422
    page = head.get("/policy/").content.decode()
    assert "电话太多" in page
    assert head.post(f"/figures/{case}/", {"deed": "approve"}, headers=hx).status_code == 422, "no reason"
    assert (
        head.post(f"/figures/{case}/", {"deed": "approve", "reason": "同意这样改"}, headers=hx).status_code
        == 204
    )
    with acting_as(Scope("A1", everything=True, edition=1)):
        policy = Policies(tuple(queries.changes("contact_policy"))).on(TOMORROW)
        assert (policy.caps["call"].count, [one.pause_days for one in policy.pauses]) == (1, [0, 90])
    sheet = analyst.get(f"/figures/{case}/").content.decode()
    assert "cap_call=2" in sheet
    assert "pause_2_in_7=30" in sheet


@pytest.mark.parametrize("staff", ["M1", "T1", "X1"])
def test_others_see_neither_sheet_nor_effects(client_of: ClientOf, staff: str) -> None:
    case = asked(Scope("A1", everything=True, rights=frozenset({"policy.ask"}), edition=1)).case
    client = client_of(staff)
    assert client.get(f"/figures/{case}/").status_code == 404
    assert client.get("/figures/contact_policy/ask/?cap_call=1").status_code == 422
    assert client.get("/effects/").status_code == 403
    assert client.get("/effects/campaigns/firms/").status_code == 403


def test_the_interface_keeps_two_persons_too(client_of: ClientOf, scope_of: Scopes) -> None:
    def post(who: str, path: str, **body: Any) -> Any:
        return client_of(who).post(f"/api/figures/{path}", json.dumps(body), content_type="application/json")

    wanted = {"figures": {"cap_call": 1}, "from_date": str(TOMORROW), "reason": "calls annoy"}
    first = post("A1", "contact_policy/changes", **wanted)
    assert first.status_code == 201
    case = first.json()["case"]
    assert post("A1", "contact_policy/changes", **wanted | {"figures": {"cap_cal": 1}}).status_code == 422
    assert post("A1", "contact_policy/changes", **wanted | {"figures": {"cap_call": "1"}}).status_code == 422
    assert post("A1", "no_policy/changes", **wanted).status_code == 404
    assert post("M1", "contact_policy/changes", **wanted).status_code == 422
    assert post("A1", f"changes/{case}/approve", reason="my own").status_code == 422
    (policy,) = [
        one for one in client_of("G1").get("/api/figures").json() if one["subject"] == "contact_policy"
    ]
    assert (policy["figures"]["cap_call"], policy["waiting"], policy["adopts"]) == (2, [case], True)
    done = post("G1", f"changes/{case}/approve", reason="agreed")
    assert (done.status_code, done.json()["state"]) == (201, "approved")
    assert [one["staff_id"] for one in done.json()["steps"]] == ["A1", "G1"]
    assert post("G1", f"changes/{case}/return", reason="or not").status_code == 422
    (told,) = client_of("A1").get("/api/figures/contact_policy/changes").json()
    assert (told["case"], told["state"]) == (case, "approved")
    assert client_of("M1").get("/api/figures").json() == []
    with acting_as(scope_of("G1")):
        assert Policies.now().on(TOMORROW).caps["call"].count == 1
    described = client_of("A1").get("/api/openapi.json").json()["paths"]
    assert all(
        one.get("summary") for name, path in described.items() if "/figures" in name for one in path.values()
    )
