"""A rule the bank wrote: what it must say before anybody may look at it. Said in docs/rules/event-rules.md."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from string import Formatter
from typing import Any

from xiaoer.events.conditions import Unread, condition
from xiaoer.events.readable import Readable, readables
from xiaoer.events.terms import Severity
from xiaoer.events.tree import Condition, reads
from xiaoer.kit.parameters import in_force
from xiaoer.kit.text import Reason, reason

BEFORE = "before_"
KINDS = ("enterprise", "sole_trader", "owner")
TIERS = ("premier", "excellent", "potential", "general")
WAYS = ("call", "visit")
PURPOSES = ("care", "offer", "renewal")
BRINGS = ("relationship", "loan")
LONGEST_TITLE, LONGEST_WORDS = 30, 200


@dataclass(frozen=True)
class Limits:
    """What a rule of the bank may ask for on a day."""

    most_adopted: int
    most_stands_days: int
    most_due_days: int
    least_minutes: int
    most_minutes: int
    most_mute_days: int
    nights_kept: int
    dry_runs_kept: int
    never_muted: tuple[str, ...]

    @classmethod
    def in_force(cls, on: date) -> "Limits":
        held = dict(in_force("events", "bank_rules", on))
        held.pop("from_date")
        return cls(**held | {"never_muted": tuple(held["never_muted"])})


@dataclass(frozen=True)
class Population:
    """Whom a rule is about; nothing named means everybody. Industries are beginnings of codes ("F51")."""

    tiers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    holds_not: tuple[str, ...] = ()


@dataclass(frozen=True)
class WrittenRule:
    """A rule in the bank's own words. `stake` names the column told as the amount at stake; "" for none.

    `stands_days`: how long an event stands, one step milder, once the condition no longer holds.
    """

    title_zh: str
    title_en: str
    condition: str
    zh: str
    en: str
    goal_zh: str
    goal_en: str
    population: Population = field(default_factory=Population)
    severity: str = Severity.WATCH.value
    due_days: int = 5
    stands_days: int = 7
    owner: str = "analyst"
    stake: str = ""
    way: str = "call"
    purpose: str = "care"
    minutes: int = 15
    brings: str = "relationship"

    @property
    def tree(self) -> Condition:
        return condition(self.condition)

    @property
    def evidence(self) -> tuple[str, ...]:
        """The columns its sentence shows, in a fixed order."""
        return tuple(sorted(placeholders(self.zh) | placeholders(self.en)))

    @property
    def reads(self) -> frozenset[str]:
        """Every column it needs tonight."""
        shown = {name.removeprefix(BEFORE) for name in self.evidence}
        return frozenset({one.name for one in reads(self.tree)} | shown | ({self.stake} - {""}))

    @property
    def reads_before(self) -> frozenset[str]:
        """Every column it needs of the night before."""
        named = {one.name for one in reads(self.tree) if one.when != "now"}
        return frozenset(named | {name[len(BEFORE) :] for name in self.evidence if name.startswith(BEFORE)})

    @property
    def body(self) -> dict[str, Any]:
        """As it is kept: JSON."""
        return asdict(self)


def written(body: Mapping[str, Any]) -> WrittenRule:
    """A kept body as a rule, nothing checked."""
    known = {one.name for one in fields(WrittenRule)}
    people = {name: tuple(values) for name, values in (body.get("population") or {}).items()}
    return WrittenRule(
        **{name: body[name] for name in known & body.keys()} | {"population": Population(**people)}
    )


def placeholders(words: str) -> set[str]:
    """The columns a sentence names in its braces; raises ValueError where braces do not close."""
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def shown_by(name: str) -> Readable:
    """The column behind a placeholder."""
    return readables()[name.removeprefix(BEFORE)]


def param(name: str) -> str:
    """Under which name a reason carries a placeholder's value."""
    prefix = BEFORE if name.startswith(BEFORE) and name not in readables() else ""
    return prefix + shown_by(name).shown_as


def faults(rule: WrittenRule, limits: Limits, posts: tuple[str, ...]) -> dict[str, Reason]:
    """What is wrong, by field; nothing when it may be looked at."""
    found = dict(choices(rule, posts)) | dict(_figures(rule, limits)) | dict(_words(rule))
    try:
        condition(rule.condition)
    except Unread as fault:
        found["condition"] = fault.why
    return found


def choices(rule: WrittenRule, posts: tuple[str, ...]) -> Iterator[tuple[str, Reason]]:
    """What names something that is not there: a code list's entry, a post, a product, a column of money."""
    allowed = {
        "severity": tuple(one.value for one in Severity), "owner": posts, "way": WAYS, "purpose": PURPOSES,
        "brings": BRINGS,
    }  # fmt: skip
    for name, values in allowed.items():
        if getattr(rule, name) not in values:
            yield name, reason("rule_choice", found=getattr(rule, name), values=", ".join(values))
    for name, values in (("tiers", TIERS), ("kinds", KINDS)):
        if odd := [one for one in getattr(rule.population, name) if one not in values]:
            yield name, reason("rule_choice", found=", ".join(odd), values=", ".join(values))
    for name in ("industries", "holds", "holds_not"):
        if odd := [one for one in getattr(rule.population, name) if not (one.isascii() and one.isalnum())]:
            yield name, reason("rule_code", found=", ".join(odd))
    if rule.stake and not (rule.stake in readables() and readables()[rule.stake].money):
        yield "stake", reason("rule_stake", found=rule.stake)


def _figures(rule: WrittenRule, limits: Limits) -> Iterator[tuple[str, Reason]]:
    spans = {
        "due_days": (1, limits.most_due_days), "stands_days": (0, limits.most_stands_days),
        "minutes": (limits.least_minutes, limits.most_minutes),
    }  # fmt: skip
    for name, (least, most) in spans.items():
        if not least <= getattr(rule, name) <= most:
            yield name, reason("rule_span", found=getattr(rule, name), least=least, most=most)


def _words(rule: WrittenRule) -> Iterator[tuple[str, Reason]]:
    for name in ("title_zh", "title_en", "goal_zh", "goal_en"):
        most = LONGEST_TITLE if name.startswith("title") else LONGEST_WORDS
        if not 2 <= len(getattr(rule, name).strip()) <= 2 * most:
            yield name, reason("rule_words", least=2, most=2 * most)
        elif "{" in getattr(rule, name) or "}" in getattr(rule, name):
            yield name, reason("rule_braces")
    yield from (pair for name in ("zh", "en") if (pair := sentence(name, getattr(rule, name))))
    if not any(sentence(name, getattr(rule, name)) for name in ("zh", "en")) and placeholders(
        rule.zh
    ) != placeholders(rule.en):
        yield "en", reason("rule_two_tongues")


def sentence(name: str, words: str) -> tuple[str, Reason] | None:
    """A sentence must show what was seen: at least one column, none that is not there."""
    try:
        parts = [part for part in Formatter().parse(words) if part[1] is not None]
    except ValueError:
        return name, reason("rule_braces")
    if not parts or len(words) > LONGEST_WORDS:
        return name, reason("rule_evidence", most=LONGEST_WORDS)
    odd = [column for _, column, form, turn in parts
           if form or turn or str(column).removeprefix(BEFORE) not in readables()]  # fmt: skip
    return (name, reason("rule_placeholder", found=", ".join(map(str, odd)))) if odd else None
