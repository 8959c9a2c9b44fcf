"""The bank's rules as the desk reads them: their lives, their words, their dry runs."""

from collections.abc import Mapping
from datetime import date
from string import Formatter
from typing import Any

from django.db.models import Count, QuerySet

from xiaoer.events.lives import Life, Taken, Verb, lives, parted
from xiaoer.events.models import DryRun, Event, RuleStep
from xiaoer.events.written import WrittenRule, param, written
from xiaoer.kit.scope import Scope

_WORDS: dict[str, Mapping[str, str]] = {}  # a version's words never change
GOAL = "goal_"


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


def dry_run(scope: Scope, number: int) -> DryRun | None:
    """A dry run of one's own or of a rule somebody proposes."""
    found = DryRun.objects.select_related("answer").filter(pk=number).first()
    return found if found and (found.staff_id == scope.staff_id or found.rule) else None


def dry_counts(scope: Scope, run: DryRun) -> QuerySet[Any]:
    """What a dry run counted in the reader's portfolios, newest night first."""
    return run.dry_counts.seen_by(scope).order_by("-day", "branch_id", "manager_id", "tier")


def titles(_scope: Scope, language: str) -> dict[str, str]:
    """What the bank's own rules are called, in "zh…" or "en…"."""
    tongue = "zh" if language.lower().startswith("zh") else "en"
    rows = RuleStep.objects.filter(step=Verb.WRITTEN.value).order_by("pk")
    return dict(rows.values_list("rule", f"body__title_{tongue}"))


def words_of(code: str) -> Mapping[str, str] | None:
    """The words of a version's sentence or goal, in both languages; None for a code that is no rule's."""
    named = parted(code.removeprefix(GOAL))
    if named is None:
        return None
    if code not in _WORDS:
        rule, version = named
        row = RuleStep.objects.filter(rule=rule, version=version, step=Verb.WRITTEN.value).first()
        if row is None or row.body is None:
            return None
        _WORDS[code] = patterns(written(row.body), goal=code.startswith(GOAL))
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


def muted(_scope: Scope, day: date) -> set[str]:
    """Rules that are muted on a day."""
    steps = RuleStep.objects.filter(step__in=[Verb.MUTED, Verb.UNMUTED]).order_by("pk")
    return {rule for rule, life in lives(map(taken, steps)).items() if life.muted_on(day)}
