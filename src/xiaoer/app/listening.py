"""Records from the bank's own broker (NATS with JetStream): acknowledged when on disk, put aside when refused.

A message is delivered until it is acknowledged, and a record taken twice changes nothing: so whoever is killed, nothing
is lost and nothing happens twice. docs/guides/records.md, docs/decisions/0041-records-from-a-queue.md.
"""

import asyncio
import base64
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nats
from django.db import InterfaceError, OperationalError, connections
from faststream import AckPolicy, FastStream
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.annotations import NatsMessage
from nats.errors import Error as BrokerFault
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig
from nats.js.errors import NotFoundError

from xiaoer.events.jobs import take_message
from xiaoer.kit.refusal import Refusal

AT_ONCE = 64
ANSWER_SECONDS = 10  # the broker delivers again what was not acknowledged by then
AGAIN_SECONDS = 5  # until the next try, where the database does not answer or something of ours failed
TRIES = 10  # of a message at which something of ours fails, before it is put aside
ASIDE_STREAM = "xiaoer-refused"  # made where no stream of the bank keeps what is put aside
log = logging.getLogger("xiaoer.listen")


@dataclass(frozen=True)
class Plan:
    """Where to listen. `key` counts for messages that carry none; `refused` is the subject of what is put aside."""

    address: str
    subject: str
    durable: str
    refused: str
    key: str = field(default="", repr=False)
    credentials: Path | None = None

    @property
    def shown(self) -> str:
        """The address without a password."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.hostname}:{parts.port or 4222}"

    def connecting(self) -> dict[str, Any]:
        return {"user_credentials": str(self.credentials)} if self.credentials else {}


def listen(plan: Plan, told: Callable[[str], None]) -> None:
    """Take records until stopped (Ctrl+C, SIGTERM); `told` hears when it begins.

    Raises Refusal where the broker does not answer, or no stream of it keeps the subject.
    """
    asyncio.run(_listen(plan, told))


async def _listen(plan: Plan, told: Callable[[str], None]) -> None:
    stream, aside = await _prepared(plan)
    broker = NatsBroker(
        plan.address, logger=None, max_reconnect_attempts=-1, reconnect_time_wait=1, **plan.connecting()
    )
    with ThreadPoolExecutor(1, "records") as database:
        taker = Taker(broker, plan, (stream, aside), database)
        broker.subscriber(
            plan.subject,
            stream=JStream(name=stream, declare=False),
            durable=plan.durable,
            config=ConsumerConfig(ack_wait=ANSWER_SECONDS, max_deliver=-1),
            pull_sub=PullSub(batch_size=AT_ONCE),
            ack_policy=AckPolicy.MANUAL,
            decoder=_as_it_is,
        )(taker.taken)
        running = FastStream(broker, logger=None)
        running.after_startup(lambda: told(f"{plan.subject} at {plan.shown}, stream {stream}"))
        await running.run()


async def _as_it_is(message: NatsMessage) -> bytes:
    return message.body


async def _prepared(plan: Plan) -> tuple[str, str]:
    """The stream that keeps the subject, and the one that keeps what is put aside; that is made where there is none."""
    _refuse_circle(plan)
    try:
        line = await nats.connect(
            plan.address,
            max_reconnect_attempts=1,
            reconnect_time_wait=1,
            connect_timeout=10,
            **plan.connecting(),
        )
    except (OSError, BrokerFault) as fault:
        raise Refusal(
            f"the broker {plan.shown} does not answer: {fault}",
            "listen",
            "a NATS server with JetStream",
            "Look whether it runs, and at the address, user and credentials",
        ) from None
    try:
        return await _streams(line.jetstream(), plan)
    finally:
        await line.close()


def _refuse_circle(plan: Plan) -> None:
    """What is put aside must not be listened to."""
    if subject_holds(plan.subject, plan.refused):
        raise Refusal(
            f"what is put aside under {plan.refused} would be listened to again as one of {plan.subject}",
            "listen",
            "a subject of its own",
            "Choose another with --refused",
        )


def subject_holds(pattern: str, subject: str) -> bool:
    """Whether a subject is one of a pattern's: `*` is one word, `>` at the end one or more."""
    words, asked = pattern.split("."), subject.split(".")
    if words[-1] == ">":
        words, asked = words[:-1], asked[: len(words) - 1] if len(asked) >= len(words) else []
    return len(words) == len(asked) and all(
        one in ("*", other) for one, other in zip(words, asked, strict=True)
    )


async def _streams(store: JetStreamContext, plan: Plan) -> tuple[str, str]:
    try:
        stream = await store.find_stream_name_by_subject(plan.subject)
    except BrokerFault:
        raise Refusal(
            f"no stream of {plan.shown} keeps {plan.subject}: what comes while nobody listens would be lost",
            "listen",
            "a JetStream stream with this subject",
            f"nats stream add records --subjects '{plan.subject}' --storage file",
        ) from None
    try:
        return stream, await store.find_stream_name_by_subject(plan.refused)
    except NotFoundError:
        await store.add_stream(name=ASIDE_STREAM, subjects=[plan.refused])
        return stream, ASIDE_STREAM


@dataclass(frozen=True)
class Taker:
    """Takes messages one after the other in the thread that holds the connection to PostgreSQL."""

    broker: NatsBroker
    plan: Plan
    streams: tuple[str, str]  # of the records, of what is put aside
    database: ThreadPoolExecutor
    failures: Counter[int] = field(default_factory=Counter)  # of ours, by message; an outage is none

    async def taken(self, message: NatsMessage) -> None:
        """Acknowledge after the commit; put aside what is refused; leave to a later delivery what we could not do."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self.database, _take, message.body, self._key(message))
        except Refusal as refusal:
            await self._aside(message, refusal)
        except (OperationalError, InterfaceError) as fault:
            log.warning("the database does not answer, records wait: %s", fault)
            await message.nack(delay=AGAIN_SECONDS)
        except Exception as fault:
            log.exception("message %s", _number(message))
            await self._failed(message, fault)
        else:
            self.failures.pop(_number(message), None)
            await message.ack()

    def _key(self, message: NatsMessage) -> str:
        scheme, _, key = (message.headers or {}).get("Authorization", "").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else self.plan.key

    async def _failed(self, message: NatsMessage, fault: Exception) -> None:
        self.failures[_number(message)] += 1
        if self.failures[_number(message)] < TRIES:
            await message.nack(delay=AGAIN_SECONDS)
            return
        told = f"taking it failed {TRIES} times, last with {type(fault).__name__}"
        await self._aside(
            message,
            Refusal(told, "queue", next_step="The listener's log says more; send it again afterwards"),
        )

    async def _aside(self, message: NatsMessage, refusal: Refusal) -> None:
        """Kept by the broker with its sentence, once, before the message itself is acknowledged; never with a key."""
        self.failures.pop(_number(message), None)
        number = f"{self.streams[0]}:{_number(message)}"
        log.warning("%s is put aside: %s", number, refusal)
        await self.broker.publish(
            _told(message, refusal, number),
            self.plan.refused,
            stream=self.streams[1],
            headers={"Nats-Msg-Id": number},
        )
        await message.ack()


def _take(body: bytes, key: str) -> None:
    try:
        take_message(body, key)
    except (OperationalError, InterfaceError):
        connections.close_all()  # the next message opens another
        raise


def _told(message: NatsMessage, refusal: Refusal, number: str) -> dict[str, str]:
    kept = {"message": number, "sentence": str(refusal)} | vars(refusal)
    try:
        return kept | {"record": message.body.decode()}
    except UnicodeDecodeError:
        return kept | {"record_base64": base64.b64encode(message.body).decode()}


def _number(message: NatsMessage) -> int:
    """Its place in the stream."""
    return int(message.raw_message.metadata.sequence.stream)
