"""The bank's rules as the desk reads them: their lives, their words, their dry runs."""

from collections.abc import Collection, Mapping
from datetime import date
from string import Formatter
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from xiaoer.events.legible import read_or_none
from xiaoer.events.lives import Life, Taken, Verb, lives, parted
from xiaoer.events.models import DryRun, Event, RuleNight, RuleStep
from xiaoer.events.queries import by_night
from xiaoer.events.written import WrittenRule, param
from xiaoer.kit.scope import Scope
from xiaoer.kit.text import wording

_WORDS: dict[str, Mapping[str, str]] = {}  # a version's words never change
GOAL = "goal_"
ANSWERING = 7_210_003  # the advisory lock whoever answers dry runs holds as long as it runs
ANSWERED_BY_SOMEBODY = (
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)


def all_lives(_scope: Scope) -> dict[str, Life]:
    """Every rule somebody took a step with, by its code."""
    return lives(map(taken, RuleStep.objects.order_by("pk")))


def life_of(_scope: Scope, rule: str) -> Life | None:
    """One rule's life."""
    return lives(map(taken, RuleStep.objects.filter(rule=rule).order_by("pk"))).get(rule)


def taken(row: RuleStep) -> Taken:
    """A kept row as the pure rules take it."""
    return Taken(
        row.rule, row.version, Verb(row.step), row.day, row.staff_id, row.body, row.until_date, row.reason
    )


def counted(scope: Scope) -> dict[str, int]:
    """Events in scope by rule, last night's and by day."""
    rows = Event.objects.seen_by(scope).order_by().values("rule").annotate(n=Count("pk"))
    return {row["rule"]: row["n"] for row in rows}


def firms_named(scope: Scope) -> dict[str, int]:
    """Firms in scope that each rule named last night."""
    rows = by_night(scope).order_by().values("rule").annotate(n=Count("customer_id", distinct=True))
    return {row["rule"]: row["n"] for row in rows}


def said_last(scope: Scope, rule: str) -> Event | None:
    """One event of a rule in scope, the largest: what its sentence looks like."""
    return Event.objects.seen_by(scope).filter(rule=rule).order_by("-amount", "event_id").first()


def steps(_scope: Scope, rule: str) -> list[RuleStep]:
    """Every step of a rule, oldest first."""
    return list(RuleStep.objects.filter(rule=rule).order_by("pk"))


def proposed(_scope: Scope) -> list[str]:
    """Rules whose newest text waits for a second person."""
    turns = (
        RuleStep.objects.exclude(step__in=[Verb.MUTED, Verb.UNMUTED]).order_by("rule", "-pk").distinct("rule")
    )
    return [rule for rule, step in turns.values_list("rule", "step") if step == Verb.PROPOSED]


def had_a_hand(scope: Scope, rule: str) -> bool:
    """Whether the reader wrote or proposed any version: then its adoption is somebody else's."""
    hands = RuleStep.objects.filter(rule=rule, step__in=[Verb.WRITTEN, Verb.PROPOSED])
    return hands.filter(staff_id=scope.staff_id).exists()


def nights(scope: Scope, since: date, rule: str = "") -> list[dict[str, Any]]:
    """Nights from a day on, by rule: {rule, day, firms, contacts, won} in the reader's portfolios, oldest first."""
    rows = RuleNight.objects.seen_by(scope).filter(day__gte=since)
    rows = rows.filter(rule=rule) if rule else rows
    summed = rows.order_by().values("rule", "day")
    counted = summed.annotate(n_firms=Sum("firms"), n_contacts=Sum("contacts"), n_won=Sum("won")).order_by(
        "rule", "day"
    )
    return [{name.removeprefix("n_"): value for name, value in one.items()} for one in counted]


def last_dry_run(_scope: Scope, body: Mapping[str, Any]) -> DryRun | None:
    """The newest dry run of exactly this kept text, whoever asked: who reads the text may read what it would do."""
    return DryRun.objects.select_related("answer").filter(body=body).order_by("-pk").first()


def tried(_scope: Scope, bodies: Collection[Any]) -> list[Any]:
    """Those of some kept texts that somebody tried and got an answer for."""
    rows = DryRun.objects.filter(answer__isnull=False, body__in=list(bodies))
    return list(rows.values_list("body", flat=True).distinct())


def is_answering(_scope: Scope) -> bool:
    """Whether a process that answers dry runs is there now: it holds a lock as long as it lives."""
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED_BY_SOMEBODY, [ANSWERING])
        return bool(cursor.fetchone()[0])


def dry_run(scope: Scope, number: int) -> DryRun | None:
    """A dry run of one's own, of a rule, or of a text that was kept since."""
    found = DryRun.objects.select_related("answer").filter(pk=number).first()
    if found is None or found.staff_id == scope.staff_id or found.rule:
        return found
    kept = RuleStep.objects.filter(step=Verb.WRITTEN.value, body=found.body)
    return found if kept.exists() else None


def dry_counts(scope: Scope, run: DryRun) -> QuerySet[Any]:
    """What a dry run counted in the reader's portfolios, newest night first."""
    return run.dry_counts.seen_by(scope).order_by("-day", "branch_id", "manager_id", "tier")


def titles(_scope: Scope, language: str) -> dict[str, str]:
    """What the bank's own rules are called, in "zh…" or "en…"."""
    tongue = "zh" if language.lower().startswith("zh") else "en"
    rows = RuleStep.objects.filter(step=Verb.WRITTEN.value).order_by("pk")
    named = rows.values_list("rule", f"body__title_{tongue}")
    return {rule: title for rule, title in named if isinstance(title, str)}


def words_of(code: str) -> Mapping[str, str] | None:
    """The words of a version's sentence or goal, in both languages; None for a code that is no rule's."""
    named = parted(code.removeprefix(GOAL))
    if named is None:
        return None
    if code not in _WORDS:
        rule, version = named
        row = RuleStep.objects.filter(rule=rule, version=version, step=Verb.WRITTEN.value).first()
        if row is None:
            return None
        text = read_or_none(row.body)
        _WORDS[code] = patterns(text, goal=code.startswith(GOAL)) if text else wording()["body_unread"]
    return _WORDS[code]


def patterns(rule: WrittenRule, *, goal: bool = False) -> dict[str, str]:
    """A rule's words as `kit/text` fills them: the ending of a name tells how its value is shown."""
    if goal:
        return {"zh": rule.goal_zh, "en": rule.goal_en}
    return {"zh": _pattern(rule.zh), "en": _pattern(rule.en)}


def _pattern(words: str) -> str:
    parts = Formatter().parse(words)
    braced = (
        text.replace("{", "{{").replace("}", "}}") + (f"{{{param(name)}}}" if name else "")
        for text, name, _, _ in parts
    )
    return "".join(braced)
