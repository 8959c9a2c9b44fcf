"""What people of the bank did with a firm, and what they promised to do."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Scoped, ScopedRows
from xiaoer.kit.scope.walls import Wall


class Contact(Scoped):
    """A meeting, call or message with its outcome. Never changed: a correction is a new row."""

    offer_id = models.TextField(default="")  # plain text: proposals live above and are replaced nightly
    customer_id = models.TextField()
    channel = models.TextField()  # visit | call | message | counter
    outcome = models.TextField()
    note = models.TextField(default="")
    staff_id = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    day = models.DateField()
    expected_return = models.BigIntegerField(default=0)
    minutes = models.IntegerField(default=0)
    rule = models.TextField(default="")  # the rule behind the proposal
    worth = models.BigIntegerField(null=True)  # fen, where it succeeds
    cost = models.BigIntegerField(null=True)  # fen, what the bank's time was taken to cost
    product_id = models.TextField(default="")  # what was offered, "" where nothing was

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("note",)  # typed words stay where they can be erased
    forgets: ClassVar[tuple[str, ...]] = ("note",)

    objects = ScopedRows.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "day"], name="contacts_contact_customer"),
            models.Index(fields=["manager_id", "day"], name="contacts_contact_mgr"),
            models.Index(fields=["branch_id", "day"], name="contacts_contact_brn"),
            models.Index(fields=["offer_id"], name="contacts_contact_offer"),
        ]


class Task(Scoped):
    """Something promised for a day; `title` is a reason, or {"text": …} when a person wrote it."""

    customer_id = models.TextField()
    title = models.JSONField()
    due_date = models.DateField()
    kind = models.TextField(default="call")  # visit | call | message | check
    minutes = models.IntegerField(default=20)
    status = models.TextField(default="open")  # open | done | dropped
    staff_id = models.TextField()
    day = models.DateField()  # when it was written
    done_date = models.DateField(null=True)
    origin = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="tasks")
    offer_id = models.TextField(default="")

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT, UPDATE"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("title",)

    objects = ScopedRows.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "due_date"], name="contacts_task_customer"),
            models.Index(fields=["manager_id", "due_date"], name="contacts_task_mgr"),
            models.Index(fields=["branch_id", "due_date"], name="contacts_task_brn"),
            models.Index(fields=["staff_id", "due_date"], name="contacts_task_staff"),
        ]
