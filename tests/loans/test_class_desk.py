"""Three people for every class change: on the page, through the interface, and in the database itself."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from tests.world import BUSINESS_DATE
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.loans import queries
from xiaoer.loans.actions import approve_change, make_change, return_change, review_change
from xiaoer.loans.models import ClassStep, Note
from xiaoer.loans.terms import FiveClass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

TODAY = BUSINESS_DATE
MAKER, REVIEWER, APPROVER = "M1", "R1", "G1"
ScopeOf = Callable[[str], Scope]
HTMX = {"HX-Request": "true"}


def a_note(scope: Scope, *, differs: bool = True, grade: int | None = None) -> Note:
    """A note of the scope whose class at the bank is, or is not, what the rules ask for."""
    with acting_as(scope):
        rows = [one for one in queries.notes(scope).order_by("note_id")
                if (one.book_class != one.rule_class) == differs
                and grade in {None, FiveClass(one.rule_class).grade}]  # fmt: skip
    return rows[0]


def made(scope: Scope, note: Note, **how: str) -> UUID:
    with acting_as(scope):
        return make_change(
            scope, note.note_id, how.get("to_class", note.rule_class), TODAY, how.get("reason", "")
        ).case


def test_three_people_and_then_it_holds(scope_of: ScopeOf) -> None:
    first, second, third = (scope_of(one) for one in (MAKER, REVIEWER, APPROVER))
    note = a_note(first)
    case = made(first, note)
    for scope, act in ((second, review_change), (third, approve_change)):
        with acting_as(scope):
            assert queries.in_force(scope, [note])[note.note_id] == note.book_class
            act(scope, case, TODAY)
    with acting_as(first):
        assert queries.in_force(first, [note])[note.note_id] == note.rule_class
        rows = queries.steps(first, [case])
    assert [(one.step, one.staff_id) for one in rows] == [
        ("made", MAKER), ("reviewed", REVIEWER), ("approved", APPROVER)
    ]  # fmt: skip
    assert {(one.from_class, one.to_class, one.rule) for one in rows} == {
        (note.book_class, note.rule_class, note.rule)
    }


def test_the_banks_book_speaks_again_once_it_has_moved(scope_of: ScopeOf) -> None:
    first, second, third = (scope_of(one) for one in (MAKER, REVIEWER, APPROVER))
    note = a_note(first)
    case = made(first, note)
    for scope, act in ((second, review_change), (third, approve_change)):
        with acting_as(scope):
            act(scope, case, TODAY)
    note.book_class = "loss"
    with acting_as(first):
        assert queries.in_force(first, [note])[note.note_id] == "loss"


def all_rights(scope: Scope) -> Scope:
    """Somebody who holds every post at once."""
    return Scope(**(vars(scope) | {"rights": scope.rights | {"class.make", "class.review", "class.approve"}}))


@pytest.mark.parametrize("act", [review_change, approve_change])
def test_nobody_takes_two_steps_even_with_all_posts(scope_of: ScopeOf, act: Callable[..., ClassStep]) -> None:
    first, second = (all_rights(scope_of(one)) for one in (MAKER, REVIEWER))
    case = made(first, a_note(first))
    with acting_as(first), pytest.raises(Refusal, match="you took a step"):
        act(first, case, TODAY)
    with acting_as(second):
        review_change(second, case, TODAY)
    with acting_as(second), pytest.raises(Refusal, match="you took a step"):
        approve_change(second, case, TODAY)


def test_no_step_out_of_turn(scope_of: ScopeOf) -> None:
    first, second, third = (scope_of(one) for one in (MAKER, REVIEWER, APPROVER))
    case = made(first, a_note(first))
    with acting_as(third), pytest.raises(Refusal, match="the change is made"):
        approve_change(third, case, TODAY)
    with acting_as(second):
        return_change(second, case, "papers are missing", TODAY)
    with acting_as(third), pytest.raises(Refusal, match="the change is returned"):
        approve_change(third, case, TODAY)
    with acting_as(third), pytest.raises(Refusal, match="no such change"):
        approve_change(third, uuid4(), TODAY)


def test_what_a_post_may_not_do(scope_of: ScopeOf) -> None:
    first, second = scope_of(MAKER), scope_of(REVIEWER)
    case = made(first, a_note(first))
    for staff in ("C1", "M2"):
        other = scope_of(staff)
        with acting_as(other), pytest.raises(Refusal):
            review_change(other, case, TODAY)
    with acting_as(second), pytest.raises(Refusal, match="does not take the step approved"):
        approve_change(second, case, TODAY)
    clerk = scope_of("C1")
    with acting_as(clerk), pytest.raises(Refusal, match="does not take the step made"):
        make_change(clerk, a_note(clerk).note_id, "loss", TODAY, "because")


def test_milder_than_the_rules_is_refused_and_worse_needs_a_reason(scope_of: ScopeOf) -> None:
    first = scope_of(REVIEWER)
    note = a_note(first, grade=2)
    with (
        acting_as(first),
        pytest.raises(Refusal, match=r"overdue_90 \(art. 11\(1\)\) asks for at least substandard"),
    ):
        make_change(first, note.note_id, "normal" if note.book_class != "normal" else "special_mention", TODAY,
                    "mortgage is worth twice as much")  # fmt: skip
    with acting_as(first), pytest.raises(Refusal, match="the rules do not ask"):
        make_change(first, note.note_id, "loss", TODAY)
    with acting_as(first):
        done = make_change(first, note.note_id, "loss", TODAY, "the owner cannot be found")
    assert (done.rule, done.reason) == ("", "the owner cannot be found")
    with acting_as(first), pytest.raises(Refusal, match="a change of this note is waiting"):
        make_change(first, note.note_id, note.rule_class if note.rule_class != note.book_class else "doubtful", TODAY,
                    "again")  # fmt: skip


def test_other_refusals_of_the_first_hand(scope_of: ScopeOf) -> None:
    first, stranger = scope_of(MAKER), scope_of("M3")
    note = a_note(first)
    for words, how in (("already", (note.note_id, note.book_class)), ("not a class", (note.note_id, "fine"))):
        with acting_as(first), pytest.raises(Refusal, match=words):
            make_change(first, *how, TODAY, "a reason")
    with acting_as(stranger), pytest.raises(Refusal, match="no note"):
        make_change(stranger, note.note_id, "loss", TODAY, "a reason")


def stepped(case: UUID, step: str, staff_id: str, note: Note) -> None:
    """A step written in plain SQL, past all of the product's code."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO loans_classstep ("case", step, staff_id, customer_id, note_id, branch_id, manager_id, from_class,'
            " to_class, book_class, rule, reason, at, day)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, 'normal', 'loss', 'normal', '', '', now(), current_date)",
            [case, step, staff_id, note.customer_id, note.note_id, note.branch_id, note.manager_id],
        )


def test_the_database_refuses_what_the_desk_would(scope_of: ScopeOf) -> None:
    """A second step by the same person, a step in somebody else's name, a changed or removed step, another's firm."""
    first, second, stranger = (scope_of(one) for one in (MAKER, REVIEWER, "M3"))
    note = a_note(first)
    case = made(first, note)
    for step in ("reviewed", "approved"):
        with acting_as(first), pytest.raises(IntegrityError, match="one_hand_one_step"):
            stepped(case, step, MAKER, note)
        with acting_as(first), pytest.raises(ProgrammingError, match="row-level security"):
            stepped(case, step, APPROVER, note)
    with acting_as(second), pytest.raises(IntegrityError, match="known_step"):
        stepped(case, "blessed", REVIEWER, note)
    with acting_as(stranger), pytest.raises(ProgrammingError, match="row-level security"):
        stepped(case, "approved", "M3", note)
    for sentence in ("UPDATE loans_classstep SET to_class = 'normal'", "DELETE FROM loans_classstep"):
        with (
            acting_as(first),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
        ):
            connection.cursor().execute(sentence)


def test_an_approval_past_the_review_holds_nothing(scope_of: ScopeOf) -> None:
    """Whoever may write the last step in SQL without the second has changed no class."""
    first, third = scope_of(MAKER), scope_of(APPROVER)
    note = a_note(first)
    case = made(first, note)
    with acting_as(third):
        stepped(case, "approved", APPROVER, note)
        assert queries.in_force(third, [note])[note.note_id] == note.book_class


def test_the_pages_take_three_people(client_of: Callable[..., object], scope_of: ScopeOf) -> None:
    maker, reviewer, approver = (client_of(one) for one in (MAKER, REVIEWER, APPROVER))
    note = a_note(scope_of(MAKER))
    page = maker.get("/loans/classes/")
    assert note.note_id in page.content.decode()
    address = f"/loans/notes/{note.note_id}/class/"
    assert "初分" in maker.get(address, headers=HTMX).content.decode()
    assert maker.post(address, {"to_class": note.rule_class}, headers=HTMX).status_code == 204
    with acting_as(scope_of(MAKER)):
        case = ClassStep.objects.get(note_id=note.note_id).case
    at = f"/loans/classes/{case}/"
    again = maker.post(at, {"deed": "approve"}, headers=HTMX)
    assert (again.status_code, "不能办理该环节" in again.content.decode()) == (422, True)
    assert approver.post(at, {"deed": "approve"}, headers=HTMX).status_code == 422
    assert reviewer.post(at, {"deed": "review"}, headers=HTMX).status_code == 204
    assert reviewer.post(at, {"deed": "approve"}, headers=HTMX).status_code == 422
    assert approver.post(at, {"deed": "approve"}, headers=HTMX).status_code == 204
    first = scope_of(MAKER)
    with acting_as(first):
        assert queries.in_force(first, [note])[note.note_id] == note.rule_class
    ended = maker.get("/loans/classes/").content.decode()
    assert "最近办完" in ended
    assert client_of("C1").get(address).status_code == 403
    assert client_of("X1").get("/loans/classes/").status_code == 403


def test_the_interface_takes_three_people(client_of: Callable[..., object], scope_of: ScopeOf) -> None:
    maker, reviewer, approver = (client_of(one) for one in (MAKER, REVIEWER, APPROVER))
    note = a_note(scope_of(MAKER))

    def post(client: object, path: str, **given: str) -> object:
        return client.post(f"/api/class-changes{path}", given, content_type="application/json")  # type: ignore[attr-defined]

    done = post(maker, "", note_id=note.note_id, to_class=note.rule_class)
    assert done.status_code == 201
    case = done.json()["case"]
    assert post(maker, f"/{case}/review").status_code == 422
    assert post(approver, f"/{case}/approve").status_code == 422
    assert post(reviewer, f"/{case}/review").status_code == 201
    refused = post(reviewer, f"/{case}/approve")
    assert refused.status_code == 422
    assert post(approver, f"/{case}/approve").status_code == 201
    told = maker.get(f"/api/firms/{note.customer_id}/notes").json()
    assert {one["note_id"]: one["class_in_force"] for one in told}[note.note_id] == note.rule_class
    assert client_of("M3").get(f"/api/firms/{note.customer_id}/notes").status_code == 404
    back = post(maker, "", note_id=note.note_id, to_class="loss", reason="the owner cannot be found")
    if note.rule_class != "loss":
        assert post(reviewer, f"/{back.json()['case']}/return", reason="no papers").status_code == 201
