"""The catalogue; products just opened, and what the firm was shown of them."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Published, Scoped, ScopedRows, Versioned, one_open_row
from xiaoer.kit.scope.walls import Wall


class Product(Versioned):
    """A product of the bank's catalogue, by the name the bank's own files give it."""

    product_id = models.TextField()
    name = models.TextField()
    category = models.TextField(default="other")

    key = ("product_id",)

    class Meta:
        constraints: ClassVar = [one_open_row("product_id")]


class Opening(Published):
    """A product a firm opened lately that is taught; its checklist follows from the category and the day."""

    customer_id = models.TextField()
    product_id = models.TextField()
    product = models.TextField()  # its name
    category = models.TextField()
    opened_date = models.DateField()
    high_value = models.BooleanField(default=False)  # of a tier that is visited in person

    key = ("customer_id", "product_id")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("customer_id", "product_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="products_opening_customer"),
        ]


class Lesson(Scoped):
    """A step of an opening's checklist that somebody finished, or that is not needed. Never changed."""

    customer_id = models.TextField()
    product_id = models.TextField()
    opened_date = models.DateField()
    step = models.TextField()
    end = models.TextField()  # done | not_needed
    staff_id = models.TextField()
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.VOUCHED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(end__in=["done", "not_needed"]), name="products_lesson_known_end"
            ),
            models.UniqueConstraint(
                fields=["customer_id", "product_id", "opened_date", "step"], name="products_lesson_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["manager_id", "day"], name="products_lesson_mgr")]
