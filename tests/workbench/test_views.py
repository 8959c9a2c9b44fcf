"""Views of one's own: kept, shown, removed; nobody removes another's."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def kept(client: Client) -> str:
    """Keep a view of the firms; gives the address that removes it."""
    client.post("/views/firms/", {"title": "好户", "state": "tier=premier"})
    found = re.search(r"/views/firms/\d+/remove/", client.get("/firms/?tier=premier").content.decode())
    assert found
    return found[0]


def test_a_view_is_kept_and_removed_on_screen(client_of: Callable[[str], Client]) -> None:
    client = client_of("M1")
    removal = kept(client)
    assert "好户" in client.get("/firms/").content.decode()
    assert client.post(removal).status_code == 302
    assert "好户" not in client.get("/firms/").content.decode()


def test_gone_already_is_said(client_of: Callable[[str], Client]) -> None:
    assert client_of("M1").post("/views/firms/987654/remove/").status_code == 422
    assert client_of("M1").post("/views/nonsense/1/remove/").status_code == 404


def test_nobody_removes_another_s(client_of: Callable[[str], Client]) -> None:
    removal = kept(client_of("M1"))
    assert client_of("M2").post(removal).status_code == 422
    assert "好户" in client_of("M1").get("/firms/").content.decode()


def test_a_filter_without_rows_shows_none_and_says_so(client_of: Callable[[str], Client]) -> None:
    page = client_of("M1").get("/firms/?tier=nobody").content.decode()
    assert "没有符合的" in page
    assert '<table class="ledger">' not in page
