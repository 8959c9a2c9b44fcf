"""The rules that PostgreSQL holds by itself, tried by SQL in the desk's role; and the same by the room's actions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.applications.desk import (
    ASKED,
    FIRM,
    STEPS,
    TODAY,
    advanced,
    appraised,
    begun,
    papers,
    received,
    scope,
    step,
    verified,
)
from xiaoer.applications import actions
from xiaoer.applications.appraisal.terms import Inputs
from xiaoer.applications.models import Application, Exemption, Paper, Step
from xiaoer.applications.queries import deeds
from xiaoer.applications.terms import MOVES, PRODUCTS, Given, Request, Stage, Verb
from xiaoer.kit.audit import History
from xiaoer.kit.facts.outbox import FactRow
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope.acting import acting_as

pytestmark = pytest.mark.django_db
COLUMNS = (
    "application_id, customer_id, branch_id, manager_id, staff_id, part, verb, from_stage, to_stage, at, day,"
    " waited_minutes, words, reason, reference, amount, rate, term_months"
)


def sql(staff_id: str, text: str, *values: object) -> list[tuple[Any, ...]]:
    """A statement in the desk's role and somebody's own scope; undone when it fails."""
    with acting_as(scope(staff_id)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, values)
        return list(cursor.fetchall()) if cursor.description else []


def insert_step(app: Application, staff_id: str, verb: str, from_stage: str, **more: Any) -> None:
    told: dict[str, Any] = {
        "day": TODAY,
        "as": staff_id,
        "amount": 1,
        "to": "drawn",
        "part": "marketing",
    } | more
    sql(
        staff_id,
        f"INSERT INTO applications_step ({COLUMNS}) VALUES"
        " (%s, 'X', 'B9', 'M9', %s, %s, %s, %s, %s, now(), %s, 0, 'w', '', 'R', %s, 0.05, 12)",
        app.pk, told["as"], told["part"], verb, from_stage, told["to"], told["day"], told["amount"],
    )  # fmt: skip


@contextmanager
def refused(match: str) -> Iterator[None]:
    with pytest.raises(DatabaseError, match=match):
        yield


def test_the_whole_way() -> None:
    app = advanced(begun(), Verb.DRAW)
    assert (app.stage, app.approved_amount, app.drawn_date) == ("drawn", 40_000_000, TODAY)
    with acting_as(scope("M1")):
        done = list(
            Step.objects.filter(application=app).order_by("pk").values_list("verb", "part", "staff_id")
        )
        facts = FactRow.objects.filter(name="ApplicationMoved", customer_id=FIRM).count()
        kept = History.objects.filter(table_name="applications_application", row_id=str(app.pk))
        assert [one.after["stage"] for one in kept.order_by("at", "pk")][-1] == "drawn"
        assert "purpose" not in kept[0].after
    assert facts == len(done) == 8
    assert [who for _, _, who in done] == ["M1", "I1", "I1", "I1", "R1", "H1", "K1", "K1"]


def test_the_moves_of_the_rules_are_the_moves_of_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM applications_moves()")
        assert set(cursor.fetchall()) == {(m.stage, m.verb, m.to, m.part) for m in MOVES.values()}


def test_sql_moves_nothing_out_of_turn() -> None:
    app = begun()
    for verb in Verb:
        if (Stage.RECEIVED, verb) not in MOVES:
            with refused("refused"):
                insert_step(app, "K1", verb, "received")
    with refused("is not possible"):
        insert_step(app, "K1", "draw", "drawdown")  # the stage it claims to leave is not the one it stands in


def test_a_step_by_sql_gets_the_applications_own_columns_and_part() -> None:
    app = begun()
    insert_step(app, "I1", "take", "received", part="marketing", to="drawn")
    with acting_as(scope("I1")):
        last = Step.objects.filter(application=app).latest("pk")
        assert (last.part, last.to_stage, last.customer_id, last.branch_id) == (
            "investigation",
            "survey",
            FIRM,
            "B1",
        )
        assert Application.objects.get(pk=app.pk).stage == "survey"


def test_nobody_steps_in_another_name_or_another_portfolio() -> None:
    app = begun()
    with refused("another name"):
        insert_step(app, "K1", "take", "received", **{"as": "I1"})
    with refused("row-level security"):
        insert_step(app, "M2", "take", "received")  # M2 does not see M1's firm


@pytest.mark.parametrize(
    ("sentence", "match"),
    [
        ("UPDATE applications_application SET stage = 'drawn'", "permission denied"),
        ("UPDATE applications_application SET amount = 1", "permission denied"),
        ("DELETE FROM applications_application", "permission denied"),
        ("UPDATE applications_step SET staff_id = 'K1'", "permission denied"),
        ("DELETE FROM applications_step", "permission denied"),
        ("UPDATE applications_paper SET state = 'verified'", "permission denied"),
        ("UPDATE applications_appraisal SET result = '{}'", "permission denied"),
        ("UPDATE applications_exemption SET words = 'x'", "permission denied"),
        ("INSERT INTO applications_checklistitem (product, kind, from_date, from_amount) VALUES ('credit','x',now(),0)", "denied"),
        ("DELETE FROM applications_checklistitem", "denied"),
        ("ALTER TABLE applications_step DISABLE TRIGGER ALL", "must be owner"),
    ],
)  # fmt: skip
def test_what_is_written_stays(sentence: str, match: str) -> None:
    begun()
    with refused(match):
        sql("G1", sentence)


def test_an_application_begins_undecided() -> None:
    text = (
        "INSERT INTO applications_application (customer_id, branch_id, manager_id, product, amount, term_months,"
        " purpose, source, staff_id, received_date, stage, stage_since_at, decline_reason)"
        " VALUES (%s, 'B1', 'M1', 'credit', 100, 12, 'x', 'manager', 'M1', %s, 'drawdown', now(), '')"
    )
    with refused("begins with its request"):
        sql("M1", text, FIRM, TODAY)


PARTS = {"M1": "take", "I1": "recommend", "R1": "approve", "H1": "sign"}


@pytest.mark.parametrize(("maker", "upto"), [("M1", None), ("I1", Verb.SUBMIT), ("R1", Verb.RECOMMEND), ("H1", Verb.APPROVE)])  # fmt: skip
def test_one_person_cannot_make_and_approve_by_sql(maker: str, upto: Verb | None) -> None:
    app = begun() if upto is None else advanced(begun(), upto)
    with refused(f"{maker} had the part"):
        insert_step(app, maker, PARTS[maker], app.stage)


def test_one_person_cannot_make_and_approve_by_the_actions() -> None:
    """Even with the posts for it: a branch head who also surveys."""
    from dataclasses import replace

    both = replace(scope("H1"), rights=scope("H1").rights | {"applications.investigation"})
    app = step(begun(), Verb.TAKE)
    with acting_as(both):
        actions.move(both, app.pk, Verb.SURVEYED, Given(minutes=100), TODAY, now=app.stage_since_at)
    appraised(app)
    app = advanced_from(app, (Verb.SUBMIT, Verb.RECOMMEND))
    with acting_as(both), pytest.raises(Refusal, match="调查"):
        actions.move(both, app.pk, Verb.APPROVE, STEPS[Verb.APPROVE][1], TODAY, now=app.stage_since_at)
    with refused("H1 had the part investigation"):
        insert_step(app, "H1", "approve", "approval")


def advanced_from(app: Application, verbs: tuple[Verb, ...]) -> Application:
    for verb in verbs:
        app = step(app, verb)
    return app


def test_drawing_up_an_appraisal_is_investigation_and_verifying_back_office() -> None:
    app, me = begun(), scope("M1")
    with acting_as(me), pytest.raises(Refusal):
        actions.appraise(me, app.pk, Inputs({}), TODAY, now=app.stage_since_at)
    with refused("M1 had the part marketing"):
        sql("M1", "INSERT INTO applications_appraisal (application_id, customer_id, version, rules_date, inputs,"
            " result, staff_id, at, day, words, branch_id, manager_id)"
            " VALUES (%s, '', 1, now(), '{}', '{}', 'M1', now(), now(), '', '', '')", app.pk)  # fmt: skip
    received(app, "licence")
    verified(app, "licence")
    clerk = scope("K1")
    with acting_as(clerk):
        assert ("K1", "back_office") in {(one.staff_id, one.part) for one in deeds(clerk, app.pk)}
    with refused("K1 had the part back_office"):
        insert_step(app, "K1", "take", "received")


def test_no_review_without_an_appraisal_by_sql() -> None:
    app = advanced_from(begun(), (Verb.TAKE, Verb.SURVEYED))
    with refused("there is no appraisal"):
        insert_step(app, "I1", "submit", "form")


def test_no_more_than_asked_by_sql() -> None:
    app = advanced(begun(), Verb.RECOMMEND)
    with refused("at most what was asked"):
        insert_step(app, "H1", "approve", "approval", amount=ASKED.amount + 1)


def test_steps_do_not_go_back_in_time() -> None:
    app = begun()
    with refused("on or after the day"):
        insert_step(app, "I1", "take", "received", day=TODAY - timedelta(days=1))


# ---------------------------------------------------------------- the checklist


def test_an_open_checklist_refuses_the_drawdown_by_action_and_by_sql() -> None:
    app = advanced(begun(), Verb.SIGN)
    papers(app, leave_out="tax_certificate")
    with pytest.raises(Refusal, match="纳税证明"):
        step(app, Verb.DRAW)
    with refused("checklist is open: tax_certificate"):
        insert_step(app, "K1", "draw", "drawdown")
    received(app, "tax_certificate")
    with refused("checklist is open: tax_certificate"):
        insert_step(app, "K1", "draw", "drawdown")  # received is not verified
    verified(app, "tax_certificate")
    insert_step(app, "K1", "draw", "drawdown")


def test_an_expired_paper_is_open_again() -> None:
    app = advanced(begun(), Verb.SIGN)
    papers(app, leave_out="licence")
    received(app, "licence", until=TODAY)
    verified(app, "licence")
    with refused("checklist is open: licence"):
        insert_step(app, "K1", "draw", "drawdown", day=TODAY + timedelta(days=1))
    insert_step(app, "K1", "draw", "drawdown")


def test_every_product_has_its_list_in_the_database() -> None:
    held = sql("M1", "SELECT DISTINCT product FROM applications_checklistitem")
    assert {row[0] for row in held} == set(PRODUCTS)


def test_a_product_without_a_list_is_never_drawn() -> None:
    text = (
        "INSERT INTO applications_application (customer_id, branch_id, manager_id, product, amount, term_months,"
        " purpose, source, staff_id, received_date, stage, stage_since_at, decline_reason)"
        " VALUES (%s, 'B1', 'M1', 'wishes', 100000000, 12, 'x', 'manager', 'M1', %s, 'received', now(), '') RETURNING id"
    )
    ((number,),) = sql("M1", text, FIRM, TODAY)
    with acting_as(scope("M1")):
        app = Application.objects.get(pk=number)
    app = advanced(app, Verb.SIGN)
    with pytest.raises(Refusal):
        step(app, Verb.DRAW)
    with refused("no checklist is known"):
        insert_step(app, "K1", "draw", "drawdown")


@pytest.mark.parametrize("call", ["applications_open_items(1, now()::date)", "applications_parts(1, 'M1')"])
def test_what_sees_past_the_walls_is_not_for_the_desk(call: str) -> None:
    with refused("permission denied"):
        sql("G1", f"SELECT * FROM {call}")


def test_one_receives_another_verifies() -> None:
    app = begun()
    with pytest.raises(Refusal):
        verified(app, "licence")  # not there yet
    received(app, "licence", "K1")
    with pytest.raises(Refusal, match="两个人"):
        verified(app, "licence", "K1")
    text = (
        "INSERT INTO applications_paper (application_id, customer_id, kind, state, staff_id, at, day, place, words,"
        " branch_id, manager_id) VALUES (%s, '', 'licence', 'verified', 'K1', now(), now(), '', '', '', '')"
    )
    with refused("another verifies"):
        sql("K1", text, app.pk)
    with pytest.raises(Refusal):
        verified(app, "licence", "M1")  # not of the back office
    with acting_as(scope("M1")):
        assert Paper.objects.filter(application=app).count() == 1


def test_the_example_of_the_rules_page() -> None:
    app = advanced(begun(), Verb.SUBMIT)
    for who, verb in (("I1", Verb.RECOMMEND), ("I1", Verb.APPROVE)):
        with pytest.raises(Refusal):
            step(app, verb, who)
    app = step(app, Verb.RECOMMEND)
    with pytest.raises(Refusal):
        step(app, Verb.APPROVE, "R1")
    with pytest.raises(Refusal, match="申请"):
        step(app, Verb.APPROVE, given=Given(amount=60_000_000, rate=0.0435, term_months=12))
    app = step(step(app, Verb.APPROVE), Verb.SIGN)
    papers(app, leave_out="tax_certificate")
    asked = ask(app, "I1")
    for who in ("I1", "M1", "K1"):
        with pytest.raises(Refusal):
            answered(asked, who)
        with refused("refused"):
            answer_by_sql(asked, who)
    with pytest.raises(Refusal):
        step(app, Verb.DRAW)  # asked is not granted
    answered(asked, "R1")
    with refused("answered once"):
        answer_by_sql(asked, "H1")
    with refused("checklist is open: tax_certificate"):
        insert_step(app, "K1", "draw", "drawdown", day=asked.until_date + timedelta(days=1))
    assert step(app, Verb.DRAW, day=asked.until_date).stage == "drawn"


def ask(app: Application, who: str) -> Exemption:
    me = scope(who)
    with acting_as(me):
        return actions.ask(
            me, app.pk, "tax_certificate", "the office is moving", TODAY, now=app.stage_since_at,
            until_date=TODAY + timedelta(days=11),
        )  # fmt: skip


def answered(asked: Exemption, who: str) -> None:
    me = scope(who)
    with acting_as(me), transaction.atomic():
        actions.answer(me, asked.pk, "until the end of the month", TODAY, now=asked.at, granted=True)


def answer_by_sql(asked: Exemption, who: str) -> None:
    sql(who, "UPDATE applications_exemption SET answer = 'granted', answered_by = %s, answered_date = now() WHERE id = %s",
        who, asked.pk)  # fmt: skip


def test_whoever_answered_an_exception_neither_surveys_nor_pays_out() -> None:
    app = begun()
    answered(ask(app, "M1"), "R1")
    with refused("R1 had the part exemption"):
        insert_step(app, "R1", "take", "received")
    app = advanced(app, Verb.SUBMIT)
    assert step(app, Verb.RECOMMEND, "R1").stage == "approval"


def test_an_exception_is_asked_for_what_is_open_and_of_what_goes_on() -> None:
    app = begun()
    received(app, "licence")
    verified(app, "licence")
    me = scope("M1")
    with acting_as(me), pytest.raises(Refusal, match="没有缺"):
        actions.ask(me, app.pk, "licence", "why not", TODAY, now=app.stage_since_at)
    app = step(app, Verb.WITHDRAW)
    with acting_as(me), pytest.raises(Refusal, match="结束"):
        actions.ask(me, app.pk, "identity", "why not", TODAY, now=app.stage_since_at)
    with refused("has ended"):
        sql("M1", "INSERT INTO applications_exemption (application_id, customer_id, kind, words, staff_id, at, day,"
            " answer, answer_words, answered_by, branch_id, manager_id)"
            " VALUES (%s, '', 'identity', 'x', 'M1', now(), now(), '', '', '', '', '')", app.pk)  # fmt: skip


def test_sent_back_and_done_again_by_the_same_people() -> None:
    app = advanced(begun(), Verb.SUBMIT)
    app = step(app, Verb.SEND_BACK, "R1", Given(words="rent is missing"))
    assert app.stage == "form"
    app = advanced_from(app, (Verb.SUBMIT, Verb.RECOMMEND))
    app = step(app, Verb.SEND_BACK, "H1", Given(words="too high"))
    assert app.stage == "review"
    app = step(app, Verb.DECLINE, "R1", Given(reason="cash_flow"))
    assert (app.stage, app.decline_reason) == ("declined", "cash_flow")


@pytest.mark.usefixtures("in_english")
def test_nobody_sees_or_moves_another_portfolios_application() -> None:
    app = begun()
    for who in ("M2", "M3", "H2", "X1"):
        me = scope(who)
        with acting_as(me):
            assert not Application.objects.filter(pk=app.pk).exists()
            with pytest.raises(Refusal):
                actions.move(me, app.pk, Verb.WITHDRAW, Given(words="x"), TODAY, now=app.stage_since_at)
    me = scope("M1")
    with acting_as(me), pytest.raises(Refusal, match="no firm"):
        actions.begin(me, Request(**{
            name: getattr(ASKED, name) for name in ("product", "amount", "term_months", "purpose")
        }, customer_id="C000002"), TODAY, app.stage_since_at)  # fmt: skip
