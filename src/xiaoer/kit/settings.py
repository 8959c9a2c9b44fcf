"""What the machine's environment says, read once; a malformed value refuses to start."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from xiaoer.kit.refusal import Refusal

TODAY_IS_THE_PUBLISHED_DAY = "published"
SPARK_MASTER = re.compile(r"local(\[(\d+|\*)\])?|spark://[\w.-]+:\d+(,[\w.-]+:\d+)*")
TRUE, FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


@dataclass(frozen=True)
class Settings:
    """Everything the environment decides.

    `today` is a date, `"published"` (the desk lives on the morning after the published day), or None
    for the machine's own clock. `database_url` None means the embedded PostgreSQL under `home`.
    `spark_master` is where a night on Spark runs, `spark_properties` the bank's own file for its sessions;
    `intake_workers` is how many files are read at a time.
    """

    home: Path
    database_url: str | None
    database_web_url: str | None
    secret_key: str | None
    today: date | str | None
    debug: bool
    allow_root: bool
    allowed_hosts: tuple[str, ...]
    real_data: Path | None
    spark_master: str
    spark_properties: Path | None
    intake_workers: int

    @property
    def lake(self) -> Path:
        return self.home / "lake"

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"


@cache
def settings() -> Settings:
    """The settings of this process; raises Refusal when one is malformed."""
    return read(os.environ)


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from a mapping of environment variables; raises Refusal naming the variable."""
    return Settings(
        home=Path(environment.get("XIAOER_HOME") or "var").expanduser().resolve(),
        database_url=_database(environment, "DATABASE_URL"),
        database_web_url=_database(environment, "DATABASE_WEB_URL"),
        secret_key=_secret(environment),
        today=_today(environment.get("XIAOER_TODAY", "")),
        debug=_flag(environment, "XIAOER_DEBUG"),
        allow_root=_flag(environment, "XIAOER_ALLOW_ROOT"),
        allowed_hosts=_hosts(environment.get("XIAOER_ALLOWED_HOSTS") or "localhost,127.0.0.1,[::1]"),
        real_data=_folder(environment, "XIAOER_REAL_DATA"),
        spark_master=_master(environment.get("XIAOER_SPARK_MASTER") or "local[*]"),
        spark_properties=_file(environment, "XIAOER_SPARK_PROPERTIES"),
        intake_workers=_count(environment, "XIAOER_INTAKE_WORKERS") or os.cpu_count() or 1,
    )


def _count(environment: Mapping[str, str], name: str) -> int | None:
    value = environment.get(name, "").strip()
    if not value or (value.isdecimal() and int(value) > 0):
        return int(value or 0) or None
    raise Refusal(
        f"{name}={value!r} is no number of workers", "environment", "1 or more", f"Set {name}=2 or unset it"
    )


def _flag(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "").strip().lower()
    if value in TRUE | FALSE:
        return value in TRUE
    raise Refusal(
        f"{name}={value!r} is neither yes nor no", "environment", "1 or 0", f"Set {name}=1 or unset it"
    )


def _today(value: str) -> date | str | None:
    if value in ("", TODAY_IS_THE_PUBLISHED_DAY):
        return value or None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Refusal(
            f"XIAOER_TODAY={value!r} is not a day",
            "environment",
            "a date such as 2026-11-22, or the word published",
            "Correct it, or unset it to use the machine's clock",
        ) from None


def _database(environment: Mapping[str, str], name: str) -> str | None:
    value = environment.get(name) or None
    if value and not value.startswith(("postgresql://", "postgres://")):
        raise Refusal(f"{name} is not a PostgreSQL address", "environment", "postgresql://user@host/database")
    return value


def _secret(environment: Mapping[str, str]) -> str | None:
    value = environment.get("XIAOER_SECRET_KEY") or None
    if value and len(value) < 32:
        raise Refusal(
            "XIAOER_SECRET_KEY is too short to protect sessions", "environment", "at least 32 characters"
        )
    return value


def _hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in value.split(",") if host.strip())
    if not hosts or any("/" in host for host in hosts):
        raise Refusal(
            f"XIAOER_ALLOWED_HOSTS={value!r} is not a list of hosts", "environment", "names parted by commas"
        )
    return hosts


def _folder(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name)
    if not value:
        return None
    if not Path(value).is_dir():
        raise Refusal(f"{name}={value!r} is not a folder", "environment", "an existing folder")
    return Path(value)


def _file(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name)
    if not value:
        return None
    if not Path(value).is_file():
        raise Refusal(f"{name}={value!r} is not a file", "environment", "an existing file")
    return Path(value).resolve()


def _master(value: str) -> str:
    if not SPARK_MASTER.fullmatch(value):
        raise Refusal(
            f"XIAOER_SPARK_MASTER={value!r} is no address of a Spark master",
            "environment",
            "spark://host:7077 for a cluster, local[4] for four cores of this machine",
            "Correct it, or unset it to use all cores of this machine",
        )
    return value
