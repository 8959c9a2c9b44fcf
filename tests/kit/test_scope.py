"""The second wall: what PostgreSQL itself shows to a scope, whatever the query."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, connections, transaction
from django.db.utils import InternalError

from tests.world import BUSINESS_DATE, placements
from xiaoer.kit.scope import Scope, sign
from xiaoer.kit.scope.acting import acting_as, set_token
from xiaoer.kit.scope.walls import EXCEPTIONS

pytestmark = pytest.mark.django_db

SCOPED_TABLES = (
    "customers_firm", "features_profile", "scores_score", "scores_shelfscore", "events_event", "offers_proposal",
    "offers_shadowprice",
    "branches_assignment",
)  # fmt: skip
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def ask(query: str, *values: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def test_the_desk_enters_as_a_role_that_owns_nothing_and_cannot_bypass() -> None:
    assert ask("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user") == [
        (False, False, False)
    ]
    assert ask("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == [(0,)]


@pytest.mark.parametrize("table", SCOPED_TABLES)
def test_no_scope_no_rows(table: str) -> None:
    assert ask(f"SELECT count(*) FROM {table}") == [(0,)]


@pytest.mark.parametrize("table", SCOPED_TABLES)
def test_raw_sql_shows_a_manager_only_the_own_portfolio(table: str) -> None:
    with acting_as(Scope("M1", managers=("M1",))):
        assert ask(f"SELECT DISTINCT manager_id FROM {table}") == [("M1",)]


def test_a_branch_shows_its_managers_and_its_pool() -> None:
    with acting_as(Scope("H2", branches=("B2",))):
        seen = {row[0] for row in ask("SELECT customer_id FROM customers_firm")}
    assert seen == {one.customer_id for one in placements() if one.branch_id == "B2"}


def test_everything_shows_everything() -> None:
    with acting_as(Scope("A1", everything=True)):
        assert ask("SELECT count(*) FROM customers_firm") == [(len(placements()),)]


def test_the_scope_ends_with_its_block() -> None:
    with acting_as(Scope("A1", everything=True)):
        pass
    assert ask("SELECT count(*) FROM customers_firm") == [(0,)]


def test_a_forged_token_is_refused() -> None:
    token = sign(Scope("M1", managers=("M1",)), "somebody else's secret", LATER)
    with pytest.raises(ProgrammingError, match="signature"), transaction.atomic():
        set_token(token)
        ask("SELECT count(*) FROM customers_firm")


def test_a_token_whose_claims_were_widened_is_refused() -> None:
    token = sign(Scope("M1", managers=("M1",)), settings.SECRET_KEY, LATER)
    widened = token.replace('"e":false', '"e":true')
    assert widened != token
    with pytest.raises(ProgrammingError, match="signature"), transaction.atomic():
        set_token(widened)
        ask("SELECT count(*) FROM customers_firm")


def test_an_expired_token_is_refused() -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    with pytest.raises(ProgrammingError, match="expired"), transaction.atomic():
        set_token(sign(Scope("M1", managers=("M1",)), settings.SECRET_KEY, past))
        ask("SELECT count(*) FROM customers_firm")


def test_rubbish_is_refused() -> None:
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
        set_token("give me everything")
        ask("SELECT count(*) FROM customers_firm")


def test_the_key_cannot_be_read() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        ask("SELECT * FROM scope_secret")


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE customers_firm SET manager_id = 'M1'",
        "DELETE FROM offers_proposal",
        "INSERT INTO nightly_pointer (only_one, edition, run_id) VALUES (true, 9, '')",
        "UPDATE nightly_pointer SET edition = 9",
        "DELETE FROM kit_history",
        "UPDATE contacts_contact SET outcome = 'accepted'",
        "ALTER TABLE customers_firm DISABLE ROW LEVEL SECURITY",
        "UPDATE branches_account SET staff_id = 'A1'",
        "SET ROLE xiaoer_owner",
        "CREATE TABLE mine (x int)",
    ],
)
def test_what_the_desk_has_no_business_doing_is_denied(attempt: str) -> None:
    with (
        acting_as(Scope("A1", everything=True)),
        pytest.raises(ProgrammingError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attempt)


def test_a_contact_cannot_be_written_into_another_portfolio() -> None:
    columns = "(customer_id, branch_id, manager_id, channel, outcome, note, staff_id, at, day, expected_return, minutes, offer_id)"
    values = "('C000002', 'B2', 'M3', 'call', 'refused', '', 'M1', now(), now(), 0, 0, '')"
    with acting_as(Scope("M1", managers=("M1",))), pytest.raises(ProgrammingError), transaction.atomic():
        ask(f"INSERT INTO contacts_contact {columns} VALUES {values} RETURNING id")


def test_a_reading_cannot_be_signed_with_another_name() -> None:
    with acting_as(Scope("M1", managers=("M1",))), pytest.raises(ProgrammingError), transaction.atomic():
        ask(
            "INSERT INTO kit_reading (at, staff_id, what, customer_id, detail, address, branch_id, manager_id)"
            " VALUES (now(), 'M2', 'firm', 'C000003', '{}', '', 'B1', 'M1') RETURNING id"
        )


def test_the_token_never_shows_in_the_list_of_running_queries(scope_of: Callable[[str], Scope]) -> None:
    with acting_as(scope_of("M1")):
        texts = ask("SELECT query FROM pg_stat_activity")
    assert not any("M1" in (text or "") and "managers" in (text or "") for (text,) in texts)
    set_token(sign(Scope("M1"), settings.SECRET_KEY, LATER))
    with connections["default"].connection.cursor() as cursor:
        last = cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()").fetchone()
    assert "xiaoer.scope" not in last[0]


def test_every_table_is_walled_or_a_named_exception() -> None:
    rows = ask(
        "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class c JOIN pg_namespace n"
        " ON n.oid = relnamespace WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    names = {name for name, _ in rows}
    assert names >= {*SCOPED_TABLES, "kit_history", "kit_fact", "kit_reading", "scope_secret"}
    assert {name for name, walled in rows if not walled} == set(EXCEPTIONS)
    assert all(len(why) > 20 for _, why in EXCEPTIONS.values())


def test_views_and_functions_open_no_door() -> None:
    assert ask("SELECT count(*) FROM pg_views WHERE schemaname = 'public'") == [(0,)]
    definers = ask(
        "SELECT proname, prorettype = 'trigger'::regtype FROM pg_proc WHERE prosecdef"
        " AND pronamespace = 'public'::regnamespace AND has_function_privilege(current_user, oid, 'EXECUTE')"
    )
    assert {name for name, trigger in definers if not trigger} == {
        "branches_scoped",
        "scope_claims",
        "scope_portfolios_delivered",
    }
    guards = {
        "begin",
        "step_guard",
        "step_done",
        "beside_guard",
        "answer_guard",
        "set_track",
        "seen",
        "explain_guard",
    }
    triggers = {name for name, trigger in definers if trigger}  # fire on a write, answer nobody
    rooms = {
        "evidence_photo_guard",
        "events_rule_step",
        "kit_figure_step",
        *(f"applications_{name}" for name in guards),
    }
    rooms |= {
        f"branches_{name}" for name in ("absence_guard", "handover_guard", "handover_carry", "handover_whole")
    }
    assert triggers == {"history_keep"} | rooms


def test_scopes_follow_the_posts(scope_of: Callable[[str], Scope]) -> None:
    assert scope_of("M1").managers == ("M1",)
    assert scope_of("H1").branches == ("B1",)
    assert scope_of("T1").managers == ("pool:B1",)
    assert scope_of("A1").everything
    administrator = scope_of("X1")
    assert not administrator.everything
    assert not administrator.branches
    assert not administrator.managers
    assert BUSINESS_DATE  # the day the posts are asked for
