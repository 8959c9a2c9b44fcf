"""The red line for whole lists finds the same first rule as the rule for one."""

from dataclasses import replace
from datetime import date, timedelta

import duckdb
import narwhals as nw
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xiaoer.contact_policy.night import blocked
from xiaoer.contact_policy.rules import approach
from xiaoer.contact_policy.terms import Asked, Channel, Known, Policy, Purpose, Stop, Touch

DAY = date(2026, 11, 20)
POLICY = Policy.in_force(DAY)
CONSENTS = ("marketing", "call", "message", "email")
FLAG = st.sampled_from([True, True, False, None])
PAST = st.integers(-2, 125).map(lambda days: DAY - timedelta(days=days))
STOPS = st.builds(
    Stop,
    reason=st.sampled_from(["workout", "complaint", "asked"]),
    since=PAST,
    until=st.none() | PAST,
    channel=st.sampled_from(["", *Channel]),
)
TOUCHES = st.builds(
    Touch,
    day=PAST | st.integers(0, 8).map(lambda days: DAY - timedelta(days=days)),
    channel=st.sampled_from(list(Channel)),
    purpose=st.sampled_from(["offer", "care", "collection", "survey"]),
    outcome=st.sampled_from(["refused", "refused", "complained", "reached", ""]),
)
FIRMS = st.builds(
    Known,
    kind=st.sampled_from(["enterprise", "sole_trader", "owner", "club", None]),
    consents=st.fixed_dictionaries(dict.fromkeys(CONSENTS, FLAG)),
    stops=st.lists(STOPS, max_size=2).map(tuple),
    touches=st.lists(TOUCHES, max_size=6).map(tuple),
    group=st.lists(TOUCHES, max_size=6).map(tuple),
)
PLANNED = [
    (channel, purpose)
    for channel in (*Channel, "pigeon")
    for purpose in (Purpose.OFFER, Purpose.CARE, Purpose.COLLECTION, Purpose.CHECK, Purpose.RENEWAL, "chat")
]


def tables(firms: list[Known]) -> tuple[pl.DataFrame, ...]:
    keyed = [(f"C{number}", firm) for number, firm in enumerate(firms)]
    planned = [(key, str(channel), str(purpose)) for key, _ in keyed for channel, purpose in PLANNED]
    customers = [(key, firm.kind, *(firm.consents[name] for name in CONSENTS)) for key, firm in keyed]
    stops = [(key, s.channel, s.reason, s.since, s.until) for key, firm in keyed for s in firm.stops or ()]
    touches, group = (
        [
            (key, t.channel, t.purpose, t.outcome, t.day)
            for key, firm in keyed
            for t in getattr(firm, name) or ()
        ]
        for name in ("touches", "group")
    )
    text = pl.String
    flags = {f"consent_{name}": pl.Boolean for name in CONSENTS}
    return (
        pl.DataFrame(planned, {"customer_id": text, "channel": text, "purpose": text}, orient="row"),
        pl.DataFrame(customers, {"customer_id": text, "kind": text, **flags}, orient="row"),
        pl.DataFrame(
            stops,
            {"customer_id": text, "channel": text, "reason": text, "day": pl.Date, "until_date": pl.Date},
            orient="row",
        ),
        *(
            pl.DataFrame(
                rows,
                {"customer_id": text, "channel": text, "purpose": text, "outcome": text, "day": pl.Date},
                orient="row",
            )
            for rows in (touches, group)
        ),
    )


def one_by_one(firms: list[Known]) -> list[tuple[str, str, str, str | None]]:
    answers = []
    for number, firm in enumerate(firms):
        for channel, purpose in PLANNED:
            blocks = approach(Asked(channel, purpose, DAY), firm, POLICY).blocks
            first = str(blocks[0].rule) if blocks else None
            answers.append((f"C{number}", str(channel), str(purpose), first))
    return sorted(answers, key=str)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FIRMS, min_size=1, max_size=8))
def test_lists_agree_with_the_rule(firms: list[Known]) -> None:
    frames = [nw.from_native(table.lazy()) for table in tables(firms)]
    found = blocked(*frames, policy=POLICY, on=DAY).collect(backend="polars").to_native().rows()
    assert sorted(found, key=str) == one_by_one(firms)


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FIRMS, min_size=8, max_size=8))
def test_lists_agree_on_the_default_engine_too(firms: list[Known]) -> None:
    with duckdb.connect() as connection:
        frames = [nw.from_native(connection.from_arrow(table.to_arrow())) for table in tables(firms)]
        found = nw.to_native(blocked(*frames, policy=POLICY, on=DAY)).fetchall()
    assert sorted(found, key=str) == one_by_one(firms)


def test_without_any_pause_lists_agree_too() -> None:
    free = POLICY.with_figures({"pause_2_in_7": 0, "pause_3_in_30": 0})
    refused = tuple(Touch(DAY - timedelta(days), "visit", "offer", "refused") for days in (1, 2, 3))
    frames = [
        nw.from_native(table.lazy())
        for table in tables([Known("enterprise", dict.fromkeys(CONSENTS, True), (), refused, ())])
    ]
    for policy, held in ((POLICY, True), (free, False), (replace(free, pauses=()), False)):
        found = blocked(*frames, policy=policy, on=DAY).collect(backend="polars").to_native()
        assert ("refusals" in set(found["blocked_by"])) is held


def test_a_customer_nobody_knows_is_doubt() -> None:
    planned, customers, *more = tables([Known("enterprise", dict.fromkeys(CONSENTS, True))])
    frames = [nw.from_native(table.lazy()) for table in (planned, customers.clear(), *more)]
    found = blocked(*frames, policy=POLICY, on=DAY).collect(backend="polars").to_native()
    assert set(found["blocked_by"]) == {"doubt"}
