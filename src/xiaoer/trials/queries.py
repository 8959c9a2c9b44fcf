"""Trials for posts that run them; a firm's trials for whoever sees the firm."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from xiaoer.kit.scope import Scope
from xiaoer.trials.models import Adoption, Trial, TrialFirm, TrialOutcome
from xiaoer.trials.rules import compared
from xiaoer.trials.terms import Arm, Compared, Seen

RUNS = "trials.run"


@dataclass(frozen=True)
class Standing:
    """A trial with its arms so far; `placed` firms are in it, `adopted` is the arm somebody decided for."""

    trial: Trial
    arms: dict[Arm, Seen]
    placed: int
    adopted: Adoption | None

    @property
    def compared(self) -> Compared:
        return compared(self.arms[Arm.FIRST], self.arms[Arm.SECOND], self.trial.planned)


def trials(scope: Scope) -> QuerySet[Trial]:
    """All trials, the latest first; none for posts that do not run them."""
    return Trial.objects.order_by("-at", "trial") if scope.may(RUNS) else Trial.objects.none()


def standing(scope: Scope, trial_id: UUID) -> Standing | None:
    """One trial and how far it has come, of the firms in scope."""
    trial = trials(scope).filter(trial=trial_id).first()
    if trial is None:
        return None
    firms = TrialFirm.objects.seen_by(scope).filter(trial=trial_id)
    arms = {arm: _seen(scope, trial_id, arm) for arm in Arm}
    return Standing(trial, arms, firms.count(), Adoption.objects.filter(trial=trial_id).first())


def of_firm(scope: Scope, customer_id: str) -> list[tuple[Trial, TrialFirm]]:
    """The trials a firm is in, the latest first, whoever looks at the firm."""
    placed = {one.trial: one for one in TrialFirm.objects.seen_by(scope).filter(customer_id=customer_id)}
    found = Trial.objects.filter(trial__in=list(placed)).order_by("-at", "trial")
    return [(one, placed[one.trial]) for one in found]


def adopted(scope: Scope, trial_ids: list[UUID]) -> dict[UUID, str]:  # noqa: ARG001  whoever sees the trial may know
    """The arm decided for, by trial."""
    return dict(Adoption.objects.filter(trial__in=trial_ids).values_list("trial", "arm"))


def waiting(scope: Scope, trial_id: UUID) -> list[TrialFirm]:
    """Firms whose outcome is not in yet."""
    done = TrialOutcome.objects.seen_by(scope).filter(trial=trial_id).values("customer_id")
    rows = TrialFirm.objects.seen_by(scope).filter(trial=trial_id)
    return list(rows.exclude(customer_id__in=done).order_by("customer_id"))


def _seen(scope: Scope, trial_id: UUID, arm: Arm) -> Seen:
    done = TrialOutcome.objects.seen_by(scope).filter(trial=trial_id)
    firms = TrialFirm.objects.seen_by(scope).filter(trial=trial_id, arm=arm)
    came = firms.filter(customer_id__in=done.values("customer_id"))
    counted = came.aggregate(firms=Count("pk"), approached=Count("pk", filter=Q(approached=True)))
    took = firms.filter(customer_id__in=done.filter(took=True).values("customer_id")).count()
    return Seen(counted["firms"], counted["approached"], took)
