"""What a server's process learns only once, it learns before its first reader: templates, statements, the bank's sums.

A holder of each post is shown the morning's page as a browser would ask for it, with a sign-in of a minute that nobody
knows; a firm's page is left alone, for who looked at which firm is written down.
"""

import gc
import logging
import threading
import time
from contextlib import closing
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.db import Error, connections
from psycopg import Error as PsycopgError

from xiaoer.app.sessions import SessionStore
from xiaoer.branches.models import Account, Post
from xiaoer.branches.terms import post_kinds
from xiaoer.kit.published import pointer
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as

logger = logging.getLogger(__name__)

AT_MOST_SECONDS = 8.0
LOOK_SECONDS = 15.0  # between looks for another night
SIGNED_IN_SECONDS = 60
OBJECTS_BETWEEN_LOOKS = 20_000  # a page makes some thousands, nearly all of which go without being looked for
MORNING = "/"


def keep_warm(desk: WSGIHandler) -> None:
    """Warm the process now, and the bank's sums again whenever another night is shown.

    What stands then is not looked through again whenever Python looks for what nobody needs: on a desk with all its
    pages that took a fifth of a second, in the middle of somebody's page.
    """
    shown = warm(desk)
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS, *gc.get_threshold()[1:])
    connections.close_all()  # the server's threads have their own
    threading.Thread(target=_follow, args=(desk, shown), name="warming", daemon=True).start()


def warm(desk: WSGIHandler) -> int:
    """Open the morning's page for one holder of each post, as long as there is time; gives the edition shown."""
    until, edition = time.monotonic() + AT_MOST_SECONDS, 0
    try:
        edition = pointer().edition
        for account in _holders(edition):
            if time.monotonic() < until:
                _open(desk, account)
    except (Error, PsycopgError) as fault:
        logger.warning("the server is cold, its next pages will take longer: %s", fault)
    return edition


def _follow(desk: WSGIHandler, shown: int) -> None:
    """For as long as the process lives; a database that went away is asked again the next time."""
    while True:
        time.sleep(LOOK_SECONDS)
        shown = warmed_again(desk, shown)
        connections.close_all()


def warmed_again(desk: WSGIHandler, shown: int) -> int:
    """The edition shown now; one that was not shown before is warmed."""
    try:
        edition = pointer().edition
    except (Error, PsycopgError) as fault:
        logger.warning("nobody knows which night is shown: %s", fault)
        return shown
    return shown if edition == shown else warm(desk)


def _holders(edition: int) -> list[Account]:
    """One account for each kind of post that sees firms; nobody twice who holds several."""
    kinds = [code for code, kind in post_kinds().items() if "firms.read" in kind.rights]
    with acting_as(Scope("", everything=True, edition=edition)):
        posts = Post.objects.at(edition).filter(post__in=kinds)
        accounts = Account.objects.filter(is_active=True, staff_id__in=posts.values("staff_id"))
        known = {one.staff_id: one for one in accounts}
        held = posts.filter(staff_id__in=known).order_by("-staff_id").values_list("post", "staff_id")
        first = dict(held)
    return [known[staff_id] for staff_id in sorted(set(first.values()))]


def _open(desk: WSGIHandler, account: Account) -> int:
    """The status the page answered with."""
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.set_expiry(SIGNED_IN_SECONDS)
    session.create()
    answered: list[int] = []

    def started(status: str, _headers: object, _fault: object = None) -> Any:
        answered.append(int(status.split(" ", 1)[0]))

    try:
        cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
        with closing(desk(_asked(cookie), started)) as pieces:
            b"".join(pieces)
    finally:
        session.delete()
    return answered[0]


def _asked(cookie: str) -> dict[str, Any]:
    """A browser's request for the morning's page, in words of WSGI."""
    host = settings.ALLOWED_HOSTS[0].lstrip(".") if settings.ALLOWED_HOSTS else "localhost"
    asked: dict[str, Any] = {
        "PATH_INFO": MORNING,
        "HTTP_HOST": "localhost" if host == "*" else host,
        "HTTP_COOKIE": cookie,
        "wsgi.input": BytesIO(),
    }
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        asked[name] = value
    setup_testing_defaults(asked)
    return asked
