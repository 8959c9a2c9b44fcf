"""The steps of a change of figures; a step is never changed."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.scope.walls import Wall


class FigureStep(models.Model):
    """One person's step in changing figures: asked, approved, returned.

    `figures` are whole numbers by name, `from_date` the day from which they hold. PostgreSQL itself holds that the
    second step is another person's, repeats what was asked for, and reaches no night that is shown
    (migration 0002_adopted).
    """

    case = models.UUIDField()
    subject = models.TextField()  # contact_policy | hold_outs
    step = models.TextField()
    staff_id = models.TextField()
    figures = models.JSONField()
    from_date = models.DateField()
    reason = models.TextField(default="")
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.COUNTERSIGNED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("reason",)

    class Meta:
        db_table = "kit_figure_step"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "staff_id"], name="kit_figure_one_person_one_step"),
            models.UniqueConstraint(fields=["case", "step"], name="kit_figure_each_step_once"),
            models.CheckConstraint(
                condition=models.Q(step__in=["asked", "approved", "returned"]), name="kit_figure_known_step"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["subject", "step"], name="kit_figure_subject")]
