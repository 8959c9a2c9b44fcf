"""A score with its reasons."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Published, Versioned, one_open_row


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


class ShelfScore(Published):
    """What a model of the shelf says of a firm: of several notes, products, hours or channels the likeliest, `item`.

    `value` is a chance, a difference of chances or an amount (fen), as the model's sort says. `rank` is the place
    among the `among` firms of the same portfolio the model speaks of, 1 the likeliest or largest. `start`, the
    `pushes` ([{of, is, points}]: an input, what it is, what it did) and `rest` add up to `points`; `start` is null
    where reasons were not worked out.
    """

    customer_id = models.TextField()
    model = models.TextField()
    item = models.TextField(default="")
    version = models.TextField()
    value = models.FloatField()
    points = models.IntegerField()
    rank = models.IntegerField()
    among = models.IntegerField()
    start = models.IntegerField(null=True)
    rest = models.IntegerField(default=0)
    pushes = models.JSONField(default=list)

    key = ("customer_id", "model")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("customer_id", "model")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="scores_shelf_customer"),
        ]


class ModelToday(Versioned):
    """What each model of the shelf is today: in use, or which rule stands in its place and why.

    `mean` is what the model says on average of the `firms` it speaks of, over the whole bank.
    """

    model = models.TextField()
    version = models.TextField(default="")
    state = models.TextField()  # live | rule | none
    rule = models.TextField(default="")
    why = models.TextField(default="")  # not_promoted | asked_on_application | a refusal's sentence
    firms = models.IntegerField(default=0)
    mean = models.FloatField(null=True)
    likelier = models.IntegerField(default=1)  # −1: fewer points mean more of it

    key = ("model",)

    class Meta(Versioned.Meta):
        constraints: ClassVar = [one_open_row("model")]
