"""A score with its reasons."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Published, one_open_row


class Score(Published):
    """One model's word on one firm: `value` is a probability of default, `points` the card's total."""

    customer_id = models.TextField()
    model = models.TextField()
    version = models.TextField(default="")
    state = models.TextField(default="rule")  # live | small_sample | rule
    value = models.FloatField()
    points = models.IntegerField(null=True)
    band = models.TextField(default="")
    previous = models.FloatField(null=True)
    reasons = models.JSONField(default=list)  # [{code, params, points}]
    all_points = models.JSONField(default=list)  # [{code, params, points}]

    key = ("customer_id", "model")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("customer_id", "model")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="scores_score_customer"),
        ]
