"""The red line: `approach()` is the only door to a customer, and it fails closed.

In words, with a worked example: docs/rules/contact-policy.md.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from xiaoer.contact_policy.terms import (
    ANY,
    MARKETING,
    Answer,
    Asked,
    Block,
    Cap,
    Channel,
    Known,
    Policy,
    Purpose,
    Rule,
    Stop,
    Touch,
)
from xiaoer.kit.dates import CHINA
from xiaoer.kit.text import reason

REFUSED, COMPLAINED = "refused", "complained"
NOT_REFUSED, GIVEN = "not_refused", "given"
ORDER = {rule: place for place, rule in enumerate(Rule)}
RULE_OF_STOP = {"workout": Rule.WORKOUT, "complaint": Rule.COMPLAINT}


def approach(asked: Asked, known: Known, policy: Policy, fresh: Known | None = None) -> Answer:
    """Whether this contact may be made, with every rule against it.

    Asked in this order: consent and suppression, pause and cap, quiet hours, and consent and suppression
    once more on `fresh`, what is known at the very moment. A contact about to be made (`asked.at`) without
    fresh knowledge is blocked: on doubt, do not contact.
    """
    if doubts := tuple(_doubts(asked, known, policy, fresh)):
        return Answer(doubts)
    blocks = [*_stops(asked, known, policy), *_pace(asked, known, policy), *_quiet_hours(asked, policy)]
    if fresh is not None:
        earlier = {block.rule for block in blocks}
        blocks += [block for block in _stops(asked, fresh, policy) if block.rule not in earlier]
    return Answer(tuple(sorted(blocks, key=lambda block: ORDER[block.rule])))


def _doubts(asked: Asked, known: Known, policy: Policy, fresh: Known | None) -> Iterator[Block]:
    seen = known if fresh is None else fresh
    if asked.channel not in set(Channel):
        yield Block(Rule.DOUBT, reason("policy_unknown_channel", channel=asked.channel))
    elif asked.purpose not in set(Purpose):
        yield Block(Rule.DOUBT, reason("policy_unknown_purpose", purpose=asked.purpose))
    elif asked.service and asked.service not in policy.service_messages:
        yield Block(Rule.DOUBT, reason("policy_unknown_service", service=asked.service))
    elif asked.at is not None and (fresh is None or asked.at.tzinfo is None):
        yield Block(Rule.DOUBT, reason("policy_not_checked_now"))
    elif any(
        who.kind not in policy.consent or None in (who.stops, who.touches, who.group) for who in (known, seen)
    ):
        yield Block(Rule.DOUBT, reason("policy_firm_unknown"))


def _stops(asked: Asked, known: Known, policy: Policy) -> Iterator[Block]:
    yield from _consent(asked, known, policy)
    for stop in known.stops or ():
        if _holds(stop, asked) and asked.purpose not in _left_open(stop.reason, policy):
            yield _stopped(stop)
    complaint = _last_complaint(asked.day, known, policy)
    if complaint and not asked.service and asked.purpose not in policy.in_complaint:
        free = complaint + timedelta(days=policy.complaint_quiet_days)
        yield Block(
            Rule.COMPLAINT, reason("policy_complained", complaint_date=complaint, free_date=free), free
        )


def _consent(asked: Asked, known: Known, policy: Policy) -> Iterator[Block]:
    if asked.purpose == Purpose.COLLECTION:
        return  # a debt may be asked for without consent, under the rules of its own
    needed = policy.consent[known.kind or ""]
    uses = [asked.channel]
    if asked.purpose in policy.marketing and not asked.service:
        uses.insert(0, MARKETING)
    for use in uses:
        given = known.consents.get(use)
        if given is False:
            yield Block(Rule.CONSENT, reason("policy_consent_refused", use_words=f"use_{use}"))
        elif given is None and needed.get(use, GIVEN) != NOT_REFUSED:
            yield Block(Rule.CONSENT, reason("policy_consent_missing", use_words=f"use_{use}"))


def _holds(stop: Stop, asked: Asked) -> bool:
    in_time = stop.since <= asked.day and (stop.until is None or asked.day <= stop.until)
    return in_time and stop.channel in ("", asked.channel)


def _left_open(stopped_for: str, policy: Policy) -> frozenset[str]:
    return {"workout": policy.in_workout, "complaint": policy.in_complaint}.get(stopped_for, frozenset())


def _stopped(stop: Stop) -> Block:
    rule = RULE_OF_STOP.get(stop.reason, Rule.SUPPRESSION)
    if stop.until is None and rule is Rule.COMPLAINT:
        return Block(rule, reason("policy_complaint_open", since_date=stop.since))
    if stop.until is None:
        return Block(rule, reason("policy_stopped_for_good", since_date=stop.since))
    free = stop.until + timedelta(days=1)
    return Block(rule, reason("policy_stopped", since_date=stop.since, free_date=free), free)


def _last_complaint(day: date, known: Known, policy: Policy) -> date | None:
    first = day - timedelta(days=policy.complaint_quiet_days)
    days = [
        touch.day for touch in known.touches or () if touch.outcome == COMPLAINED and first < touch.day <= day
    ]
    return max(days, default=None)


def _pace(asked: Asked, known: Known, policy: Policy) -> Iterator[Block]:
    if asked.service:
        return
    touches = [touch for touch in known.touches or () if touch.day <= asked.day]
    if asked.purpose in policy.marketing and (free := paused_until(touches, policy)) and asked.day < free:
        yield Block(Rule.REFUSALS, reason("policy_paused", free_date=free), free)
    collecting = asked.purpose == Purpose.COLLECTION
    counted = [touch for touch in touches if (touch.purpose == Purpose.COLLECTION) == collecting]
    names = [Purpose.COLLECTION.value] if collecting else [asked.channel, ANY]
    yield from _caps(Rule.CAP, names, counted, policy.caps, asked.day)
    if not collecting:
        others = [
            touch
            for touch in known.group or ()
            if touch.day <= asked.day and touch.purpose != Purpose.COLLECTION
        ]
        yield from _caps(Rule.GROUP_CAP, names, counted + others, policy.group_caps, asked.day)


def _caps(
    rule: Rule, names: list[str], touches: list[Touch], caps: Mapping[str, Cap], day: date
) -> Iterator[Block]:
    for name in names:
        cap = caps.get(name)
        alike = [touch.day for touch in touches if name in (ANY, Purpose.COLLECTION) or touch.channel == name]
        if cap and (free := _capped_until(alike, day, cap)):
            told = reason(
                f"policy_{rule}", count=cap.count, days=cap.days, use_words=f"use_{name}", free_date=free
            )
            yield Block(rule, told, free)


def paused_until(touches: list[Touch], policy: Policy) -> date | None:
    """The first day after the longest pause the refusals so far have earned; None without one."""
    refusals = sorted(touch.day for touch in touches if touch.outcome == REFUSED)
    ends = [
        day + timedelta(days=pause.pause_days)
        for pause in policy.pauses
        if pause.pause_days
        for day in refusals
        if sum(day - timedelta(days=pause.days) < earlier <= day for earlier in refusals) >= pause.refusals
    ]
    return max(ends, default=None)


def _capped_until(days: list[date], day: date, cap: Cap) -> date | None:
    inside = sorted(touched for touched in days if day - timedelta(days=cap.days) < touched)
    return inside[-cap.count] + timedelta(days=cap.days) if len(inside) >= cap.count else None


def _quiet_hours(asked: Asked, policy: Policy) -> Iterator[Block]:
    if asked.at is None or policy.service_messages.get(asked.service):
        return
    local = asked.at.astimezone(CHINA)
    if policy.quiet_to <= local.hour < policy.quiet_from:
        return
    free = local.date() + timedelta(days=1 if local.hour >= policy.quiet_from else 0)
    told = reason("policy_quiet_hours", from_hour=policy.quiet_from, to_hour=policy.quiet_to)
    yield Block(Rule.QUIET_HOURS, told, free)
