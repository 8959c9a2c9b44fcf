"""Rows the night publishes: versioned by edition, so that a desk never shows half of a new day."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.walls import Wall

FOREVER = 2_147_483_647


class AsWritten(models.JSONField):
    """JSON whose text stays as the night wrote it: nothing in the database looks inside.

    PostgreSQL's `json`: it is taken in at half the cost of `jsonb`, and numbers in it take less room than there.
    """

    def db_type(self, connection: Any) -> str:  # noqa: ARG002
        return "json"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:  # noqa: ARG002
        """The driver reads `json` itself; only of `jsonb` Django lets it pass the text."""
        return value


class ScopedRows(models.QuerySet[Any]):
    """Rows with scope columns."""

    def seen_by(self, scope: Scope) -> Self:
        """Only rows of the scope's portfolios and branches, of the edition it reads where rows have one."""
        rows = self.at(scope.edition) if issubclass(self.model, Versioned) else self
        return rows if scope.everything else rows.filter(in_scope(scope))

    def at(self, edition: int) -> Self:
        """The rows of one edition."""
        return self.filter(since__lte=edition, until__gt=edition)


def in_scope(scope: Scope) -> Q:
    """The condition on the scope columns; nothing at all for an empty scope."""
    if scope.everything:
        return Q()
    managed, placed = Q(manager_id__in=scope.managers), Q(branch_id__in=scope.branches)
    return placed if not scope.managers else managed if not scope.branches else managed | placed


class Scoped(models.Model):
    """Carries whom the row belongs to, so that no policy needs a join."""

    branch_id = models.TextField(default="")
    manager_id = models.TextField(default="")

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT"

    objects = ScopedRows.as_manager()

    class Meta:
        abstract = True


class Versioned(models.Model):
    """Visible from edition `since` up to, and without, edition `until`."""

    since = models.IntegerField()
    until = models.IntegerField(default=FOREVER)
    payload = models.UUIDField(
        null=True, editable=False
    )  # a hash of the row as handed over: what changed at all

    key: ClassVar[tuple[str, ...]] = ()
    kept_closed: ClassVar[Q | None] = None  # closed rows that stay: what the desk wrote, and the night reads
    by_desk: ClassVar[str] = ""  # a column set only on rows of the desk's own: no night closes these
    wall: ClassVar[Wall] = Wall.DIRECTORY
    web_may: ClassVar[str] = "SELECT"

    objects = ScopedRows.as_manager()

    class Meta:
        abstract = True


class Published(Scoped, Versioned):
    """A published row of somebody's portfolio; `customer_id` is added by the model."""

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT"

    objects = ScopedRows.as_manager()

    class Meta:
        abstract = True
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["manager_id", "until"], name="%(app_label)s_%(class)s_mgr"),
            models.Index(fields=["branch_id", "until"], name="%(app_label)s_%(class)s_brn"),
        ]


def one_open_row(*key: str) -> models.UniqueConstraint:
    """At most one row per key that no later edition has replaced."""
    return models.UniqueConstraint(
        fields=key, condition=Q(until=FOREVER), name="%(app_label)s_%(class)s_one_open"
    )


class Pointer(models.Model):
    """What every screen shows: one row, written last by the night."""

    only_one = models.BooleanField(primary_key=True, default=True)
    edition = models.IntegerField(default=0)
    business_date = models.DateField(null=True)
    run_id = models.TextField(default="")
    published_at = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall.OPEN
    web_may: ClassVar[str] = "SELECT"

    class Meta:
        db_table = "nightly_pointer"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(only_one=True), name="nightly_pointer_only_one")
        ]


def pointer(using: str = "default") -> Pointer:
    """Where the desk stands; edition 0 before the first night."""
    return Pointer.objects.using(using).first() or Pointer()
