"""Whatever the history, no path leads past the red line: list, campaign, event by day, desk and interface, the dial.

Days are lived one after another. On each, somebody asks by some path; what the path lets through is a contact and is
remembered. Afterwards a judge that shares no code with the policy reads the log with the figures of parameters.toml.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import xiaoer
from xiaoer.contact_policy.night import blocked, circles, group_touches, neighbours
from xiaoer.contact_policy.queries import Policies
from xiaoer.contact_policy.rules import approach
from xiaoer.contact_policy.terms import Asked, Known, Policy, Stop, Touch
from xiaoer.contacts.terms import FollowUp
from xiaoer.kit.dates import CHINA
from xiaoer.offers.door import Doorkeeper, Standing
from xiaoer.offers.terms import Effort, FirmFacts, Occasion, Terms
from xiaoer.workbench.approaching import answer, answer_beside

FIRST = date(2026, 3, 2)
POLICY, TERMS = Policy.in_force(FIRST), Terms.in_force(FIRST)
FIGURES = tomllib.loads(
    (Path(xiaoer.__file__).parent / "contact_policy/parameters.toml").read_text(encoding="utf-8")
)["policy"]["version"][0]
USES = ("marketing", "call", "message", "email")
WAYS = ("visit", "call", "message", "email")
PATHS = ("list", "campaign", "event", "desk", "plan", "dial")
FIRMS = ("A", "B", "C")  # A and B are one group, B and C have one representative


@dataclass
class Firm:
    kind: str | None
    consents: dict[str, bool | None]
    stops: list[Stop]
    made: list[tuple[date, str, str, str, int]] = field(
        default_factory=list
    )  # day, way, purpose, outcome, hour
    plans: list[FollowUp] = field(default_factory=list)


OTHERS = {"A": ("B",), "B": ("A", "C"), "C": ("B",)}
DAYS = st.integers(0, 70)
STOPS = st.builds(
    lambda reason, start, length, way: Stop(
        reason, FIRST + timedelta(start), None if length is None else FIRST + timedelta(start + length), way
    ),
    st.sampled_from(["workout", "complaint", "asked_not_to"]), st.integers(0, 60), st.none() | st.integers(0, 20),
    st.sampled_from(["", *WAYS]),
)  # fmt: skip
PEOPLE = st.builds(
    Firm,
    kind=st.sampled_from(["enterprise", "enterprise", "sole_trader", "owner", None]),
    consents=st.fixed_dictionaries(dict.fromkeys(USES, st.sampled_from([True, True, True, False, None]))),
    stops=st.lists(STOPS, max_size=1),
)
TRIES = st.tuples(
    st.sampled_from(FIRMS), st.sampled_from(PATHS), st.sampled_from(WAYS),
    st.sampled_from(["offer", "care", "care", "renewal", "survey", "request", "check", "collection"]),
    st.sampled_from(["reached", "reached", "refused", "complained", ""]), st.integers(0, 23), st.integers(0, 9),
)  # fmt: skip
LIVES = st.tuples(
    st.tuples(PEOPLE, PEOPLE, PEOPLE), st.lists(st.tuples(st.integers(0, 1), TRIES), min_size=5, max_size=90)
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(LIVES)
def test_no_path_leads_past_the_red_line(life: Any) -> None:
    people, tries = life
    firms, day = dict(zip(FIRMS, people, strict=True)), FIRST
    for pause, (name, path, way, purpose, outcome, hour, ahead) in tries:
        day += timedelta(pause)
        _keep_plans(firms, day)
        if path == "plan":
            _plan(firms, name, day, FollowUp(day + timedelta(ahead + 1), way))
        elif (made := _let_through(firms, name, path, way, purpose, hour, day)) is not None:
            firms[name].made.append((day, made[0], made[1], outcome, hour if path == "dial" else 12))
    assert _judged(firms) == []


def _keep_plans(firms: dict[str, Firm], day: date) -> None:
    """A plan is kept on its day, after the last moment's question."""
    for name in FIRMS:
        for plan in [one for one in firms[name].plans if one.due_date <= day]:
            firms[name].plans.remove(plan)
            if answer(_known(firms, name), plan, UNCHANGED).allowed:
                firms[name].made.append((plan.due_date, plan.kind, "care", "", 12))


def _plan(firms: dict[str, Firm], name: str, day: date, plan: FollowUp) -> None:
    ahead = [Touch(one.due_date, one.kind, "care") for one in firms[name].plans]
    if answer_beside(_known(firms, name), plan, ahead, UNCHANGED).allowed:
        firms[name].plans.append(plan)


def _known(firms: dict[str, Firm], name: str) -> Known:
    mine, others = firms[name], [firms[other] for other in OTHERS[name]]
    return Known(
        mine.kind, mine.consents, tuple(mine.stops), tuple(Touch(*one[:4]) for one in mine.made),
        tuple(Touch(*one[:4]) for other in others for one in other.made),
    )  # fmt: skip


def _let_through(  # noqa: PLR0917  one try, spelled out
    firms: dict[str, Firm], name: str, path: str, way: str, purpose: str, hour: int, day: date
) -> tuple[str, str] | None:
    """The way and purpose of the contact this path lets through, or None."""
    known = _known(firms, name)
    if path == "list":
        door = Doorkeeper(POLICY, TERMS, day, {name: Standing(known)})
        effort, stopped = door(_facts(name), OCCASION, Effort(way, purpose, 20, 0.1, "relationship"))
        return None if stopped else (effort.kind, purpose)
    if path == "campaign":
        return (way, purpose) if _campaign(firms, name, way, purpose, day) is None else None
    if path == "dial":
        at = datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)
        asked = Asked(way, purpose, day, at)
        return (way, purpose) if approach(asked, known, POLICY, fresh=known).allowed else None
    told = answer(known, FollowUp(day, way), UNCHANGED)  # event by day, desk, interface
    return (way, "care") if told.allowed else None


UNCHANGED = Policies(())
OCCASION = Occasion("follow_up", "promised", {}, {}, 0)  # type: ignore[typeddict-item]


def _facts(name: str) -> FirmFacts:
    return FirmFacts(name, "B1", "M1", 0, 0, 0, "", 0, (OCCASION,))  # type: ignore[arg-type]


def _campaign(firms: dict[str, Firm], name: str, way: str, purpose: str, day: date) -> str | None:
    """What the rule for whole lists finds, on the tables a night would hand over."""
    text = pl.String
    customers = pl.DataFrame(
        [(one, firm.kind, *(firm.consents[use] for use in USES)) for one, firm in firms.items()],
        {"customer_id": text, "kind": text} | {f"consent_{use}": pl.Boolean for use in USES}, orient="row",
    )  # fmt: skip
    stops = pl.DataFrame(
        [(one, s.channel, s.reason, s.since, s.until) for one, firm in firms.items() for s in firm.stops],
        {"customer_id": text, "channel": text, "reason": text, "day": pl.Date, "until_date": pl.Date}, orient="row",
    )  # fmt: skip
    touches = nw.from_native(
        pl.DataFrame(
            [(one, t[1], t[2], t[3], t[0]) for one, firm in firms.items() for t in firm.made],
            {"customer_id": text, "channel": text, "purpose": text, "outcome": text, "day": pl.Date}, orient="row",
        ).lazy()
    )  # fmt: skip
    ties = nw.from_native(pl.DataFrame({"from_id": ["A"], "to_id": ["B"]}).lazy())
    roles = nw.from_native(
        pl.DataFrame(
            {"customer_id": ["B", "C"], "person_id": ["P", "P"], "role": ["legal_representative"] * 2}
        ).lazy()
    )
    group = group_touches(neighbours(circles(ties, roles, POLICY)), touches)
    planned = nw.from_native(
        pl.DataFrame({"customer_id": [name], "channel": [way], "purpose": [purpose]}).lazy()
    )
    known = (nw.from_native(customers.lazy()), nw.from_native(stops.lazy()))
    found = blocked(planned, *known, touches, group, policy=POLICY, on=day).collect(backend="polars")
    told: str | None = found["blocked_by"][0]
    return told


# ---------------------------------------------------------------- the judge, by hand


def _judged(firms: dict[str, Firm]) -> list[str]:
    wrong = []
    for name, firm in firms.items():
        for at, contact in enumerate(firm.made):
            before = [one for one in firm.made[:at] if one[0] <= contact[0]]
            others = [one for other in OTHERS[name] for one in firms[other].made]
            wrong += [f"{name} {contact}: {why}" for why in _against(firm, contact, before, others)]
    return wrong


def _against(firm: Firm, contact: Any, before: list[Any], others: list[Any]) -> list[str]:  # noqa: C901  the whole policy once more
    day, way, purpose, _outcome, hour = contact
    wrong = []
    if firm.kind is None:
        wrong.append("unknown kind")
    elif purpose != "collection":
        needed = FIGURES["consent"][firm.kind]
        for use in [way] + (["marketing"] if purpose in FIGURES["purposes"]["marketing"] else []):
            given = firm.consents.get(use)
            if given is False or (given is None and needed[use] == "given"):
                wrong.append(f"no consent to {use}")
    for stop in firm.stops:
        holds = stop.since <= day and (stop.until is None or day <= stop.until) and stop.channel in ("", way)
        open_to = FIGURES["purposes"].get(f"in_{stop.reason}", [])
        if holds and purpose not in open_to:
            wrong.append(f"stopped: {stop.reason}")
    if purpose not in FIGURES["purposes"]["in_complaint"] and any(
        one[3] == "complained" and (day - one[0]).days < FIGURES["complaint"]["quiet_days"] for one in before
    ):
        wrong.append("complained")
    wrong += _too_many("cap", FIGURES["caps"], contact, before)
    if purpose != "collection":
        alike = [one for one in before + [o for o in others if o[0] < day] if one[2] != "collection"]
        wrong += _too_many("group cap", FIGURES["group_caps"], contact, alike)
    if purpose in FIGURES["purposes"]["marketing"] and _paused(before, day):
        wrong.append("paused after refusals")
    if not 8 <= hour < 21:
        wrong.append("quiet hours")
    return wrong


def _too_many(what: str, caps: Any, contact: Any, before: list[Any]) -> list[str]:
    day, way, purpose = contact[:3]
    wrong = []
    for name, cap in caps.items():
        if (name == "collection") != (purpose == "collection") or name not in (way, "any", "collection"):
            continue
        counted = [
            one
            for one in [*before, contact]
            if (day - one[0]).days < cap["days"]
            and (one[2] == "collection") == (purpose == "collection")
            and name in (one[1], "any", "collection")
        ]
        if len(counted) > cap["count"]:
            wrong.append(f"{what} {name}: {len(counted)} in {cap['days']} days")
    return wrong


def _paused(before: list[Any], day: date) -> bool:
    refusals = sorted(one[0] for one in before if one[3] == "refused")
    return any(
        sum(0 <= (last - one).days < pause["days"] for one in refusals) >= pause["refusals"]
        and (day - last).days < pause["pause_days"]
        for pause in FIGURES["pauses"]
        for last in refusals
    )
