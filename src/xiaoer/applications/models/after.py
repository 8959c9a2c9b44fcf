"""After the drawdown: its note in the bank's files, and why the two differ."""

from typing import ClassVar

from django.db import models

from xiaoer.applications.models.desk import Application
from xiaoer.kit.published import Scoped, ScopedRows
from xiaoer.kit.scope.walls import Wall


class FoundNote(Scoped):
    """The note of the bank's files that a drawdown was found as; written by the night, once. `differs`: what of it."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="+")
    customer_id = models.TextField()
    note_id = models.TextField(unique=True)
    found_date = models.DateField()  # of the files
    differs = models.JSONField(default=list)  # amount | day | contract

    objects = ScopedRows.as_manager()


class Explanation(Scoped):
    """Why a drawdown and the bank's files are not alike, by somebody who did not pay it out. Never changed."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="+")
    customer_id = models.TextField()
    staff_id = models.TextField()
    at = models.DateTimeField()
    day = models.DateField()
    words = models.TextField()

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT"
    forgets: ClassVar[tuple[str, ...]] = ("words",)

    objects = ScopedRows.as_manager()
