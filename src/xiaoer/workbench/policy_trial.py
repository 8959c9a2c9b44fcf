"""A change of the contact policy tried on last night's candidates, before anybody adopts it.

Every candidate is asked again at the night's own door, under the figures in force and under the changed ones, on what
is known now; nothing is written, and nothing is changed by trying.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xiaoer.contact_policy.queries import SUBJECT, Policies
from xiaoer.contact_policy.terms import Known, Policy
from xiaoer.contacts import queries as contacts
from xiaoer.customers.queries import firms_by_number
from xiaoer.kit.adopted.terms import Subject
from xiaoer.kit.refusal import Refusal
from xiaoer.offers import queries as offers
from xiaoer.offers.door import INSTEAD, Doorkeeper, Standing
from xiaoer.offers.terms import FirmFacts, Occasion, Terms
from xiaoer.workbench import approaching
from xiaoer.workbench.desk import Desk

AT_ONCE = 500  # firms whose standing is read together
AT_MOST = 20_000  # candidates of one trial; a whole bank's is the night's work
MOST = 99
GOAL = "goal_"
NOT_REACHED = "not_reached"
TRIED = (
    "policy_cap",
    "policy_group_cap",
    "policy_complained",
    "policy_paused",
    "contacted_recently",
)  # what the figures decide


@dataclass(frozen=True)
class Figure:
    """One figure that may be tried: where it stands, and what it is now."""

    code: str
    now: int

    @property
    def least(self) -> int:
        """A pause may be taken away; a cap of nothing would be a stop, which is another thing."""
        return 0 if self.code.startswith("pause_") else 1


@dataclass(frozen=True)
class Rules:
    """What decides: the policy, and the days a firm reached is left alone."""

    policy: Policy
    terms: Terms

    @classmethod
    def in_force(cls, on: date, policies: Policies) -> Rules:
        """As they hold on a day, with what two persons changed."""
        figures, terms = policies.figures(on), Terms.in_force(on)
        return cls(policies.on(on), terms.with_figures(figures, terms.families))

    @classmethod
    def of_the_file(cls, on: date) -> Rules:
        """As the parameters file has them."""
        return cls(Policy.in_force(on), Terms.in_force(on))

    def figures(self) -> list[Figure]:
        """The figures that may be tried, by name."""
        named = {**self.policy.figures(), "rest_days": self.terms.rest_days}
        return [Figure(code, now) for code, now in named.items()]

    def changed(self, asked: Mapping[str, str]) -> Rules:
        """These rules with the figures asked for; raises Refusal for one that is no number of contacts or days."""
        told = {one.code: _whole(one, asked.get(one.code, "")) for one in self.figures()}
        return Rules(self.policy.with_figures(told), self.terms.with_figures(told, self.terms.families))


def check(figures: Mapping[str, int], on: date) -> None:
    """Raises Refusal for a figure that is none, or out of range; the file says which there are."""
    known = {one.code: one for one in Rules.of_the_file(on).figures()}
    for code, value in figures.items():
        if code not in known:
            raise Refusal(
                _("“%(code)s” is no figure of the policy") % {"code": code},
                "contact policy",
                ", ".join(known),
            )
        if not known[code].least <= value <= MOST:
            raise Refusal(
                _("%(n)s is out of range") % {"n": value},
                code,
                _("a whole number from %(least)s to %(most)s") % {"least": known[code].least, "most": MOST},
            )


POLICY = Subject(SUBJECT, "policy.ask", "policy.adopt", check)


@dataclass
class Trial:
    """Candidates asked, those open under each rule, and what newly stops or no longer stops, by reason's code."""

    asked: int = 0
    open_now: int = 0
    open_then: int = 0
    stopped_by: Counter[str] = field(default_factory=Counter)
    freed_of: Counter[str] = field(default_factory=Counter)
    by_way: dict[str, Counter[str]] = field(default_factory=dict)

    def count(self, way: str, now: str, then: str) -> None:
        """One candidate's two answers: the code of what stops it, "" where nothing does."""
        self.asked += 1
        self.open_now += not now
        self.open_then += not then
        if then and not now:
            self.stopped_by[then] += 1
            self.by_way.setdefault(way, Counter())["stopped"] += 1
        if now and not then:
            self.freed_of[now] += 1
            self.by_way.setdefault(way, Counter())["freed"] += 1

    @property
    def stopped(self) -> int:
        return self.stopped_by.total()

    @property
    def freed(self) -> int:
        return self.freed_of.total()


def tried(desk: Desk, then: Rules) -> Trial:
    """Last night's candidates in scope, under the rules in force and under others."""
    now, trial = Rules.in_force(desk.today, Policies.now()), Trial()
    if offers.proposals(desk.scope).count() > AT_MOST:
        raise Refusal(
            _("there are too many candidates to ask while somebody waits"),
            expected=_("at most %(most)s") % {"most": f"{AT_MOST:,}"},
            next_step=_("Try it for a branch"),
        )
    for some in _some_at_a_time(offers.proposals(desk.scope), AT_ONCE):
        standings = _standings(desk, {one.customer_id for one in some})
        doors = [Doorkeeper(rules.policy, rules.terms, desk.today, standings) for rules in (now, then)]
        for one in some:
            if (rule := _rule(one)) in now.terms.efforts:
                trial.count(one.kind, *(_answer(door, one, rule) for door in doors))
    return trial


def _some_at_a_time(rows: Iterable[Any], at_once: int) -> Iterator[list[Any]]:
    """Rows a few at a time."""
    held: list[Any] = []
    for row in rows:
        held.append(row)
        if len(held) == at_once:
            yield held
            held = []
    if held:
        yield held


def _rule(proposal: Any) -> str:
    return str(proposal.goal.get("code", "")).removeprefix(GOAL)


def _answer(door: Doorkeeper, proposal: Any, rule: str) -> str:
    """What stops a candidate at this door, "" where nothing does.

    Where both the usual way and the visit instead of it are closed, the one is told that a trial can open or close.
    """
    firm = FirmFacts(proposal.customer_id, proposal.branch_id, proposal.manager_id, 0, 0, None, None)
    occasion = Occasion(rule, "", proposal.goal, proposal.goal, 0)
    usual = door.terms.efforts[rule]
    _effort, stopped = door(firm, occasion, usual)
    if not stopped:
        return ""
    _visit, instead = door(firm, occasion, replace(usual, kind=INSTEAD))
    codes = [one["code"] for one in (stopped, instead) if one]
    return next((code for code in codes if code in TRIED), codes[0])


def _standings(desk: Desk, numbers: set[str]) -> dict[str, Standing]:
    firms = firms_by_number(desk.scope, numbers)
    known = approaching.known_of_each(desk.scope, firms.values(), desk.today)
    planned: dict[str, date] = {}
    for task in contacts.planned_with(desk.scope, numbers, desk.today):
        planned.setdefault(task.customer_id, task.due_date)
    return {number: Standing(one, _last_reached(one), planned.get(number)) for number, one in known.items()}


def _last_reached(known: Known) -> date | None:
    return max((touch.day for touch in known.touches or () if touch.outcome != NOT_REACHED), default=None)


def _whole(figure: Figure, text: str) -> int:
    typed = text.strip()
    if not typed:
        return figure.now
    if typed.isascii() and typed.isdecimal() and figure.least <= int(typed) <= MOST:
        return int(typed)
    raise Refusal(
        _("“%(typed)s” is no figure of the policy") % {"typed": typed},
        figure.code,
        _("a whole number from %(least)s to %(most)s") % {"least": figure.least, "most": MOST},
    )
