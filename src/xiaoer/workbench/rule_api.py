"""Rules of the bank for programs: written, tried, proposed, adopted by somebody else, ended, muted."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from xiaoer.events import adopting, rulebook
from xiaoer.events.lives import Life
from xiaoer.events.written import written
from xiaoer.kit.refusal import Refusal
from xiaoer.workbench.api import _scope

router = Router()


class PeopleIn(Schema):
    """Whom a rule is about; nothing named means everybody."""

    tiers: list[str] = Field(default_factory=list)
    kinds: list[str] = Field(default_factory=list)
    industries: list[str] = Field(default_factory=list)
    holds: list[str] = Field(default_factory=list)
    holds_not: list[str] = Field(default_factory=list)


class RuleIn(Schema):
    """A rule's text; docs/rules/event-rules.md says each part."""

    title_zh: str = Field(max_length=60)
    title_en: str = Field(max_length=60)
    condition: str = Field(max_length=1000)
    zh: str = Field(max_length=200)
    en: str = Field(max_length=200)
    goal_zh: str = Field(max_length=400)
    goal_en: str = Field(max_length=400)
    population: PeopleIn = PeopleIn()
    severity: str = "watch"
    due_days: int = 5
    stands_days: int = 7
    owner: str = "analyst"
    stake: str = ""
    way: str = "call"
    purpose: str = "care"
    minutes: int = 15
    brings: str = "relationship"


class ReasonIn(Schema):
    """Why."""

    reason: str = Field(max_length=500)


class MuteIn(ReasonIn):
    """Why, and the last day."""

    until: date


class StepOut(Schema):
    """One step in a rule's life."""

    rule: str
    version: int
    step: str
    staff_id: str
    day: date


class RuleOut(Schema):
    """A rule somebody took a step with; `events` of last night and today in the reader's scope.

    `unread`: the field of the kept text that cannot be read, "" where all can; such a rule names nobody.
    """

    rule: str
    title_zh: str
    title_en: str
    version: int
    turn: str
    adopted: int | None
    muted_until: date | None
    events: int
    unread: str


class CountOut(Schema):
    """What a dry run counted in a portfolio and tier."""

    day: date
    branch_id: str
    manager_id: str
    tier: str
    firms: int
    minutes: int
    already: dict[str, int]
    examples: list[dict[str, Any]]
    added: int
    dropped: int
    gone: list[dict[str, Any]]
    fresh: int
    alone: int


class RunOut(Schema):
    """A dry run: waiting until it has an answer."""

    run: int
    answered: bool
    nights: list[date] = Field(default_factory=list)
    why_not: dict[str, Any] | None = None
    against: int | None = None
    week_before: date | None = None
    counts: list[CountOut] = Field(default_factory=list)


@router.get("/rules", response=list[RuleOut], summary="The bank's rules")
def rules(request: HttpRequest) -> list[dict[str, Any]]:
    """Every rule of the bank, and built-in ones that were ever muted."""
    scope = _scope(request)
    if not scope.may("rules.read"):
        raise Refusal(_("your post does not read rules"), next_step=_("Ask for the right post"))
    counts = rulebook.counted(scope)
    return [_told(life, counts, _today(request)) for _code, life in sorted(rulebook.all_lives(scope).items())]


@router.post("/rules", response={201: StepOut}, summary="Write a rule")
def write(request: HttpRequest, given: RuleIn, rule: str = "") -> Status:
    """A new rule, or the next version of `rule`."""
    return Status(201, adopting.write(_scope(request), written(given.dict()), _today(request), rule))


@router.post("/rules/{rule}/propose", response={201: StepOut}, summary="Propose a rule")
def propose(request: HttpRequest, rule: str) -> Status:
    """The newest text goes before somebody else."""
    return Status(201, adopting.propose(_scope(request), rule, _today(request)))


@router.post("/rules/{rule}/adopt", response={201: StepOut}, summary="Adopt a rule")
def adopt(request: HttpRequest, rule: str) -> Status:
    """From the next night on; another person's than the writer's."""
    return Status(201, adopting.adopt(_scope(request), rule, _today(request)))


@router.post("/rules/{rule}/return", response={201: StepOut}, summary="Send a rule back")
def give_back(request: HttpRequest, rule: str, given: ReasonIn) -> Status:
    """It is a draft again."""
    return Status(201, adopting.give_back(_scope(request), rule, given.reason, _today(request)))


@router.post("/rules/{rule}/end", response={201: StepOut}, summary="End a rule")
def end(request: HttpRequest, rule: str, given: ReasonIn) -> Status:
    """From the next night on it names nobody."""
    return Status(201, adopting.end(_scope(request), rule, given.reason, _today(request)))


@router.post("/rules/{rule}/mute", response={201: StepOut}, summary="Mute a rule for a time")
def mute(request: HttpRequest, rule: str, given: MuteIn) -> Status:
    """Built-in rules too."""
    return Status(201, adopting.mute(_scope(request), rule, given.until, given.reason, _today(request)))


@router.post("/rules/{rule}/unmute", response={201: StepOut}, summary="Let a muted rule speak again")
def unmute(request: HttpRequest, rule: str) -> Status:
    """From the next night on; built-in rules too."""
    return Status(201, adopting.unmute(_scope(request), rule, _today(request)))


@router.post("/dry-runs", response={202: RunOut}, summary="Try a rule on past nights")
def try_out(request: HttpRequest, given: RuleIn, rule: str = "") -> Status:
    """Asked here, answered by the worker beside the lake."""
    run = adopting.try_out(_scope(request), written(given.dict()), _today(request), rule)
    return Status(202, {"run": run.pk, "answered": False})


@router.get("/dry-runs/{int:run}", response=RunOut, summary="What a dry run found")
def dry_run(request: HttpRequest, run: int) -> dict[str, Any]:
    """Counts and examples in the reader's scope; 404 for a dry run of somebody else's draft."""
    scope = _scope(request)
    found = rulebook.dry_run(scope, run)
    if found is None:
        raise Http404
    answer = getattr(found, "answer", None)
    if answer is None:
        return {"run": run, "answered": False}
    counts = list(rulebook.dry_counts(scope, found))
    return {
        "run": run,
        "answered": True,
        "nights": answer.nights,
        "why_not": answer.why_not,
        "against": answer.against,
        "week_before": answer.week_before,
        "counts": counts,
    }


def _told(life: Life, counts: dict[str, int], today: date) -> dict[str, Any]:
    until = life.mute.until if life.mute and life.muted_on(today) else None
    named = life.newest
    return {
        "rule": life.rule, "title_zh": named.title_zh if named else "", "title_en": named.title_en if named else "",
        "version": life.version, "turn": str(life.turn or ""), "adopted": life.adopted, "muted_until": until,
        "events": counts.get(life.rule, 0), "unread": (life.unread.field or "body") if life.unread else "",
    }  # fmt: skip


def _today(request: HttpRequest) -> date:
    day: date = request.today  # type: ignore[attr-defined]
    return day
