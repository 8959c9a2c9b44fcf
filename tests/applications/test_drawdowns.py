"""A drawdown waits for its note in the bank's files: by rule, by night, on the pages; the example of the rules page."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from tests.applications.desk import FIRM, NOW, TODAY, advanced, begun, scope
from tests.applications.test_guards import sql
from tests.world import BUSINESS_DATE, publish_world, tables
from xiaoer.applications import actions, queries
from xiaoer.applications.drawdowns import CoreNote, CoreState, CoreTerms, Drawdown, Match, matches, state_of
from xiaoer.applications.models import Application, Explanation, FoundNote
from xiaoer.applications.terms import Verb
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as

TERMS = CoreTerms(wait_days=3, day_tolerance=1)
DRAWN = date(2026, 11, 19)
ONE = Drawdown(1, "C1", 400, DRAWN, "H1", "J1")
ClientOf = Callable[..., Client]


def note(note_id: str = "N77", **more: Any) -> CoreNote:
    told = {"customer_id": "C1", "contract_id": "H1", "amount": 400, "drawn_date": DRAWN} | more
    return CoreNote(note_id, **told)


def found(
    *notes: CoreNote, drawdowns: tuple[Drawdown, ...] = (ONE,), taken: tuple[str, ...] = ()
) -> list[Match]:
    return matches(drawdowns, notes, taken, TERMS)


@pytest.mark.parametrize(
    ("one", "differs"),
    [
        (note(), ()),
        (note(drawn_date=DRAWN + timedelta(1)), ()),
        (note(amount=380), ("amount",)),
        (note("J1", contract_id="", drawn_date=DRAWN + timedelta(9)), ("day",)),
        (note("J1", contract_id="H2", amount=1, drawn_date=None), ("amount", "day", "contract")),
        (note(contract_id="H2"), ("contract",)),
        (note(contract_id=""), ()),
    ],
)
def test_a_note_and_what_of_it_is_not_alike(one: CoreNote, differs: tuple[str, ...]) -> None:
    assert found(one) == [Match(1, one.note_id, differs)]


@pytest.mark.parametrize(
    "one",
    [
        note(customer_id="C2"),
        note(drawn_date=DRAWN + timedelta(2)),
        note(contract_id="H2", amount=380),
        note(drawn_date=None),
    ],
)
def test_what_is_no_note_of_it(one: CoreNote) -> None:
    assert found(one) == []
    assert found(note(), taken=("N77",)) == []


def test_the_surest_way_first_and_a_note_once_in_any_order() -> None:
    second = Drawdown(2, "C1", 400, DRAWN, "H1", "J2")
    notes = (note("N1", amount=500), note("N2"), note("J2", amount=300))
    for given in permutations(notes):
        assert found(*given, drawdowns=(second, ONE)) == [Match(1, "N2"), Match(2, "J2", ("amount",))]
    assert found(note("N1"), drawdowns=(second, ONE)) == [Match(1, "N1")]


def test_the_states_of_the_rules_page() -> None:
    def on(day: int, match: Match | None = None, **more: bool) -> CoreState:
        return state_of(DRAWN, match, date(2026, 11, day), TERMS, **more)

    assert [on(day) for day in (18, 19, 22, 23)] == ["waiting", "waiting", "waiting", "absent"]
    assert state_of(DRAWN, None, None, TERMS) is CoreState.WAITING
    assert on(24, Match(1, "N77")) is CoreState.FOUND
    assert on(20, Match(1, "N77", ("amount",))) is CoreState.DIFFERS
    assert on(23, explained=True) is CoreState.EXPLAINED
    assert on(22, explained=True) is CoreState.WAITING
    assert on(24, Match(1, "N77"), explained=True) is CoreState.FOUND


# ---------------------------------------------------------------- by night


def night(day: date, *notes: dict[str, Any]) -> None:
    """The files of a day with some more notes of the firm."""
    import pyarrow as pa

    given = tables()
    held = given["notes"].to_pylist()
    model = next(row for row in held if row["manager_id"] == "M1")
    more = [model | {"customer_id": FIRM, "branch_id": "B1", "manager_id": "M1"} | one for one in notes]
    given["notes"] = pa.Table.from_pylist([*held, *more], given["notes"].schema)
    publish_world(tables=given, business_date=day, run_id=f"world-{day}")


def state(app: Application) -> tuple[str, str]:
    me = scope("M1")
    with acting_as(me):
        as_of = queries_day()
        one = queries.core_states(me, [app], as_of)[app.pk]
    return one.state, one.found.note_id if one.found else ""


def queries_day() -> date | None:
    from xiaoer.kit.published import pointer

    return pointer().business_date


N77 = {"note_id": "N77", "contract_id": "H000001", "amount": 40_000_000, "drawn_date": TODAY + timedelta(1)}


def test_the_example_of_the_rules_page(own_world: str, client_of: ClientOf) -> None:
    app = advanced(begun(), Verb.DRAW)
    assert state(app) == ("waiting", "")
    night(TODAY + timedelta(3))
    assert state(app) == ("waiting", "")
    night(TODAY + timedelta(4))
    assert state(app) == ("absent", "")
    told = client_of("R1").get("/applications/exceptions/").content.decode()
    assert "放款 4 天，银行文件里还没有" in told
    assert "说明原因" in told
    night(TODAY + timedelta(5), N77)
    assert state(app) == ("found", "N77")
    record = client_of("M1").get(f"/applications/{app.pk}/").content.decode()
    assert "已入账，借据 N77" in record
    assert "放款 4 天" not in client_of("R1").get("/applications/exceptions/").content.decode()
    night(TODAY + timedelta(6))  # repaid and gone from the files
    assert state(app) == ("found", "N77")
    answer = client_of("M1").get(f"/api/applications/{app.pk}").json()
    assert (answer["core_state"], answer["core_note_id"]) == ("found", "N77")


def test_a_difference_is_explained_by_somebody_who_did_not_pay_out(
    own_world: str, client_of: ClientOf
) -> None:
    app = advanced(begun(), Verb.DRAW)
    with pytest.raises(Refusal, match="没有需要解释"):
        explained(app, "R1")
    night(TODAY + timedelta(1), N77 | {"amount": 38_000_000})
    assert state(app) == ("differs", "N77")
    for who, match in (("K1", "放款"), ("M1", "岗位")):
        with pytest.raises(Refusal, match=match):
            explained(app, who)
    with pytest.raises(DatabaseError, match="whoever paid out"):
        explained_by_sql(app, "K1")
    with pytest.raises(DatabaseError, match="another name"):
        explained_by_sql(app, "R1", "H1")
    page = f"/applications/{app.pk}/explain/"
    assert (
        client_of("R1")
        .post(page, {"words": "第一笔只放了三十八万"}, headers={"HX-Request": "true"})
        .status_code
        == 204
    )
    assert state(app) == ("explained", "N77")
    assert "第一笔只放了三十八万" in client_of("R1").get(f"/applications/{app.pk}/file/").content.decode()
    with pytest.raises(DatabaseError, match="permission denied"):
        sql("R1", "UPDATE applications_explanation SET words = 'x'")
    with pytest.raises(DatabaseError, match="permission denied"):
        sql("R1", "DELETE FROM applications_foundnote")


def explained(app: Application, who: str) -> None:
    me = scope(who)
    with acting_as(me):
        actions.explain(me, app.pk, "because", TODAY, now=NOW, as_of=queries_day())


def explained_by_sql(app: Application, who: str, name: str = "") -> None:
    sql(who, "INSERT INTO applications_explanation (application_id, customer_id, branch_id, manager_id, staff_id, at, day,"
        " words) VALUES (%s, '', '', '', %s, now(), now(), 'x')", app.pk, name or who)  # fmt: skip


def test_a_note_is_found_once_and_follows_its_firm(own_world: str) -> None:
    first, second = advanced(begun(), Verb.DRAW), advanced(begun(), Verb.DRAW)
    night(TODAY + timedelta(1), N77)
    night(TODAY + timedelta(2), N77)
    with acting_as(Scope("A1", everything=True, edition=3)):
        rows = list(FoundNote.objects.values_list("application_id", "note_id", "found_date", "manager_id"))
        assert not Explanation.objects.exists()
    assert rows == [(first.pk, "N77", TODAY + timedelta(1), "M1")]
    assert state(second)[0] == "waiting"
    assert BUSINESS_DATE < TODAY
