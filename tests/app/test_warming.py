"""A server's process warms itself before its first reader, and leaves no trace of anybody's reading."""

import gc
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
from xiaoer.branches.models import Account, SignInAttempt
from xiaoer.kit.audit import Reading
from xiaoer.kit.scope.acting import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Iterator[WSGIHandler]:
    """As a server's process has it; a test's connection outlives the requests, as with Django's own client."""
    before, signals = gc.get_threshold(), (request_started, request_finished)
    for one in signals:
        one.disconnect(close_old_connections)
    yield get_wsgi_application()
    for one in signals:
        one.connect(close_old_connections)
    gc.unfreeze()
    gc.set_threshold(*before)


def test_the_morning_is_opened_for_each_post_and_nothing_is_left_of_it(desk: WSGIHandler) -> None:
    opened = warming.warm(desk)
    with acting_as(AS_ANALYST):
        read = Reading.objects.count()
    assert 2 <= opened <= Account.objects.count()
    assert (read, Session.objects.count(), SignInAttempt.objects.count()) == (0, 0, 0)


def test_a_warm_process_asks_less_of_the_database(desk: WSGIHandler) -> None:
    (account, *_) = warming._holders()
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as told:
            assert warming._open(desk, account) == 200
        asked.append(len(told))
    assert asked[1] < asked[0]


def test_what_stands_is_not_looked_through_again(desk: WSGIHandler) -> None:
    gc.unfreeze()
    warming.warm(desk)
    assert gc.get_freeze_count() > 10_000


def test_without_the_database_it_starts_cold_and_says_so(
    desk: WSGIHandler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone() -> list[Account]:
        raise OperationalError("gone")

    monkeypatch.setattr(warming, "_holders", gone)
    with caplog.at_level(logging.WARNING, warming.logger.name):
        assert warming.warm(desk) == 0
    assert "starts cold" in caplog.text


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
