"""The desk asks the contact policy: what is known of a firm, and whether a plan may stand.

`contacts` stands below `contact_policy` and cannot ask; its actions take the question as `door`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from xiaoer.contact_policy.models import Suppression
from xiaoer.contact_policy.queries import Policies, standing
from xiaoer.contact_policy.rules import approach
from xiaoer.contact_policy.terms import (
    Answer,
    Asked,
    Block,
    Channel,
    Known,
    Purpose,
    Rule,
    Stop,
    Touch,
)
from xiaoer.contacts import queries as contacts
from xiaoer.contacts.actions import FollowUp
from xiaoer.contacts.models import Contact
from xiaoer.customers.models import Firm
from xiaoer.features import queries as features
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.text import reason, say
from xiaoer.satisfaction import queries as surveys
from xiaoer.satisfaction.requests import open_complaints
from xiaoer.workbench.shown.drawings import tongue

STOPS = (Rule.SUPPRESSION, Rule.WORKOUT, Rule.COMPLAINT)
PACE = (Rule.CAP, Rule.GROUP_CAP)
NO_CONTACT = ("check",)  # tasks nobody is approached for
REMEMBERED = 60  # contacts of the desk, and days of surveys, looked back at; caps and pauses need far fewer


@dataclass(frozen=True)
class Stopped:
    """A line for the page: by which ways the firm is not to be contacted ("" = none at all), and why."""

    channel: str
    rule: str
    because: str


def known_of(scope: Scope, firm: Firm, today: date) -> Known:
    """A firm as the policy needs it: kind, consents, stops, contacts of the desk and of the bank's files."""
    return known_of_each(scope, [firm], today)[firm.customer_id]


def known_of_each(scope: Scope, firms: Collection[Firm], today: date) -> dict[str, Known]:
    """Several firms at once, in as many statements as for one.

    Of the other firms of its circles the night tells every contact; those of today, and of firms in scope, are added.
    """
    if not firms:
        return {}
    numbers = {firm.customer_id for firm in firms}
    profiles = features.standings(scope, numbers)
    others = {other for profile in profiles.values() for other in _told_of(profile).get("group") or ()}
    met = contacts.contacts_with_each(scope, numbers | others, at_most=REMEMBERED)
    stopped = _by_firm(standing(scope, numbers, today))
    asked, complained = _surveyed(scope, numbers, today), _complained(scope, numbers)
    found = {}
    for firm in firms:
        profile = profiles.get(firm.customer_id)
        told = _told_of(profile)
        stops = (*_stops(stopped.get(firm.customer_id, ())), *complained.get(firm.customer_id, ()))
        touches = [*_touches(met.get(firm.customer_id, ()), profile), *asked.get(firm.customer_id, ())]
        consents = told.get("consents") or {}
        found[firm.customer_id] = Known(
            firm.kind, consents, stops, tuple(touches), tuple(_of_group(told, met))
        )
    return found


def _surveyed(scope: Scope, numbers: Collection[str], today: date) -> dict[str, list[Touch]]:
    """Surveys sent lately count like any other contact."""
    found: dict[str, list[Touch]] = {}
    for number, day, channel in surveys.asked_of_each(scope, numbers, today - timedelta(days=REMEMBERED)):
        found.setdefault(number, []).append(Touch(day, channel, Purpose.SURVEY))
    return found


def _complained(scope: Scope, numbers: Collection[str]) -> dict[str, list[Stop]]:
    """Complaints nobody has closed yet, of the file or of the desk, as of this very moment."""
    found: dict[str, list[Stop]] = {}
    for number, day in open_complaints(scope, numbers):
        found.setdefault(number, []).append(Stop("complaint", day))
    return found


def _by_firm(rows: Iterable[Suppression]) -> dict[str, list[Suppression]]:
    found: dict[str, list[Suppression]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(row)
    return found


def _told_of(profile: Any) -> dict[str, Any]:
    """What the bank's files tell of the firm's standing."""
    return (profile.standing if profile else None) or {}


def answer(known: Known, plan: FollowUp, policies: Policies | None = None) -> Answer:
    """What the policy says to a plan of the desk; such a plan is care. Who asks often hands the policies over."""
    asked = Asked(plan.kind, Purpose.CARE, plan.due_date)
    return approach(asked, known, (policies or Policies.now()).on(plan.due_date))


def ahead_of(scope: Scope, customer_id: str, today: date, but: int | None = None) -> list[Touch]:
    """What is planned with a firm on days to come, as contacts that will have been made; `but` one task."""
    tasks = contacts.planned_with(scope, [customer_id], today)
    return [
        Touch(one.due_date, one.kind, Purpose.CARE)
        for one in tasks
        if one.kind not in NO_CONTACT and one.pk != but
    ]


def with_plans(known: Known, plans: Iterable[Touch]) -> Known:
    """As if the plans had been kept."""
    return replace(known, touches=(*(known.touches or ()), *plans))


def answer_beside(known: Known, plan: FollowUp, ahead: list[Touch], policies: Policies) -> Answer:
    """What the policy says to a plan beside others: to itself, and to each later one that it would crowd out."""
    told = answer(with_plans(known, ahead), plan, policies)
    mine = Touch(plan.due_date, plan.kind, Purpose.CARE)
    for place, later in enumerate(ahead):
        if told.allowed and later.day > plan.due_date:
            others = [mine, *ahead[:place], *ahead[place + 1 :]]
            crowded = answer(with_plans(known, others), FollowUp(later.day, later.channel), policies)
            told = Answer(tuple(block for block in crowded.blocks if block.rule in PACE))
    return told


@dataclass(frozen=True)
class Door:
    """The policy's question, handed to an action: raises Refusal in the rule's words."""

    scope: Scope
    today: date

    def __call__(self, firm: Firm, plan: FollowUp) -> None:
        """Ask for the plan's day and channel, on what is known now."""
        if plan.kind in NO_CONTACT:
            return
        ahead = ahead_of(self.scope, firm.customer_id, self.today, but=plan.task_id)
        told = answer_beside(known_of(self.scope, firm, self.today), plan, ahead, Policies.now())
        if not told.allowed:
            raise Refusal(words(told.blocks[0], self.today), next_step=_("Choose another day or another way"))


def first_allowed(
    known: Known, plan: FollowUp, touch: Touch, ahead: list[Touch], working_day: Any
) -> FollowUp | None:
    """The plan on the first day the policy allows, counting the contact just made; None when there is none."""
    known, policies = with_plans(known, [touch]), Policies.now()
    for _try in range(len(Rule)):
        told = answer_beside(known, plan, ahead, policies)
        if told.allowed:
            return plan
        free = [block.free_from for block in told.blocks]
        if None in free:
            return None
        plan = replace(plan, due_date=working_day(max(day for day in free if day)))
    return None


def stops(scope: Scope, firm: Firm, today: date, profile: Any) -> list[Stopped]:
    """Why a firm must not be contacted today, if it must not; `profile` is the firm's, as its page shows it."""
    told = _told_of(profile)
    number = firm.customer_id
    stopped = (*_stops(standing(scope, [number], today)), *_complained(scope, [number]).get(number, ()))
    known, policies = Known(firm.kind, told.get("consents") or {}, stopped, ()), Policies.now()
    by_channel = {
        channel: [
            block for block in answer(known, FollowUp(today, channel), policies).blocks if block.rule in STOPS
        ]
        for channel in Channel
    }
    everywhere = [
        block for block in by_channel[Channel.VISIT] if all(block in them for them in by_channel.values())
    ]
    lines = [_line("", block, today) for block in everywhere]
    return lines + [
        _line(channel, block, today)
        for channel, blocks in by_channel.items()
        for block in blocks
        if block not in everywhere
    ]


def _line(channel: str, block: Block, today: date) -> Stopped:
    use = say(reason(f"use_{channel}"), tongue()) if channel else ""
    return Stopped(use, say(reason(f"rule_{block.rule}"), tongue()), words(block, today))


def words(block: Block, today: date) -> str:
    """The rule's words, in the reader's language."""
    return say(block.because, tongue(), today)


def _stops(standing_ones: Iterable[Suppression]) -> Iterator[Stop]:
    for one in standing_ones:
        yield Stop(one.reason, one.day, one.until_date, one.channel)


def _of_group(told: dict[str, Any], met: Mapping[str, list[Contact]]) -> Iterator[Touch]:
    """Contacts with the other firms: the night's, and the desk's since."""
    for one in told.get("group_contacts") or ():
        yield Touch(date.fromisoformat(one["date"]), one.get("channel") or "", one.get("purpose") or "")
    since = told.get("as_of")
    for other in told.get("group") or ():
        for contact in met.get(other, ()):
            if since is None or contact.day > date.fromisoformat(since):
                yield Touch(contact.day, contact.channel, Purpose.CARE)


def _touches(met: Iterable[Contact], profile: Any) -> Iterator[Touch]:
    for one in met:
        yield Touch(one.day, one.channel, Purpose.CARE, one.outcome)
    for told in profile.contacts if profile else ():
        yield Touch(
            date.fromisoformat(told["date"]),
            told.get("channel") or "",
            told.get("purpose") or "",
            told.get("outcome") or "",
        )
