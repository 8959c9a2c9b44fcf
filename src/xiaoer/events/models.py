"""What happened, or will, that a person should know."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Published, Scoped, ScopedRows, one_open_row
from xiaoer.kit.scope.walls import Wall


class Event(Published):
    """Something noticed about a firm on `event_date`, to be acted on by `due_date`."""

    event_id = models.TextField()
    customer_id = models.TextField()
    rule = models.TextField()
    event_date = models.DateField()
    due_date = models.DateField(null=True)
    severity = models.TextField(default="note")  # act | watch | note
    because = models.JSONField(default=list)  # [reason]
    goal = models.JSONField(null=True)  # reason
    amount = models.BigIntegerField(null=True)
    noticed_at = models.DateTimeField(null=True)  # by day, from a record; null where the night noticed it

    kept_closed: ClassVar[models.Q | None] = models.Q(noticed_at__isnull=False)
    web_may: ClassVar[str] = "SELECT, INSERT"  # by day; the night writes as the owner

    key = ("event_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("event_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="events_event_customer"),
            models.Index(
                fields=["noticed_at"],
                condition=models.Q(noticed_at__isnull=False),
                name="events_event_by_day",
            ),
        ]


class RuleStep(models.Model):
    """One step in the life of a rule: written, proposed, returned, adopted, ended, muted, unmuted. Never changed.

    `body` holds the rule's whole text on a written step; `until_date` the last day of a mute. PostgreSQL itself holds
    the order of the steps, and that nobody adopts what they wrote or proposed (migration 0005_rule_guards).
    """

    rule = models.TextField()  # "bank_…" for the bank's own, else a built-in rule's name
    version = models.IntegerField(default=0)
    step = models.TextField()
    staff_id = models.TextField()
    body = models.JSONField(null=True)
    reason = models.TextField(default="")
    until_date = models.DateField(null=True)
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.COUNTERSIGNED  # no firm stands in a rule
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("reason",)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    step__in=["written", "proposed", "returned", "adopted", "ended", "muted", "unmuted"]
                ),
                name="events_rulestep_known_step",
            ),
            models.UniqueConstraint(
                fields=["rule", "version"],
                condition=models.Q(step="written"),
                name="events_rulestep_one_text_a_version",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["rule"], name="events_rulestep_rule")]


class DryRun(models.Model):
    """Somebody asks whom a rule's text would name; answered by the worker beside the lake, never by the web."""

    staff_id = models.TextField()
    rule = models.TextField(default="")
    body = models.JSONField()
    asked_at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.COUNTERSIGNED
    web_may: ClassVar[str] = "SELECT, INSERT"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["rule"], name="events_dryrun_rule")]


class DryAnswer(models.Model):
    """What came of a dry run: the nights it was tried on (ISO dates, newest first), or why it could not be."""

    run = models.OneToOneField(DryRun, on_delete=models.CASCADE, related_name="answer")
    nights = models.JSONField(default=list)
    why_not = models.JSONField(null=True)  # reason
    against = models.IntegerField(null=True)  # the version in use it was compared with on the last night
    week_before = models.DateField(null=True)  # the night `fresh` counts against
    seconds = models.FloatField(default=0.0)
    answered_at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.DIRECTORY
    web_may: ClassVar[str] = "SELECT"


class DryCount(Scoped):
    """How many firms of a portfolio and tier a dry run would name on a night, and a few of them.

    `already`: {rule: firms of these it names too}. `examples`: [{customer_id, because: reason, amount}], the largest
    amounts first. `minutes`: what the contacts would ask for. On the last night only: `added` and `dropped`, firms the
    version in use does not name or no longer would (`gone`: a few of these); `fresh`, firms not named a week before.
    `alone`: firms no other rule names.
    """

    run = models.ForeignKey(DryRun, on_delete=models.CASCADE, related_name="dry_counts")
    day = models.DateField()
    tier = models.TextField(default="")
    firms = models.IntegerField()
    minutes = models.IntegerField()
    already = models.JSONField(default=dict)
    examples = models.JSONField(default=list)
    added = models.IntegerField(default=0)
    dropped = models.IntegerField(default=0)
    gone = models.JSONField(default=list)
    fresh = models.IntegerField(default=0)
    alone = models.IntegerField(default=0)

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT"

    objects = ScopedRows.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["run", "day"], name="events_drycount_run")]


class RuleNight(Scoped):
    """A rule in a portfolio on a night: the firms it named, and what its lines of the list before came to.

    `contacts` since the night before, `won` of these with an accepted offer. Kept for `Limits.nights_kept` days.
    """

    rule = models.TextField()
    day = models.DateField()
    firms = models.IntegerField(default=0)
    contacts = models.IntegerField(default=0)
    won = models.IntegerField(default=0)

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT"

    objects = ScopedRows.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["rule", "day"], name="events_rulenight_rule")]


class EventStep(Scoped):
    """What somebody did with an event, or with a rule for one firm; never changed, the latest step holds.

    accepted (`owner_id` takes it on), postponed (to `until_date`), closed (`reason`), reopened: of the event;
    muted (through `until_date`, for `reason`), unmuted: of `rule` for the firm, whatever the event.
    """

    event_id = models.TextField(default="")
    customer_id = models.TextField()
    rule = models.TextField()
    step = models.TextField()
    owner_id = models.TextField(default="")
    until_date = models.DateField(null=True)
    reason = models.TextField(default="")
    staff_id = models.TextField()
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.VOUCHED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("reason",)
    forgets: ClassVar[tuple[str, ...]] = ("reason",)
    forgets_only: ClassVar[models.Q] = models.Q(step="muted")  # an event is closed for a code

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    step__in=["accepted", "postponed", "closed", "reopened", "muted", "unmuted"]
                ),
                name="events_step_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(step__in=["postponed", "muted"]) | models.Q(until_date__isnull=False),
                name="events_step_has_an_end",
            ),
            models.CheckConstraint(
                condition=~models.Q(step__in=["closed", "muted"]) | ~models.Q(reason=""),
                name="events_step_has_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["event_id", "id"], name="events_step_event"),
            models.Index(fields=["customer_id", "rule", "id"], name="events_step_firm"),
            models.Index(fields=["manager_id"], name="events_step_mgr"),
            models.Index(fields=["branch_id"], name="events_step_brn"),
        ]


class Departure(Scoped):
    """Why a firm left or is leaving, as whoever closed its event said; a correction is a new row, the latest holds.

    `why` is a code of left.toml; `tier` and `amount` (fen a year) are the firm's on that day.
    """

    event_id = models.TextField()
    customer_id = models.TextField()
    rule = models.TextField()
    why = models.TextField()
    tier = models.TextField(default="")
    amount = models.BigIntegerField(default=0)
    staff_id = models.TextField()
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.VOUCHED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(why=""), name="events_departure_says_why"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "id"], name="events_departure_firm"),
            models.Index(fields=["day"], name="events_departure_day"),
            models.Index(fields=["manager_id"], name="events_departure_mgr"),
            models.Index(fields=["branch_id"], name="events_departure_brn"),
        ]
