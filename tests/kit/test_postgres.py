"""The embedded PostgreSQL and the two ways in."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.conftest import embedded_server
from xiaoer.kit import postgres
from xiaoer.kit.postgres.embedded import OWNER, SUPERUSER, WEB, Embedded
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import read


def test_root_is_refused_unless_told_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(Refusal, match="XIAOER_ALLOW_ROOT"):
        Embedded(tmp_path / "postgres").start()
    assert not (tmp_path / "postgres").exists()


def test_a_long_home_gets_a_short_socket(tmp_path: Path) -> None:
    deep = Embedded(tmp_path / ("x" * 60) / ("y" * 60) / "postgres")
    assert len(str(deep.socket_folder)) < 90
    assert deep.socket_folder != Embedded(tmp_path / "other" / ("z" * 90)).socket_folder


def test_the_bank_gives_two_addresses_of_two_roles() -> None:
    with pytest.raises(Refusal, match="DATABASE_WEB_URL"):
        postgres.addresses(read({"DATABASE_URL": "postgresql://owner@db/bank"}))
    with pytest.raises(Refusal, match="two roles"):
        postgres.addresses(
            read({"DATABASE_URL": "postgresql://one@db/bank", "DATABASE_WEB_URL": "postgresql://one@db/bank"})
        )


def test_the_banks_addresses_keep_their_options_and_hide_their_password() -> None:
    both = postgres.addresses(
        read({
            "DATABASE_URL": "postgresql://own:s%20cret@db:5433/bank?sslmode=require",
            "DATABASE_WEB_URL": "postgresql://web@db/bank",
        })
    )  # fmt: skip
    told = both.owner.django()
    assert (told["USER"], told["PASSWORD"], told["HOST"], told["PORT"], told["NAME"]) == (
        "own", "s cret", "db", "5433", "bank"
    )  # fmt: skip
    assert told["OPTIONS"] == {"sslmode": "require"}
    assert "s cret" not in repr(both)


def test_only_the_account_that_started_it_comes_in(postgres_server: Embedded) -> None:
    assert stat.S_IMODE(postgres_server.socket_folder.stat().st_mode) == 0o700
    rules = (postgres_server.data / "pg_hba.conf").read_text()
    assert rules.split() == ["local", "all", "all", "peer", "map=xiaoer"]
    with postgres_server.superuser() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolcanlogin"
        ).fetchall()
    assert set(roles) == {
        (SUPERUSER, True, True, True, True), (OWNER, False, False, False, False), (WEB, False, False, False, False)
    }  # fmt: skip


def test_a_stranger_name_is_not_let_in(postgres_server: Embedded) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"user=somebody dbname=postgres host={postgres_server.socket_folder}")


@pytest.mark.slow
def test_the_last_process_to_leave_stops_the_server_and_a_killed_one_does_not_keep_it(tmp_path: Path) -> None:
    use = (
        "import sys, time; from pathlib import Path; from xiaoer.kit.postgres.embedded import Embedded\n"
        f"Embedded(Path({str(tmp_path / 'pg')!r}), allow_root=True, durable=False).start(); print('up', flush=True)\n"
        "sys.stdin.read()"
    )
    first, second = (
        subprocess.Popen([sys.executable, "-c", use], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in "ab"
    )
    assert first.stdout and second.stdout and first.stdin and second.stdin
    assert (first.stdout.readline(), second.stdout.readline()) == (b"up\n", b"up\n")
    server = Embedded(tmp_path / "pg", allow_root=True)
    first.kill()
    first.wait()
    assert server._runs()
    second.stdin.close()
    assert second.wait(30) == 0
    assert not server._runs()
    for stream in (first.stdin, first.stdout, second.stdout):
        stream.close()


def test_ours_is_the_running_one() -> None:
    assert embedded_server().folder.name == "postgres"
