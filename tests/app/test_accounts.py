"""Accounts and sessions, against somebody who can run SQL as the web role."""

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.db import ProgrammingError, connection, transaction
from django.test import Client, override_settings

from xiaoer.branches.models import Account
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as

pytestmark = pytest.mark.django_db

COOKIE = "sessionid"
OLD, NEWER = (f"django.contrib.auth.hashers.{one}PasswordHasher" for one in ("MD5", "Scrypt"))
ATTEMPTS = (
    *(f"UPDATE branches_account SET {name} = {name}" for name in ("password", "username", "staff_id", "is_active")),
    "INSERT INTO branches_account (username, password, staff_id, is_active) VALUES ('me', 'x', 'A1', true)",
    "DELETE FROM branches_account",
)  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_raw_sql_changes_no_account(attempt: str) -> None:
    with (
        acting_as(Scope("A1", everything=True)),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attempt)


@override_settings(PASSWORD_HASHERS=[NEWER, OLD])
def test_signing_in_does_not_renew_an_old_hash() -> None:
    assert make_password("x").startswith("scrypt")
    assert Client().post("/sign-in/", {"username": "m1", "password": "m1" * 5}).status_code == 302
    assert Account.objects.get(username="m1").password.startswith("md5")


def rows(query: str, *values: object) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def with_cookie(key: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = key
    return client


def test_a_session_row_is_not_a_way_in(client_of: Callable[..., Client]) -> None:
    client = client_of("M1")
    key = client.cookies[COOKIE].value
    stored = [one for (one,) in rows("SELECT session_key FROM django_session")]
    assert stored
    assert key not in stored
    assert signed_in(client)
    assert signed_in(with_cookie(key))
    assert not [one for one in stored if signed_in(with_cookie(one))]


def test_a_session_copied_over_another_remembers_nothing(client_of: Callable[..., Client]) -> None:
    head, mine = client_of("A1"), client_of("M1")
    (theirs,) = {one for (one,) in rows("SELECT session_data FROM django_session")} - {
        data for (data,) in rows("SELECT session_data FROM django_session ORDER BY expire_date DESC LIMIT 1")
    }
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_session SET session_data = %s", [theirs])
    assert signed_in(head)
    assert not signed_in(mine)


def test_signing_out_forgets_the_row(client_of: Callable[..., Client]) -> None:
    client = client_of("M1")
    client.post("/sign-out/")
    assert not rows("SELECT 1 FROM django_session")
