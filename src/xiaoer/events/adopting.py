"""What people do with a rule of the bank: write, try, propose, adopt, end; mute one for a time."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xiaoer.branches.terms import post_kinds
from xiaoer.events.lives import BANK, Life, Verb
from xiaoer.events.models import DryRun, RuleStep
from xiaoer.events.rulebook import all_lives, had_a_hand, life_of
from xiaoer.events.terms import Rule
from xiaoer.events.written import Limits, WrittenRule, faults
from xiaoer.kit.published import pointer
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.text import Reason, say
from xiaoer.kit.typed import typed

WRITE, ADOPT = "rules.write", "rules.adopt"
LONGEST_REASON, SHORTEST_REASON = 500, 4
MOST_WAITING = 3  # dry runs of one person


class Faulty(Refusal):
    """A rule's text that cannot be taken: what is wrong, by field."""

    def __init__(self, found: Mapping[str, Reason]) -> None:
        self.by_field = found
        field, why = next(iter(found.items()))
        super().__init__(say(why, "en"), f"rule, {field}", "", "See docs/rules/event-rules.md")


def check(rule: WrittenRule, today: date) -> dict[str, Reason]:
    """What is wrong with a text, by field."""
    return faults(rule, Limits.in_force(today), tuple(post_kinds()))


@transaction.atomic
def write(scope: Scope, rule: WrittenRule, today: date, code: str = "") -> RuleStep:
    """Keep a text: a new rule's first, or the next version of `code`. Raises Faulty, or Refusal without the right."""
    _may(scope, WRITE)
    if found := check(rule, today):
        raise Faulty(found)
    code = code or f"{BANK}{uuid4().hex[:8]}"
    _one_at_a_time(code)
    life = life_of(scope, code)
    if life is None and RuleStep.objects.filter(rule=code).exists():
        raise _unknown(code)
    version = life.version + 1 if life else 1
    return _step(scope, code, version, Verb.WRITTEN, today, body=rule.body)


@transaction.atomic
def propose(scope: Scope, code: str, today: date) -> RuleStep:
    """Put the newest text before somebody who may adopt it."""
    _may(scope, WRITE)
    life = _turn(scope, code, Verb.WRITTEN, Verb.RETURNED)
    return _step(scope, code, life.version, Verb.PROPOSED, today)


@transaction.atomic
def adopt(scope: Scope, code: str, today: date) -> RuleStep:
    """The second person: the text holds from the next night on.

    Raises Refusal for whoever wrote or proposed it, where too many are in force, and out of turn.
    """
    _may(scope, ADOPT)
    life = _turn(scope, code, Verb.PROPOSED)
    if had_a_hand(scope, code):
        raise Refusal(
            _("you wrote or proposed this rule"), code, _("somebody else"), _("Adopting is another person's")
        )
    limits = Limits.in_force(today)
    others = [one for one in all_lives(scope).values() if one.adopted is not None and one.rule != code]
    if len(others) >= limits.most_adopted:
        raise Refusal(
            _("%(n)s rules are in force") % {"n": len(others)},
            code,
            _("at most %(most)s") % {"most": limits.most_adopted},
            _("End one first"),
        )
    return _step(scope, code, life.version, Verb.ADOPTED, next_night(today))


@transaction.atomic
def give_back(scope: Scope, code: str, reason: str, today: date) -> RuleStep:
    """Send a proposed text back with a reason; it is a draft again."""
    _may(scope, ADOPT)
    life = _turn(scope, code, Verb.PROPOSED)
    return _step(scope, code, life.version, Verb.RETURNED, today, reason=_reason(code, reason))


@transaction.atomic
def end(scope: Scope, code: str, reason: str, today: date) -> RuleStep:
    """From the next night on the rule names nobody; one person is enough to stop."""
    _may(scope, ADOPT, WRITE)
    life = _known(scope, code)
    if life.adopted is None:
        raise Refusal(_("the rule is not in force"), code, _("an adopted rule"), _("Load the page again"))
    return _step(scope, code, life.adopted, Verb.ENDED, next_night(today), reason=_reason(code, reason))


@transaction.atomic
def mute(scope: Scope, code: str, until: date, reason: str, today: date) -> RuleStep:
    """From the next night up to a day the rule, a built-in one too, names nobody."""
    _may(scope, ADOPT)
    limits = Limits.in_force(today)
    if code in limits.never_muted:
        raise Refusal(
            _("this rule is never muted"), code, _("a rule decided by night that nobody's duty hangs on")
        )
    if code not in {one.value for one in Rule}:
        _known(scope, code)
    begins = next_night(today)
    if not begins <= until or (until - begins).days > limits.most_mute_days:
        raise Refusal(
            _("muted until %(until)s") % {"until": until},
            code,
            _("a day from %(begins)s, at most %(most)s days on")
            % {"begins": begins, "most": limits.most_mute_days},
        )
    return _step(scope, code, 0, Verb.MUTED, begins, reason=_reason(code, reason), until_date=until)


@transaction.atomic
def unmute(scope: Scope, code: str, today: date) -> RuleStep:
    """Let a muted rule speak again from the next night on."""
    _may(scope, ADOPT)
    life = life_of(scope, code)
    if life is None or not life.muted_on(today):
        raise Refusal(_("the rule is not muted"), code, _("a muted rule"), _("Load the page again"))
    return _step(scope, code, 0, Verb.UNMUTED, next_night(today))


@transaction.atomic
def try_out(scope: Scope, rule: WrittenRule, today: date, code: str = "") -> DryRun:
    """Ask whom a text would have named; the worker beside the lake answers. Raises Faulty."""
    _may(scope, WRITE, ADOPT)
    if found := check(rule, today):
        raise Faulty(found)
    if DryRun.objects.filter(staff_id=scope.staff_id, answer=None).count() >= MOST_WAITING:
        raise Refusal(
            _("%(most)s dry runs of yours are waiting") % {"most": MOST_WAITING},
            "rules",
            next_step=_("Wait for one of them"),
        )
    return DryRun.objects.create(staff_id=scope.staff_id, rule=code, body=rule.body)


def next_night(today: date) -> date:
    """The first night that what is done now counts for: today's, or the one after the night already shown."""
    shown = pointer().business_date
    return today if shown is None or shown < today else shown + timedelta(days=1)


def _step(scope: Scope, code: str, version: int, verb: Verb, today: date, **more: Any) -> RuleStep:
    return RuleStep.objects.create(
        rule=code, version=version, step=verb.value, staff_id=scope.staff_id, day=today, **more
    )


def _may(scope: Scope, *rights: str) -> None:
    if not any(scope.may(right) for right in rights):
        raise Refusal(_("your post does not do this with rules"), next_step=_("Ask for the right post"))


def _known(scope: Scope, code: str) -> Life:
    _one_at_a_time(code)
    life = life_of(scope, code)
    if life is None or not life.texts:
        raise _unknown(code)
    return life


def _unknown(code: str) -> Refusal:
    return Refusal(_("there is no rule %(code)s") % {"code": code}, "rules", _("a rule of the bank"))


def _turn(scope: Scope, code: str, *turns: Verb) -> Life:
    life = _known(scope, code)
    if life.turn not in turns:
        raise Refusal(
            _("the rule is %(turn)s") % {"turn": life.turn},
            code,
            " or ".join(turns),
            _("Load the page again"),
        )
    return life


def _reason(code: str, text: str) -> str:
    words = typed(text)
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise Refusal(
            _("the reason is missing or too long"),
            code,
            _("%(least)s to %(most)s signs") % {"least": SHORTEST_REASON, "most": LONGEST_REASON},
            _("Say why"),
        )
    return words


def _one_at_a_time(code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"rule:{code}"])
