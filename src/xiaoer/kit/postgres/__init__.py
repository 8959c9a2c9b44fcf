"""PostgreSQL: the bank's own by DATABASE_URL, or a real one started from a wheel under XIAOER_HOME."""

from dataclasses import dataclass, field
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from xiaoer.kit.postgres.embedded import OWNER, WEB, Embedded
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import Settings

DATABASE = "xiaoer"


@dataclass(frozen=True)
class Address:
    """Where a database is and as whom to enter it."""

    user: str
    database: str
    host: str = ""
    port: str = ""
    password: str = field(default="", repr=False)
    options: tuple[tuple[str, str], ...] = ()

    @property
    def conninfo(self) -> str:
        """What libpq and psycopg take."""
        known = {"user": self.user, "dbname": self.database, "host": self.host, "port": self.port}
        return make_conninfo(**{k: v for k, v in known.items() if v}, **self._secrets())

    def django(self) -> dict[str, Any]:
        """An entry of Django's DATABASES."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.database,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "OPTIONS": dict(self.options),
        }

    def _secrets(self) -> dict[str, str]:
        return dict(self.options) | ({"password": self.password} if self.password else {})


@dataclass(frozen=True)
class Addresses:
    """The two ways in: `owner` makes tables and publishes the night, `web` owns nothing."""

    owner: Address
    web: Address


def addresses(settings: Settings) -> Addresses:
    """Both addresses, without starting anything; raises Refusal when only one of two is given."""
    if settings.database_url is None:
        return _embedded_addresses(embedded(settings))
    if settings.database_web_url is None:
        raise Refusal(
            "DATABASE_URL is set and DATABASE_WEB_URL is not",
            "environment",
            "a second address for a role that owns nothing, for the desk",
            "Create it with: CREATE ROLE xiaoer_web LOGIN NOBYPASSRLS; then set DATABASE_WEB_URL",
        )
    return _separated(_parsed(settings.database_url), _parsed(settings.database_web_url))


def embedded(settings: Settings) -> Embedded:
    """The PostgreSQL under XIAOER_HOME, not started yet."""
    return Embedded(settings.home / "postgres", allow_root=settings.allow_root)


def start(settings: Settings) -> None:
    """Make sure a database answers: starts the embedded one, or does nothing for the bank's own."""
    if settings.database_url is None:
        server = embedded(settings)
        server.start()
        server.ensure_database(DATABASE)


def _embedded_addresses(server: Embedded) -> Addresses:
    host = str(server.socket_folder)
    return Addresses(Address(OWNER, DATABASE, host), Address(WEB, DATABASE, host))


def _separated(owner: Address, web: Address) -> Addresses:
    if owner.user == web.user:
        raise Refusal(
            f"DATABASE_URL and DATABASE_WEB_URL both enter as {owner.user}",
            "environment",
            "two roles, the second owning nothing",
        )
    return Addresses(owner, web)


def _parsed(url: str) -> Address:
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    known = {key: parts.pop(key, "") for key in ("user", "dbname", "host", "port", "password")}
    return Address(
        known["user"], known["dbname"], known["host"], known["port"], known["password"], tuple(parts.items())
    )
