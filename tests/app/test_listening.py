"""Records from a real NATS server: kept once and fired once, whoever is killed; what is refused is put aside with its sentence."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError

from bench.live import SERVE
from bench.live_desk import free_port
from tests.conftest import copy_of_the_world, pointed_at
from tests.engines.loopback import wait_for
from tests.world import placements
from xiaoer.app import listening
from xiaoer.app.commands.listen import put_aside
from xiaoer.app.listening import AGAIN_SECONDS, TRIES, Plan, listen, subject_holds
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.refusal import Refusal

SUBJECT, REFUSED = "bank.records", "refused.bank.records"
COUNT, KILL_AFTER = 240, 40
FIRMS = [one.customer_id for one in placements()]


@dataclass
class Broker:
    """A NATS server with JetStream on loopback; its store outlives it."""

    program: str
    store: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [self.program, "-js", "-sd", str(self.store), "-a", "127.0.0.1", "-p", str(self.port)]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wait_for(self.port)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    program = shutil.which("nats-server", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        lacking = "nats-server (Debian: apt-get install nats-server)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            f"RECORDS FROM A QUEUE NOT TRIED: no {lacking}"
        )
    server = Broker(program, tmp_path_factory.mktemp("nats"), free_port())
    server.start()
    yield server
    server.kill()


@pytest.fixture
def around(postgres_server: Any, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """A world of one's own, as a listener's process is told of it, with the key of a system."""
    from xiaoer.kit.postgres.embedded import OWNER, WEB
    from xiaoer.sources.systems import make_system

    with django_db_blocker.unblock(), copy_of_the_world(postgres_server) as name, pointed_at(name):
        where = f"/{name}?host={postgres_server.socket_folder}"
        addresses = {
            "DATABASE_URL": f"postgresql://{OWNER}@{where}", "DATABASE_WEB_URL": f"postgresql://{WEB}@{where}",
        }  # fmt: skip
        yield os.environ | addresses | {"KEY": make_system("core", ["payment", "public_record"])}


def listener(broker: Broker, around: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", SERVE, "listen", "--broker", broker.address, "--subject", SUBJECT]
    return subprocess.Popen(command, env=around, start_new_session=True)


def record(which: int, **other: Any) -> bytes:
    told = {
        "kind": "public_record", "number": f"Q-{which}", "customer_id": FIRMS[which % len(FIRMS)],
        "record": "litigation", "at": "2026-11-18T10:00:00+08:00",
    } | other  # fmt: skip
    return json.dumps(told).encode()


POISON = {
    b"{not json": "not JSON",
    record(5, customer_id="C\x00"): "holds a NUL",
    record(0, kind="gossip"): "does not match any of the expected tags",
    record(1, customer_id=""): "public_record.customer_id: String should have at least 1 character",
    record(2, at="2199-01-01T00:00:00+08:00"): "has not come yet",
    record(3, record="bankruptcy"): "posted before with another content",
    record(4, kind="login"): "core may not post login",
}


async def sent(address: str, key: str) -> None:
    """Every record, one in twelve twice; after a while what nobody can take, and one message with a wrong key."""
    import nats

    line = await nats.connect(address)
    store = line.jetstream()
    await store.add_stream(name="records", subjects=[SUBJECT])
    bearer = {"Authorization": f"Bearer {key}"}
    for at in range(COUNT):
        for _turn in range(1 if at % 12 else 2):
            await store.publish(SUBJECT, record(at), headers=bearer)
        if at == COUNT // 2:
            for body in POISON:
                await store.publish(SUBJECT, body, headers=bearer)
            await store.publish(SUBJECT, record(COUNT + 1), headers={"Authorization": "Bearer nobodys"})
            await store.publish(SUBJECT, record(COUNT + 2))
    await line.close()


async def waiting(address: str) -> int:
    """Messages the broker still holds for the listener."""
    import nats

    line = await nats.connect(address)
    told = await line.jetstream().consumer_info("records", "xiaoer")
    await line.close()
    return int(told.num_pending or 0) + int(told.num_ack_pending or 0)


async def put_aside_at(address: str) -> list[dict[str, str]]:
    import nats

    line = await nats.connect(address)
    store = line.jetstream()
    found = await store.stream_info("xiaoer-refused")
    told = [await store.get_msg("xiaoer-refused", at + 1) for at in range(found.state.messages)]
    await line.close()
    return [json.loads(one.data or b"") for one in told]


def until(done: Callable[[], object], seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


def kept() -> int:
    from xiaoer.sources.models import Record

    return Record.objects.using("owner").filter(number__startswith="Q-").count()


@pytest.mark.timeout(900)
def test_whoever_is_killed_nothing_is_lost_and_nothing_happens_twice(
    broker: Broker, around: dict[str, str]
) -> None:
    from xiaoer.events.models import Event

    before = Event.objects.using("owner").count()
    asyncio.run(sent(broker.address, around["KEY"]))
    first = listener(broker, around)
    until(lambda: kept() >= KILL_AFTER)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    before_second = kept()
    second = listener(broker, around)
    try:
        until(lambda: kept() > before_second)
        broker.kill()
        assert kept() < COUNT, "it was killed too late"
        broker.start()
        until(lambda: kept() == COUNT)
        until(lambda: asyncio.run(waiting(broker.address)) == 0)
        assert second.poll() is None
    finally:
        os.killpg(second.pid, signal.SIGTERM)
        assert second.wait(60) == 0
    assert kept() == COUNT
    assert Event.objects.using("owner").count() - before == COUNT
    told = asyncio.run(put_aside_at(broker.address))
    sentences = [*POISON.values(), "no open system has this key", "carries no key"]
    assert len(told) == len(sentences)
    for one, sentence in zip(
        sorted(told, key=lambda one: int(one["message"].split(":")[1])), sentences, strict=True
    ):
        assert sentence in one["sentence"]
    assert around["KEY"] not in json.dumps(told)


def test_a_broker_that_would_lose_records_is_refused(broker: Broker) -> None:
    def refused(**other: str) -> str:
        plan = Plan(
            **{"address": broker.address, "subject": "unkept.records", "durable": "xiaoer", "refused": "x"}
            | other
        )  # type: ignore[arg-type]
        with pytest.raises(Refusal) as told:
            listen(plan, print)
        return str(told.value)

    assert "no stream" in refused()
    assert "would be listened to again" in refused(subject="bank.>", refused="bank.refused")
    shown = refused(address=f"nats://someone:secret@127.0.0.1:{free_port()}")
    assert "does not answer" in shown
    assert "secret" not in shown


@pytest.mark.parametrize(
    ("pattern", "subject", "holds"),
    [
        ("bank.records", "bank.records", True),
        ("bank.records", "bank.records.refused", False),
        ("bank.*", "bank.refused", True),
        ("bank.*", "bank.a.b", False),
        ("bank.>", "bank.a.b", True),
        ("bank.>", "bank", False),
        (">", "refused", True),
    ],
)
def test_which_subjects_a_pattern_holds(pattern: str, subject: str, holds: bool) -> None:
    assert subject_holds(pattern, subject) == holds
    assert not subject_holds(pattern, put_aside(pattern)) or pattern == ">"


GONE, OURS = OperationalError("gone"), ZeroDivisionError()
PUT_ASIDE = f"taking it failed {TRIES} times, last with ZeroDivisionError"


class Message:
    """What a listener sees of one, and what it answers."""

    def __init__(self) -> None:
        self.body, self.headers = b"{}", {}
        self.raw_message = SimpleNamespace(metadata=SimpleNamespace(sequence=SimpleNamespace(stream=7)))
        self.answers: list[object] = []

    async def ack(self) -> None:
        self.answers.append("ack")

    async def nack(self, delay: int) -> None:
        self.answers.append(delay)

    async def publish(self, told: dict[str, str], *_: object, **__: object) -> None:
        """In the broker's place."""
        self.answers.append(told["what"])


@pytest.mark.parametrize(
    ("faults", "answers"),
    [
        ([None], ["ack"]),
        ([GONE] * 99, [AGAIN_SECONDS] * 99),
        ([OURS] * (TRIES - 1), [AGAIN_SECONDS] * (TRIES - 1)),
        ([OURS] * TRIES, [*[AGAIN_SECONDS] * (TRIES - 1), PUT_ASIDE, "ack"]),
        ([*[GONE] * 99, OURS, None], [*[AGAIN_SECONDS] * 100, "ack"]),
        ([Refusal("not so")], ["not so", "ack"]),
    ],
    ids=["on disk", "outage", "ours", "ours too often", "an outage is no failure", "refused"],
)
def test_what_becomes_of_a_message(
    monkeypatch: pytest.MonkeyPatch, faults: list[Exception | None], answers: list[object]
) -> None:
    """Acknowledged only when on disk or put aside; while the database is away it waits, however often it came."""
    waiting = iter(faults)

    def taken(*_: object) -> None:
        if fault := next(waiting):
            raise fault

    monkeypatch.setattr(listening, "_take", taken)
    message: Any = Message()
    with ThreadPoolExecutor(1) as database:
        plan = Plan("nats://x", SUBJECT, "xiaoer", REFUSED)
        taker = listening.Taker(message, plan, ("records", "aside"), database)
        for _ in faults:
            asyncio.run(taker.taken(message))
    assert message.answers == answers


def test_an_instant_of_the_clock_is_taken(around: dict[str, str]) -> None:
    """A message of now, by the same door."""
    from xiaoer.events.jobs import take_message

    body = record(9, number="NOW", at=SystemClock().now().isoformat())
    first, again = take_message(body, around["KEY"]), take_message(body, around["KEY"])
    assert (first.again, again.again, first.firm_known, len(first.event_ids)) == (False, True, True, 1)
