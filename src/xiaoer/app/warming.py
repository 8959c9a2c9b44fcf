"""What a server's process learns only once, it learns before its first reader: templates, statements, the bank's sums.

A holder of each post is shown the morning's page as a browser would ask for it, with a sign-in of a minute that nobody
knows; a firm's page is left alone, for who looked at which firm is written down.
"""

import gc
import logging
import time
from contextlib import closing
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.db import Error

from xiaoer.app.sessions import SessionStore
from xiaoer.branches.models import Account, Post
from xiaoer.branches.terms import post_kinds
from xiaoer.kit.published import pointer
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as

logger = logging.getLogger(__name__)

AT_MOST_SECONDS = 8.0
SIGNED_IN_SECONDS = 60
OBJECTS_BETWEEN_LOOKS = 20_000  # a page makes some thousands, nearly all of which go without being looked for
MORNING = "/"


def warm(desk: WSGIHandler) -> int:
    """Open the morning's page for one holder of each post, as long as there is time; gives how many were opened.

    What stands then is not looked through again whenever Python looks for what nobody needs: on a desk with all its
    pages that took a fifth of a second, in the middle of somebody's page.
    """
    opened, until = 0, time.monotonic() + AT_MOST_SECONDS
    try:
        for account in _holders():
            if time.monotonic() < until and _open(desk, account) == 200:
                opened += 1
    except Error as fault:
        logger.warning("the server starts cold, its first pages will take longer: %s", fault)
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS, *gc.get_threshold()[1:])
    return opened


def _holders() -> list[Account]:
    """One account for each kind of post that sees firms; nobody twice who holds several."""
    kinds = [code for code, kind in post_kinds().items() if "firms.read" in kind.rights]
    edition = pointer().edition
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
    session.save()
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
