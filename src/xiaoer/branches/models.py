"""The organisation: who works where, in which post, answering for whom; and who may sign in."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models

from xiaoer.kit.published import Published, Scoped, ScopedRows, Versioned, one_open_row
from xiaoer.kit.scope.walls import Wall


class Branch(Versioned):
    """A node of the bank's tree; `path` holds the codes from the root down: "HQ/B1/B11"."""

    branch_id = models.TextField()
    name = models.TextField()
    parent_id = models.TextField(default="")
    path = models.TextField(default="", db_collation="C")

    key = ("branch_id",)

    class Meta:
        constraints: ClassVar = [one_open_row("branch_id")]
        indexes: ClassVar = [models.Index(fields=["branch_id", "since"], name="branches_branch_number")]


class Staff(Versioned):
    """Somebody who works for the bank, with the minutes a day has for meeting firms."""

    staff_id = models.TextField()
    name = models.TextField()
    branch_id = models.TextField(default="")
    capacity_minutes = models.IntegerField(default=360)

    key = ("staff_id",)

    class Meta:
        constraints: ClassVar = [one_open_row("staff_id")]
        indexes: ClassVar = [models.Index(fields=["staff_id", "since"], name="branches_staff_number")]


class Post(Versioned):
    """A post somebody holds at a branch between two days; the last day is included."""

    staff_id = models.TextField()
    post = models.TextField()
    branch_id = models.TextField()
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)

    key = ("staff_id", "post", "branch_id")

    class Meta:
        constraints: ClassVar = [one_open_row("staff_id", "post", "branch_id")]
        indexes: ClassVar = [models.Index(fields=["staff_id", "since"], name="branches_post_holder")]


class Assignment(Published):
    """Who answers for a firm, in which role ("main" or "second"), between two days."""

    customer_id = models.TextField()
    staff_id = models.TextField()
    role = models.TextField(default="main")
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)

    key = ("customer_id", "staff_id", "role")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("customer_id", "staff_id", "role")]


class Absence(models.Model):
    """Somebody is away between two days, both included; on those days a deputy sees and does what is theirs.

    `back_date` is written on the day they are back sooner. PostgreSQL itself holds who may write which row, and that
    nobody stands in who is away (migrations 0006 and 0007).
    """

    staff_id = models.TextField()
    branch_id = models.TextField()
    deputy_id = models.TextField()
    from_date = models.DateField()
    to_date = models.DateField()
    back_date = models.DateField(null=True)
    entered_by = models.TextField()
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.LED
    web_may: ClassVar[str] = "SELECT, INSERT, UPDATE"
    keeps_history: ClassVar[bool] = True

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(to_date__gte=models.F("from_date")), name="branches_absence_days"
            ),
            models.CheckConstraint(
                condition=~models.Q(deputy_id=models.F("staff_id")), name="branches_absence_somebody_else"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["deputy_id", "to_date"], name="branches_absence_deputy"),
            models.Index(fields=["staff_id", "to_date"], name="branches_absence_staff"),
        ]


class Handover(Scoped):
    """A firm went from one manager of a branch to another; what is written about it goes with it, in the same moment.

    `handover` joins what was carried out together; `because` are reasons; `minutes` of the week and `worth` (fen, at
    the prices of an hour that night) are what was expected of it. Undone on the same day or never. PostgreSQL holds
    who may, and carries the firm's rows (migrations 0006 and 0007).
    """

    handover = models.UUIDField(default=uuid.uuid4)
    customer_id = models.TextField()
    name = models.TextField(default="")  # the firm's, for whoever sees its page no more
    from_id = models.TextField()
    to_id = models.TextField()
    because = models.JSONField(default=list)
    minutes = models.IntegerField(default=0)
    worth = models.BigIntegerField(default=0)
    staff_id = models.TextField()
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    undone_by = models.TextField(default="")
    undone_at = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall.HANDED
    web_may: ClassVar[str] = "SELECT, INSERT, UPDATE"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("name",)
    forgets: ClassVar[tuple[str, ...]] = ("name",)

    objects = ScopedRows.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["handover"], name="branches_handover_joined"),
            models.Index(fields=["customer_id"], name="branches_handover_customer"),
            models.Index(fields=["from_id", "day"], name="branches_handover_from"),
            models.Index(fields=["day"], name="branches_handover_day"),
        ]


class Account(AbstractBaseUser):
    """A way to sign in for one member of staff; what it may do comes from the posts alone.

    Changed by the owner of the database only. When somebody came in stands in `SignInAttempt`.
    """

    last_login = None  # the desk's role may not write here
    username = models.TextField(unique=True)
    staff_id = models.TextField()
    is_active = models.BooleanField(default=True)

    wall: ClassVar[Wall] = Wall.OPEN
    web_may: ClassVar[str] = "SELECT"

    objects: ClassVar = BaseUserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["staff_id"]

    def check_password(self, raw_password: str | None) -> bool:
        """Whether the password fits; an old hash is not renewed here, for that would be a write."""
        return check_password(raw_password, self.password)


class SignInAttempt(models.Model):
    """Somebody tried to sign in; what the brake on guessing counts."""

    at = models.DateTimeField(auto_now_add=True)
    username = models.TextField()
    address = models.TextField()
    succeeded = models.BooleanField()

    wall: ClassVar[Wall] = Wall.OPEN
    web_may: ClassVar[str] = "SELECT, INSERT"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["username", "at"], name="branches_attempt_user"),
            models.Index(fields=["address", "at"], name="branches_attempt_from"),
        ]
