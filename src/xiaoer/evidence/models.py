"""Photos: a row tells whose, of what, when, where and who says so; the file lies under XIAOER_HOME."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Scoped, ScopedRows
from xiaoer.kit.scope.walls import Wall


class Photo(Scoped):
    """A photo filed as evidence. Nothing of it changes; erased, it keeps who filed what and the hash, no more.

    `folder` and `name` are made here and say nothing of the firm; `sha256` is of the bytes as they came.
    """

    subject = models.TextField()  # check | paper
    subject_key = models.TextField()
    customer_id = models.TextField()
    staff_id = models.TextField()
    at = models.DateTimeField()
    day = models.DateField()
    folder = models.TextField()
    name = models.UUIDField()
    kind = models.TextField()
    sha256 = models.TextField()
    size = models.IntegerField()  # bytes
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    taken_at = models.DateTimeField(null=True)
    taken_told = models.TextField(default="")  # exif | device | person
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    place_told = models.TextField(default="")
    place = models.TextField(default="")
    erased_at = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall.VOUCHED
    web_may: ClassVar[str] = "SELECT, INSERT"

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["name"], name="evidence_photo_name_once")]
        indexes: ClassVar = [
            models.Index(fields=["subject", "subject_key"], name="evidence_photo_subject"),
            models.Index(fields=["customer_id"], name="evidence_photo_customer"),
        ]
