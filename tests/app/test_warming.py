"""A server's process warms itself before its first reader, and leaves no trace of anybody's reading."""

import logging
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from tests.app.test_desk import AS_ANALYST
from xiaoer.app import warming
from xiaoer.branches.models import SignInAttempt
from xiaoer.kit.audit import Reading
from xiaoer.kit.scope.acting import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Iterator[WSGIHandler]:
    """As a server's process has it; a test's connection outlives the requests, as with Django's own client."""
    signals = (request_started, request_finished)
    for one in signals:
        one.disconnect(close_old_connections)
    yield get_wsgi_application()
    for one in signals:
        one.connect(close_old_connections)


def test_the_morning_is_opened_for_each_post_and_nothing_is_left_of_it(
    desk: WSGIHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, opened = [], warming._open
    monkeypatch.setattr(warming, "_open", lambda *told: answered.append(opened(*told)))
    edition = warming.warm(desk)
    with acting_as(AS_ANALYST):
        read = Reading.objects.count()
    assert edition == 1
    assert len(answered) > 1
    assert set(answered) == {200}
    assert (read, Session.objects.count(), SignInAttempt.objects.count()) == (0, 0, 0)


def test_a_warm_process_asks_less_of_the_database(desk: WSGIHandler) -> None:
    (account, *_) = warming._holders(1)
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as told:
            assert warming._open(desk, account) == 200
        asked.append(len(told))
    assert asked[1] < asked[0]


def test_another_night_is_warmed_once(desk: WSGIHandler, monkeypatch: pytest.MonkeyPatch) -> None:
    warmed: list[WSGIHandler] = []
    monkeypatch.setattr(warming, "warm", lambda one: warmed.append(one) or 1)
    assert warming.warmed_again(desk, 0) == 1
    assert warming.warmed_again(desk, 1) == 1
    assert warmed == [desk]


def test_without_the_database_it_is_cold_and_says_so(
    desk: WSGIHandler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(warming, "pointer", gone)
    with caplog.at_level(logging.WARNING, warming.logger.name):
        assert (warming.warm(desk), warming.warmed_again(desk, 7)) == (0, 7)
    assert "gone" in caplog.text


def test_nobody_can_sign_in_with_what_warming_used(
    desk: WSGIHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: list[str] = []
    asked = warming._asked
    monkeypatch.setattr(warming, "_asked", lambda cookie: keys.append(cookie) or asked(cookie))
    warming.warm(desk)
    stores = [warming.SessionStore(cookie.split("=", 1)[1]) for cookie in keys]
    assert stores
    assert not any(one.load() for one in stores)
