"""One embedded PostgreSQL for the whole run, one database per worker, the sample world in every one.

The world is published once into a template; a worker copies it in a fraction of a second. Tests that write do
so as the desk's role inside a transaction that is rolled back; those that must commit ask for `own_world`.
"""

import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as drawn

if TYPE_CHECKING:
    from django.test import Client

    from xiaoer.kit.postgres.embedded import Embedded
    from xiaoer.kit.scope import Scope

TEMPLATE = "world"
LONG = ("slow", "browser")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
numbers = itertools.count(1)
drawn.register_profile("any machine", deadline=None)  # a busy machine is no finding
drawn.load_profile("any machine")


def pytest_configure(config: pytest.Config) -> None:
    """A home of its own for the run, before anything reads the settings."""
    if not WORKER:
        os.environ["XIAOER_HOME"] = tempfile.mkdtemp(prefix="xiaoer-tests-")
    os.environ |= {
        "XIAOER_ALLOW_ROOT": "1",
        "XIAOER_TODAY": "published",
        "XIAOER_SECRET_KEY": "a key for tests only, long enough to be taken",
        "DJANGO_SETTINGS_MODULE": "xiaoer.app.settings",
    }
    for name in ("DATABASE_URL", "DATABASE_WEB_URL", "XIAOER_DEBUG", "XIAOER_HTTPS", "XIAOER_ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    import django
    from django.conf import settings

    django.setup()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules with slow tests first, browsers next: what is short comes last, so that the workers end together."""
    first = dict.fromkeys((item.path for item in items), len(LONG))
    for item in items:
        marked = (place for place, name in enumerate(LONG) if item.get_closest_marker(name))
        first[item.path] = min(first[item.path], *marked, len(LONG))
    items.sort(key=lambda item: first[item.path])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Workers leave without a word, so whoever made the home stops the server in it."""
    home = Path(os.environ["XIAOER_HOME"])
    if not WORKER and home.name.startswith("xiaoer-tests-"):
        embedded_server().stop()
        shutil.rmtree(home, ignore_errors=True)


def embedded_server() -> "Embedded":
    from xiaoer.kit.postgres.embedded import Embedded

    return Embedded(Path(os.environ["XIAOER_HOME"]).resolve() / "postgres", allow_root=True, durable=False)


@pytest.fixture(scope="session")
def postgres_server(django_db_blocker: Any) -> "Embedded":
    """The running server, with the template of the sample world."""
    server = embedded_server()
    with (Path(os.environ["XIAOER_HOME"]) / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server.start()
        ready = Path(os.environ["XIAOER_HOME"]) / "template.ready"
        if not ready.exists():
            with django_db_blocker.unblock():
                _make_template(server)
            ready.touch()
    return server


def _make_template(server: "Embedded") -> None:
    server.ensure_database(TEMPLATE)
    with pointed_at(TEMPLATE):
        from tests.world import STAFF, publish_world
        from xiaoer.app.migrating import migrate
        from xiaoer.branches.accounts import make_account

        migrate()
        publish_world()
        for staff_id, *_ in STAFF:
            make_account(staff_id, password=staff_id.lower() * 5)


@contextmanager
def pointed_at(database: str) -> Iterator[None]:
    """Both of Django's connections lead to this database."""
    from django.db import connections

    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = database
    try:
        yield
    finally:
        for alias, name in before.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name


@contextmanager
def copy_of_the_world(server: "Embedded") -> Iterator[str]:
    """A database of one's own, dropped afterwards."""
    name = f"world_{WORKER or 'only'}_{next(numbers)}"
    server.ensure_database(name, template=TEMPLATE)
    try:
        yield name
    finally:
        with server.superuser() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def django_db_setup(postgres_server: "Embedded") -> Iterator[None]:
    """pytest-django's own fixture, replaced: this worker's database holds the world already."""
    with copy_of_the_world(postgres_server) as name, pointed_at(name):
        yield


@pytest.fixture
def own_world(postgres_server: "Embedded", django_db_blocker: Any) -> Iterator[str]:
    """A world for this test alone, where commits stay and the owner may publish. Gives the database's name."""
    with (
        django_db_blocker.unblock(),
        copy_of_the_world(postgres_server) as name,
        pointed_at(name),
    ):
        yield name


@pytest.fixture
def scope_of() -> "Callable[[str], Scope]":
    """The whole scope of a member of staff of the sample world."""
    from datetime import timedelta

    from tests.world import BUSINESS_DATE
    from xiaoer.branches.queries import whole_scope
    from xiaoer.kit.published import pointer
    from xiaoer.kit.scope import Scope
    from xiaoer.kit.scope.acting import acting_as

    def found(staff_id: str) -> Scope:
        bare = Scope(staff_id, edition=pointer().edition)
        with acting_as(bare):
            return whole_scope(bare, BUSINESS_DATE + timedelta(days=1))

    return found


@pytest.fixture
def in_english() -> Iterator[None]:
    """Sentences as an English reader gets them; the house's own language is Chinese."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def client_of() -> "Callable[[str], Client]":
    """A browser signed in as a member of staff of the sample world."""
    from django.test import Client

    from xiaoer.branches.models import Account

    def signed_in(staff_id: str, **headers: Any) -> Client:
        client = Client(headers={"Accept-Language": "zh-hans"} | headers)
        client.force_login(Account.objects.get(staff_id=staff_id))
        return client

    return signed_in
