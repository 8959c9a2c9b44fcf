"""A score with its reasons, the shelf as the desk shows it, and the two persons a promotion passes through."""

from typing import Any, ClassVar

from django.db import models

from xiaoer.kit.published import AsWritten, Published, Versioned, one_open_row
from xiaoer.kit.scope.walls import Wall

MOST_REASONS = 3


class Score(Published):
    """One model's word on one firm: `value` is a probability of default, `points` the card's total.

    `parts` and `seen` are what each input of its `Card` did, in points, and what it was (null: not known), in the
    card's order. `queries.scores` puts them into words: `all_points`, [{code, params, tone, points}].
    """

    customer_id = models.TextField()
    model = models.TextField()
    version = models.TextField(default="")
    state = models.TextField(default="rule")  # live | small_sample | rule
    value = models.FloatField()
    points = models.IntegerField(null=True)
    band = models.TextField(default="")
    previous = models.FloatField(null=True)
    parts = AsWritten(default=list)
    seen = AsWritten(default=list)

    all_points: list[dict[str, Any]]
    key = ("customer_id", "model")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("customer_id", "model")]
        # read by firm, never by portfolio
        indexes: ClassVar = [models.Index(fields=["customer_id", "since"], name="scores_score_customer")]

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """What moved it most."""
        return self.all_points[:MOST_REASONS]


class Card(Versioned):
    """What a version of a model reads: [[input, what is usual in it]], in the order of `Score.parts`."""

    model = models.TextField()
    version = models.TextField()
    inputs = models.JSONField(default=list)

    key = ("model", "version")

    class Meta(Versioned.Meta):
        constraints: ClassVar = [one_open_row("model", "version")]


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


class Shelved(models.Model):
    """A model of the shelf as the desk shows it: one row a model, all rows written anew whenever the registry changed.

    `value`, `low`, `high`, `rival_value` are of `version`, greater is better; `drift` is the index of tonight's scores.
    """

    model = models.TextField(primary_key=True)
    family = models.TextField()
    sort = models.TextField(default="")
    name_zh = models.TextField()
    name_en = models.TextField()
    state = models.TextField()  # live | challenger | small_sample | refused | not_trained
    version = models.TextField(default="")
    challenger = models.TextField(default="")  # a version that waits for two persons
    metric = models.TextField(default="")
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    rival_value = models.FloatField(null=True)
    n = models.BigIntegerField(null=True)
    positives = models.BigIntegerField(null=True)
    trained_on = models.DateField(null=True)
    asked_by = models.TextField(default="")
    approved_by = models.TextField(default="")
    drift = models.FloatField(null=True)
    drift_level = models.TextField(default="")  # "" where nobody watches yet | calm | watch | act
    watched_on = models.DateField(null=True)
    retrain = models.JSONField(null=True)  # the reason a new training is proposed for
    page = models.JSONField(default=dict)  # see `sheets.sheet`

    wall: ClassVar[Wall] = Wall.DIRECTORY
    web_may: ClassVar[str] = "SELECT"


class PromotionStep(models.Model):
    """One person's step in putting a version to use. Never changed; nobody takes two steps of the same promotion.

    The step "asked" names the version; once another person approved it, the next night takes it.
    """

    case = models.UUIDField()
    step = models.TextField()  # asked | approved | returned
    staff_id = models.TextField()
    model = models.TextField()
    version = models.TextField()
    reason = models.TextField(default="")
    at = models.DateTimeField(auto_now_add=True)
    day = models.DateField()

    wall: ClassVar[Wall] = Wall.COUNTERSIGNED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("reason",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "staff_id"], name="scores_promotion_one_person_one_step"),
            models.UniqueConstraint(fields=["case", "step"], name="scores_promotion_each_step_once"),
            models.CheckConstraint(
                condition=models.Q(step__in=["asked", "approved", "returned"]),
                name="scores_promotion_known_step",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["model", "day"], name="scores_promotion_model")]
