"""What firms come with: due in working days, handled step by step in scope, and no marketing while a complaint is open."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from tests.world import BUSINESS_DATE, tables
from xiaoer.contacts.actions import record_outcome
from xiaoer.contacts.terms import About, FollowUp
from xiaoer.customers import queries as customers
from xiaoer.kit.dates import day_number
from xiaoer.kit.forgetting import FORGOTTEN, forget_words
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.satisfaction import night, requests
from xiaoer.satisfaction.handling import handle, record
from xiaoer.satisfaction.models import Request, RequestStep
from xiaoer.satisfaction.rules import deadlines, due_date
from xiaoer.satisfaction.terms import Asked, Deed, RequestRule, Step
from xiaoer.workbench.approaching import Door

Scopes = Callable[[str], Scope]
TODAY = BUSINESS_DATE + timedelta(days=1)
ROWS = tables()["requests"].to_pylist()
LATE = next(row for row in ROWS if row["status"] == "open" and row["manager_id"] == "M1")
THEIRS = next(row for row in ROWS if row["status"] == "open" and row["manager_id"] == "M3")
CLOSED = next(row for row in ROWS if row["status"] == "closed" and row["manager_id"] == "M1")
FIRM = "C000003"  # M1's, with nothing open
SAID = Asked("complaint", "speed", "call", "ten days for a drawdown")
RULE = RequestRule.in_force(TODAY)


# ---------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("kind", "received", "due"),
    [
        ("complaint", date(2026, 11, 19), date(2026, 11, 26)),  # a Thursday; the day itself does not count
        ("question", date(2026, 11, 20), date(2026, 11, 24)),  # over a weekend
        ("request", date(2026, 11, 21), date(2026, 11, 25)),  # received on a Saturday
        ("request", date(2026, 9, 29), date(2026, 10, 9)),  # over the national holidays of 2026
    ],
)
def test_days_to_answer_are_working_days(kind: str, received: date, due: date) -> None:
    assert due_date(kind, received, RULE) == due
    assert {"kind": kind, "requested_date": received, "due_date": due} in deadlines(received, received, RULE)


def frame(rows: list[dict[str, Any]], schema: dict[str, Any]) -> Any:
    return nw.from_native(pl.DataFrame(rows, schema).lazy())


FILE = {
    **dict.fromkeys(("request_id", "customer_id", "kind", "topic", "channel", "product_id", "staff_id", "status"),
                    pl.String),
    "requested_date": pl.Date, "deadline_date": pl.Date, "closed_date": pl.Date, "confirmed": pl.Boolean,
}  # fmt: skip
DESK = {**dict.fromkeys(("request_id", "customer_id", "kind", "topic", "channel", "owner_id"), pl.String),
        "day": pl.Date, "due_date": pl.Date}  # fmt: skip
STEPS = {"step_id": pl.Int64, "request_id": pl.String, "step": pl.String, "day": pl.Date}
DAY = date(2026, 6, 30)


def stood(
    file: list[dict[str, Any]], desk: list[dict[str, Any]], steps: list[tuple[str, str, date]]
) -> dict[str, str]:
    done = [
        {"step_id": at, "request_id": one, "step": step, "day": day}
        for at, (one, step, day) in enumerate(steps)
    ]
    kept_from = day_number(DAY - timedelta(days=90))
    rows = night.requests(
        frame(file, FILE), frame(desk, DESK), frame(done, STEPS), day_number(DAY), kept_from
    )
    return dict(rows.collect("polars").to_native().select("request_id", "state").iter_rows())


def test_where_requests_stand_tonight() -> None:
    back = DAY - timedelta(days=10)
    file = [
        {"request_id": name, "customer_id": "C", "kind": "complaint", "requested_date": back, "status": status,
         "closed_date": closed}
        for name, status, closed in (
            ("open", "open", None), ("unsaid", None, None), ("done", "closed", DAY), ("again", "closed", back),
            ("earlier", "closed", DAY), ("ours", "open", None), ("waits", "open", None),
            ("old", "closed", DAY - timedelta(days=91)), ("kept", "closed", DAY - timedelta(days=90)),
        )
    ]  # fmt: skip
    ahead = {"request_id": "ahead", "customer_id": "C", "kind": "complaint", "status": "open"}
    file.append(ahead | {"requested_date": DAY + timedelta(days=1)})
    desk = [{"request_id": "D1", "customer_id": "C", "kind": "complaint", "day": back, "due_date": DAY}]
    steps = [
        ("again", "reopened", back), ("earlier", "reopened", back), ("ours", "solved", back),
        ("ours", "confirmed", DAY), ("waits", "solved", DAY), ("D1", "note", DAY),
    ]  # fmt: skip
    assert stood(file, desk, steps) == {
        "open": "open", "unsaid": "open", "done": "closed", "again": "open", "earlier": "closed", "ours": "closed",
        "waits": "solved", "kept": "closed", "D1": "open",
    }  # fmt: skip
    assert stood([], desk, [("D1", "solved", back), ("D1", "confirmed", DAY)])["D1"] == "closed"


# ---------------------------------------------------------------- at the desk


def as_of(scope: Scope, number: str) -> Any:
    with acting_as(scope):
        return requests.request(scope, number)


def done(scope: Scope, number: str, deed: Deed, **told: Any) -> Any:
    may_hold = told.pop("may_hold", ())
    with acting_as(scope):
        return handle(scope, number, Step(deed, **told), TODAY, may_hold=may_hold)


@pytest.mark.django_db
def test_from_the_desk_to_the_firms_word(scope_of: Scopes) -> None:
    mine, head = scope_of("M1"), scope_of("H1")
    with acting_as(mine):
        number = record(mine, FIRM, SAID, TODAY).request_id
    fresh = as_of(head, number)
    assert (fresh.state, fresh.held_by, fresh.act_by) == ("open", "M1", due_date("complaint", TODAY, RULE))
    with acting_as(head):
        assert requests.words(head, [number]) == {number: SAID.words}
    later = TODAY + timedelta(days=20)
    assert done(head, number, Deed.TAKEN).held_by == "H1"
    assert done(head, number, Deed.HANDED, owner_id="S1", may_hold={"S1"}).held_by == "S1"
    assert done(mine, number, Deed.DUE, due=later, words="the core is moved first").act_by == later
    assert done(mine, number, Deed.SOLVED).state == "solved"
    assert done(mine, number, Deed.REOPENED, words="paid out, but late again").state == "open"
    done(mine, number, Deed.SOLVED)
    closed = done(mine, number, Deed.CONFIRMED)
    assert (closed.state, closed.ended_date) == ("closed", TODAY)
    with acting_as(mine):
        assert len(requests.steps(mine, [number])) == 8
        assert number not in {one.request_id for one in requests.requests(mine).filter(requests.OPEN)}


@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("number", "deed", "told", "why"),
    [
        (LATE["request_id"], Deed.CONFIRMED, {}, "not open to this"),
        (LATE["request_id"], Deed.REOPENED, {"words": "not settled"}, "not open to this"),
        (CLOSED["request_id"], Deed.SOLVED, {}, "not open to this"),
        (CLOSED["request_id"], Deed.TAKEN, {}, "not open to this"),
        (LATE["request_id"], Deed.HANDED, {"owner_id": "M3", "may_hold": {"S1"}}, "cannot answer"),
        (LATE["request_id"], Deed.DUE, {"due": TODAY - timedelta(days=1), "words": "later"}, "no such day"),
        (LATE["request_id"], Deed.DUE, {"due": TODAY + timedelta(days=61), "words": "later"}, "no such day"),
        (LATE["request_id"], Deed.DUE, {"due": TODAY, "words": " no "}, "words are missing"),
        (LATE["request_id"], Deed.NOTE, {"words": "x" * 501}, "too many"),
        (LATE["request_id"], Deed.RECORDED, {}, "not open to this"),
        (THEIRS["request_id"], Deed.TAKEN, {}, "not among yours"),
    ],
)
def test_what_is_refused(scope_of: Scopes, number: str, deed: Deed, told: dict[str, Any], why: str) -> None:
    with pytest.raises(Refusal, match=why):
        done(scope_of("M1"), number, deed, **told)
    with acting_as(scope_of("H2")):
        assert not RequestStep.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
def test_who_may_not_and_what_stays(scope_of: Scopes) -> None:
    mine = scope_of("M1")
    with pytest.raises(Refusal, match="post"):
        done(scope_of("A1"), LATE["request_id"], Deed.TAKEN)
    with acting_as(mine):
        with pytest.raises(Refusal, match="not among your firms"):
            record(mine, THEIRS["customer_id"], SAID, TODAY)
        for asked in (Asked("rumour", "speed", "call", "x"), Asked("complaint", "speed", "call", " ")):
            with pytest.raises(Refusal):
                record(mine, FIRM, asked, TODAY)
    done(mine, LATE["request_id"], Deed.TAKEN)
    with acting_as(mine), pytest.raises(DatabaseError), transaction.atomic():
        RequestStep.objects.update(step="solved")
    with acting_as(mine), pytest.raises(DatabaseError), transaction.atomic():
        Request.objects.update(status="closed")
    with acting_as(mine), pytest.raises(DatabaseError), transaction.atomic():
        RequestStep.objects.create(request_id=LATE["request_id"], customer_id=FIRM, step="note", words="not me",
                                   staff_id="M2", day=TODAY, branch_id="B1", manager_id="M1")  # fmt: skip
    assert as_of(scope_of("M3"), LATE["request_id"]) is None


@pytest.mark.django_db
def test_a_contact_that_ended_in_a_problem_becomes_one(scope_of: Scopes) -> None:
    mine = scope_of("M1")
    with acting_as(mine):
        record_outcome(mine, About(FIRM, channel="visit"), "interested", TODAY)
        assert requests.open_of(mine, FIRM) == []
        record_outcome(mine, About(FIRM, channel="visit"), "problem", TODAY, note="the shop is shut")
        (one,) = requests.open_of(mine, FIRM)
        assert (one.kind, one.channel, one.owner_id) == ("request", "visit", "M1")
        assert requests.words(mine, [one.request_id]) == {one.request_id: "the shop is shut"}


# ---------------------------------------------------------------- the red line


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["file", "desk"])
def test_an_open_complaint_stops_plans_until_the_firm_confirms(scope_of: Scopes, by: str) -> None:
    mine = scope_of("M1")
    number, customer_id = LATE["request_id"], LATE["customer_id"]
    if by == "desk":
        customer_id = FIRM
        with acting_as(mine):
            number = record(mine, FIRM, SAID, TODAY).request_id
    plan = FollowUp(TODAY + timedelta(days=3), "visit")

    def asked() -> None:
        with acting_as(mine):
            found = customers.firm(mine, customer_id)
            assert found is not None
            Door(mine, TODAY)(found, plan)

    with pytest.raises(Refusal, match=r"投诉|complaint|停"):
        asked()
    done(mine, number, Deed.SOLVED)
    with pytest.raises(Refusal):
        asked()
    done(mine, number, Deed.CONFIRMED)
    asked()


@pytest.mark.usefixtures("own_world")
def test_words_are_forgotten() -> None:
    mine = Scope("M1", managers=("M1",), rights=frozenset({"contacts.write"}), edition=1)
    with acting_as(mine):
        number = record(mine, FIRM, SAID, TODAY).request_id
    assert forget_words(FIRM) == 1
    assert forget_words(FIRM) == 0
    with acting_as(mine):
        assert requests.words(mine, [number]) == {number: FORGOTTEN}
        assert requests.open_of(mine, FIRM)[0].topic == "speed"


# ---------------------------------------------------------------- on the page


@pytest.mark.django_db
def test_each_post_sees_its_own_board(client_of: Callable[..., Client]) -> None:
    number = LATE["request_id"]
    for staff_id, writes, leads in (
        ("M1", True, False),
        ("H1", True, True),
        ("S1", True, True),
        ("A1", False, True),
    ):
        client = client_of(staff_id)
        page = client.get("/requests/").content.decode()
        assert (f"/requests/{number}/" in page) is writes
        assert client.get("/requests/causes/").status_code == (200 if leads else 404)
        assert client.get(f"/requests/{number}/").status_code == 200
    assert client_of("M3").get(f"/requests/{number}/").status_code == 404
    assert client_of("X1").get("/requests/").status_code == 403
    refused = client_of("A1").post(f"/requests/{number}/", {"deed": "solved"})
    assert refused.status_code == 422
    assert client_of("M1").get("/requests/?excel=1&state=closed").status_code == 200


@pytest.mark.django_db
def test_handing_on_offers_who_sees_the_firm(client_of: Callable[..., Client]) -> None:
    client, hx = client_of("M1"), {"HX-Request": "true"}
    address = f"/requests/{LATE['request_id']}/"
    sheet = client.get(address, headers=hx).content.decode()
    assert {code for code in ("H1", "S1", "C1", "M2", "M3", "H2", "G1") if f'value="{code}"' in sheet} == {
        "H1", "S1", "C1",
    }  # fmt: skip
    assert client.post(address, {"deed": "handed", "owner": "M2"}, headers=hx).status_code == 422
    assert client.post(address, {"deed": "handed", "owner": "S1"}, headers=hx).status_code == 204
    day = str(TODAY + timedelta(days=9))
    assert (
        client.post(address, {"deed": "due", "due": day, "why": "parts on order"}, headers=hx).status_code
        == 204
    )
    assert f"/requests/{LATE['request_id']}/" not in client.get("/requests/?due=late").content.decode()
    mine = client_of("S1").get("/requests/?owner=S1").content.decode()
    assert f"/requests/{LATE['request_id']}/" in mine


@pytest.mark.django_db
def test_programs_have_the_same_guards(client_of: Callable[..., Client]) -> None:
    mine, other, reads = (client_of(one) for one in ("M1", "M3", "A1"))
    given = {
        "customer_id": FIRM,
        "kind": "complaint",
        "topic": "speed",
        "channel": "call",
        "words": SAID.words,
    }

    def post(client: Client, path: str, **told: Any) -> Any:
        return client.post(f"/api/v1/requests{path}", told, "application/json")

    made = post(mine, "", **given)
    assert made.status_code == 201
    number = made.json()["request_id"]
    assert (post(other, "", **given).status_code, post(reads, "", **given).status_code) == (422, 422)
    assert post(mine, "", **(given | {"topic": "weather"})).status_code == 422
    late = mine.get("/api/v1/requests?late=true&kind=complaint").json()
    assert [one["request_id"] for one in late] == [LATE["request_id"]]
    assert post(other, f"/{number}/steps", deed="solved").status_code == 404
    assert post(mine, f"/{number}/steps", deed="confirmed").status_code == 422
    assert post(mine, f"/{number}/steps", deed="solved").json()["state"] == "solved"
    closed = post(mine, f"/{number}/steps", deed="confirmed").json()
    assert (closed["state"], closed["closed_date"]) == ("closed", str(TODAY))
    assert number in {one["request_id"] for one in mine.get("/api/v1/requests?state=closed").json()}
