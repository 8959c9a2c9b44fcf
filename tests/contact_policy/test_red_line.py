"""Every rule of the red line on both sides of its bound, in its order, failing closed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from xiaoer.contact_policy.rules import approach
from xiaoer.contact_policy.terms import Asked, Channel, Known, Policy, Purpose, Rule, Stop, Touch
from xiaoer.kit.dates import CHINA
from xiaoer.kit.text import say

DAY = date(2026, 11, 20)
POLICY = Policy.in_force(DAY)
YES = {"marketing": True, "visit": True, "call": True, "message": True, "email": True}
WILLING = Known("enterprise", YES)


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def rules(asked: Asked, known: Known, fresh: Known | None = None) -> list[Rule]:
    return [block.rule for block in approach(asked, known, POLICY, fresh).blocks]


def asked(channel: str = "call", purpose: str = "offer", **more: object) -> Asked:
    return Asked(channel, purpose, DAY, **more)  # type: ignore[arg-type]


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 20, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_willing_firm_left_in_peace_may_be_approached(channel: Channel, purpose: Purpose) -> None:
    assert approach(asked(channel, purpose), WILLING, POLICY).allowed


# -- consent ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "channel", "allowed"),
    [
        ("enterprise", "visit", True),
        ("enterprise", "call", True),
        ("enterprise", "message", False),
        ("enterprise", "email", False),
        ("sole_trader", "visit", True),
        ("sole_trader", "call", False),
        ("sole_trader", "message", False),
        ("owner", "visit", True),
        ("owner", "call", False),
    ],
)
def test_where_silence_will_do(kind: str, channel: str, allowed: bool) -> None:
    assert approach(asked(channel, "care"), Known(kind), POLICY).allowed is allowed


@pytest.mark.parametrize(
    ("kind", "allowed"), [("enterprise", True), ("sole_trader", False), ("owner", False)]
)
def test_persons_are_sold_to_only_when_they_agreed(kind: str, allowed: bool) -> None:
    silent = Known(kind, YES | {"marketing": None})
    assert approach(asked("visit", "offer"), silent, POLICY).allowed is allowed
    assert approach(asked("visit", "care"), silent, POLICY).allowed


def test_no_is_no() -> None:
    assert rules(asked("call"), replace(WILLING, consents=YES | {"call": False})) == [Rule.CONSENT]
    assert rules(asked("visit"), replace(WILLING, consents=YES | {"marketing": False})) == [Rule.CONSENT]
    assert rules(asked("visit", "care"), replace(WILLING, consents=YES | {"marketing": False})) == []


# -- suppressions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stop", "blocks"),
    [
        (Stop("asked", DAY), True),
        (Stop("asked", DAY + timedelta(days=1)), False),
        (Stop("asked", ago(9), DAY), True),
        (Stop("asked", ago(9), ago(1)), False),
        (Stop("asked", ago(9), channel="call"), True),
        (Stop("asked", ago(9), channel="email"), False),
    ],
)
def test_stops_hold_in_their_time_and_on_their_channel(stop: Stop, blocks: bool) -> None:
    assert rules(asked(), replace(WILLING, stops=(stop,))) == ([Rule.SUPPRESSION] if blocks else [])


def test_a_stop_says_when_it_ends() -> None:
    answer = approach(asked(), replace(WILLING, stops=(Stop("asked", ago(3), DAY),)), POLICY)
    assert answer.blocks[0].free_from == DAY + timedelta(days=1)
    assert say(answer.blocks[0].because, "zh") == "11月17日起停联，11月21日恢复"
    endless = approach(asked(), replace(WILLING, stops=(Stop("asked", ago(3)),)), POLICY)
    assert endless.blocks[0].free_from is None


def test_a_workout_leaves_collection_checks_and_requests_open() -> None:
    known = replace(WILLING, stops=(Stop("workout", ago(3)),))
    still = {purpose for purpose in Purpose if approach(asked("call", purpose), known, POLICY).allowed}
    assert still == {Purpose.COLLECTION, Purpose.CHECK, Purpose.REQUEST}
    assert rules(asked(), known) == [Rule.WORKOUT]


def test_a_complaint_leaves_requests_and_checks_open() -> None:
    for known in (
        replace(WILLING, stops=(Stop("complaint", ago(3)),)),
        replace(WILLING, touches=(Touch(ago(3), "visit", "care", "complained"),)),
    ):
        still = {purpose for purpose in Purpose if approach(asked("call", purpose), known, POLICY).allowed}
        assert still == {Purpose.REQUEST, Purpose.CHECK}
        assert rules(asked(), known) == [Rule.COMPLAINT]


@pytest.mark.parametrize(("days", "blocks"), [(29, True), (30, False)])
def test_a_complaint_quiets_us_for_thirty_days(days: int, blocks: bool) -> None:
    known = replace(WILLING, touches=(Touch(ago(days), "visit", "care", "complained"),))
    assert rules(asked(), known) == ([Rule.COMPLAINT] if blocks else [])


# -- pauses and caps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refused_days_ago", "blocks"),
    [
        ((1,), False),
        ((1, 7), True),  # two inside seven days
        ((1, 8), False),  # two, eight days apart
        ((29, 31), True),  # the pause still runs
        ((30, 32), False),  # it has run out
        ((89, 100, 118), True),  # three inside thirty days pause for ninety
        ((89, 100, 119), False),
        ((90, 100, 118), False),
    ],
)
def test_refusals_pause_offers(refused_days_ago: tuple[int, ...], blocks: bool) -> None:
    touches = tuple(Touch(ago(days), "visit", "offer", "refused") for days in refused_days_ago)
    known = replace(WILLING, touches=touches)
    assert rules(asked("message"), known) == ([Rule.REFUSALS] if blocks else [])
    assert Rule.REFUSALS not in rules(asked("message", "renewal"), known)


@pytest.mark.parametrize(
    ("channel", "days_ago", "blocks"),
    [
        ("message", (6,), True),
        ("message", (7,), False),
        ("email", (6,), True),
        ("email", (7,), False),
        ("call", (6,), False),
        ("call", (0, 6), True),
        ("call", (0, 7), False),
        ("visit", (1, 6), True),
    ],
)
def test_caps_by_channel(channel: str, days_ago: tuple[int, ...], blocks: bool) -> None:
    known = replace(WILLING, touches=tuple(Touch(ago(days), channel, "care", "reached") for days in days_ago))
    assert rules(asked(channel), known) == ([Rule.CAP] if blocks else [])


def test_surveys_count_against_the_cap() -> None:
    known = replace(WILLING, touches=(Touch(ago(1), "message", "survey"),))
    assert rules(asked("message"), known) == [Rule.CAP]


@pytest.mark.parametrize(("touches", "blocks"), [(5, False), (6, True)])
def test_all_channels_together_have_a_cap(touches: int, blocks: bool) -> None:
    known = replace(
        WILLING, touches=tuple(Touch(ago(10 + number), "visit", "care") for number in range(touches))
    )
    assert rules(asked("message"), known) == ([Rule.CAP] if blocks else [])
    edge = replace(
        WILLING, touches=tuple(Touch(ago(25 + number), "visit", "care") for number in range(touches))
    )
    assert approach(asked("message"), edge, POLICY).allowed


def test_collection_is_counted_by_itself() -> None:
    collected = tuple(Touch(ago(days), "call", "collection") for days in (1, 2, 3))
    assert rules(asked("call", "collection"), replace(WILLING, touches=collected)) == [Rule.CAP]
    assert rules(asked("call", "collection"), replace(WILLING, touches=collected[:2])) == []
    assert rules(asked("call", "care"), replace(WILLING, touches=collected)) == []
    unwilling = Known("owner", {"call": False}, touches=())
    assert approach(asked("call", "collection"), unwilling, POLICY).allowed


# -- service messages and quiet hours -----------------------------------------------------------------------


def test_service_messages_pass_caps_pauses_and_marketing_consent() -> None:
    tired = Known(
        "owner",
        {"message": True, "marketing": False},
        touches=tuple(Touch(ago(days), "message", "offer", "refused") for days in (0, 1, 2)),
    )
    assert approach(asked("message", "request", service="repayment_due"), tired, POLICY).allowed
    assert rules(asked("message", "request", service="cheap_loan"), tired) == [Rule.DOUBT]


@pytest.mark.parametrize(
    ("when", "allowed"),
    [(at(7, 59), False), (at(8), True), (at(20, 59), True), (at(21), False), (at(0), False)],
)
def test_quiet_hours_from_nine_to_eight(when: datetime, allowed: bool) -> None:
    answer = approach(asked(at=when), WILLING, POLICY, fresh=WILLING)
    assert answer.allowed is allowed
    if not allowed:
        assert [block.rule for block in answer.blocks] == [Rule.QUIET_HOURS]
        assert answer.blocks[0].free_from == (DAY if when.hour < 8 else DAY + timedelta(days=1))


def test_quiet_hours_are_local() -> None:
    noon_in_utc = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)  # 22:00 in China
    assert rules(asked(at=noon_in_utc), WILLING, WILLING) == [Rule.QUIET_HOURS]


def test_only_urgent_service_messages_break_quiet_hours() -> None:
    night = at(23)
    assert rules(asked("message", "request", at=night, service="fraud_alert"), WILLING, WILLING) == []
    assert rules(asked("message", "request", at=night, service="repayment_due"), WILLING, WILLING) == [
        Rule.QUIET_HOURS
    ]


# -- the moment itself, and doubt ---------------------------------------------------------------------------


def test_consent_is_asked_once_more_at_the_moment() -> None:
    changed = replace(WILLING, consents=YES | {"call": False})
    assert rules(asked(at=at(10)), WILLING, changed) == [Rule.CONSENT]
    stopped = replace(WILLING, stops=(Stop("asked", DAY),))
    assert rules(asked(at=at(10)), WILLING, stopped) == [Rule.SUPPRESSION]


def test_a_contact_about_to_be_made_needs_fresh_knowledge() -> None:
    assert rules(asked(at=at(10)), WILLING) == [Rule.DOUBT]
    assert rules(asked(at=datetime(2026, 11, 20, 10)), WILLING, WILLING) == [Rule.DOUBT]  # noqa: DTZ001


@pytest.mark.parametrize(
    "known",
    [
        replace(WILLING, kind=None),
        replace(WILLING, kind="cooperative"),
        replace(WILLING, stops=None),
        replace(WILLING, touches=None),
    ],
)
def test_on_doubt_no_contact(known: Known) -> None:
    assert rules(asked(), known) == [Rule.DOUBT]
    assert rules(asked(at=at(10)), WILLING, known) == [Rule.DOUBT]


def test_unknown_channels_and_purposes_are_doubt() -> None:
    assert rules(asked("pigeon"), WILLING) == [Rule.DOUBT]
    assert rules(asked("call", "chat"), WILLING) == [Rule.DOUBT]


def test_every_block_says_which_rule_in_its_order_and_in_both_languages() -> None:
    """The worked example of docs/rules/contact-policy.md."""
    known = Known(
        "enterprise",
        YES | {"message": False},
        stops=(Stop("complaint", ago(2)), Stop("asked", ago(1), DAY)),
        touches=(
            Touch(ago(1), "message", "offer", "refused"),
            Touch(ago(3), "call", "offer", "refused"),
        ),
    )
    answer = approach(asked("message", at=at(22)), known, POLICY, fresh=known)
    assert [block.rule for block in answer.blocks] == [
        Rule.CONSENT,
        Rule.SUPPRESSION,
        Rule.COMPLAINT,
        Rule.REFUSALS,
        Rule.CAP,
        Rule.QUIET_HOURS,
    ]
    assert [say(block.because, "zh") for block in answer.blocks] == [
        "客户不同意短信",
        "11月19日起停联，11月21日恢复",
        "11月18日的投诉没办结，办结前不营销",
        "近期多次拒绝，12月19日前不再推荐",
        "短信7 天内最多 1 次，已满，11月26日起可再联系",
        "21 点到次日 8 点不打扰",
    ]
    assert all(say(block.because, "en") for block in answer.blocks)
