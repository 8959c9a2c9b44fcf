"""The organisation: who works where, in which post, answering for whom; and who may sign in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models

from xiaoer.kit.published import Published, Versioned, one_open_row
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
