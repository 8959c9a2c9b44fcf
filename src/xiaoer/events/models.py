"""What happened, or will, that a person should know."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Published, one_open_row


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
