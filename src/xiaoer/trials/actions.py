"""Beginning a trial, running it, deciding: one transaction each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.typed import typed
from xiaoer.trials import queries
from xiaoer.trials.models import Adoption, Trial, TrialFirm, TrialOutcome
from xiaoer.trials.rules import approached, arm_of, took, waves
from xiaoer.trials.terms import Arm, Numbers, Order, Strategy

FEWEST_FIRMS, MOST_FIRMS = 40, 5_000
WAVES = 4
LONGEST_NAME = 60


@dataclass(frozen=True)
class Draft:
    """A trial as asked for: its name, the product, what either arm does, and which list makes the group."""

    name: str
    product: str
    first: Strategy
    second: Strategy
    asks: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    """A firm of the group: whose it is, and what the models say of it."""

    customer_id: str
    branch_id: str
    manager_id: str
    numbers: Numbers


@transaction.atomic
def begin(scope: Scope, draft: Draft, group: Sequence[Placed], today: date) -> Trial:
    """Deal the group's firms into two arms by lot and write down what either arm does with them.

    Raises Refusal for a post that runs no trials, two equal strategies, or a group too small or too large.
    """
    _may(scope)
    _check(draft, len(group))
    key = uuid4()
    trial = Trial.objects.create(
        trial=key, name=typed(draft.name), product=draft.product, first_order=draft.first.order.value,
        first_share=draft.first.share, second_order=draft.second.order.value, second_share=draft.second.share,
        asks=dict(draft.asks), planned=len(group), versions=dict(draft.versions), staff_id=scope.staff_id, day=today,
    )  # fmt: skip
    TrialFirm.objects.bulk_create(_firms(key, draft, group, today), batch_size=1000)
    return trial


def _firms(key: UUID, draft: Draft, group: Sequence[Placed], today: date) -> list[TrialFirm]:
    name, strategies = str(key), {Arm.FIRST: draft.first, Arm.SECOND: draft.second}
    arms = {one.customer_id: arm_of(name, one.customer_id) for one in group}
    chosen = {
        arm: approached(
            name, strategy, {one.customer_id: one.numbers for one in group if arms[one.customer_id] is arm}
        )
        for arm, strategy in strategies.items()
    }
    return [
        TrialFirm(trial=key, customer_id=one.customer_id, branch_id=one.branch_id, manager_id=one.manager_id,
                  arm=arms[one.customer_id].value, approached=one.customer_id in chosen[arms[one.customer_id]],
                  asked=one.numbers.asked, effect=one.numbers.effect, day=today)
        for one in group
    ]  # fmt: skip


@transaction.atomic
def run(scope: Scope, trial_id: UUID, today: date) -> int:
    """Simulate the outcomes of the next quarter of the firms from the models' numbers; gives how many came in.

    Raises Refusal when there is no such trial, or all outcomes are in.
    """
    _may(scope)
    _one_at_a_time(trial_id)
    standing = _standing(scope, trial_id)
    name, left = str(trial_id), {one.customer_id: one for one in queries.waiting(scope, trial_id)}
    if not left:
        raise Refusal(
            _("every outcome is in"),
            standing.trial.name,
            next_step=_("Adopt a strategy, or begin another trial"),
        )
    wave = waves(name, list(left), -(-standing.trial.planned // WAVES))[0]
    TrialOutcome.objects.bulk_create([_outcome(name, left[firm], today) for firm in wave], batch_size=1000)
    return len(wave)


def _outcome(name: str, one: TrialFirm, today: date) -> TrialOutcome:
    chance = Numbers(one.asked, one.effect).chance(approached=one.approached)
    return TrialOutcome(trial=one.trial, customer_id=one.customer_id, branch_id=one.branch_id,
                        manager_id=one.manager_id, took=took(name, one.customer_id, chance), day=today)  # fmt: skip


@transaction.atomic
def adopt(scope: Scope, trial_id: UUID, today: date) -> Adoption:
    """Decide for the strategy that did better; raises Refusal while the arms are not separated, or when it is done."""
    _may(scope)
    _one_at_a_time(trial_id)
    standing = _standing(scope, trial_id)
    if standing.adopted is not None:
        raise Refusal(_("a strategy was adopted already"), standing.trial.name)
    better = standing.compared.better
    if better is None:
        raise Refusal(
            _("the trial is %(state)s") % {"state": standing.compared.state},
            standing.trial.name,
            _("arms that are separated"),
            _("Wait for all outcomes; where chance explains the difference, neither is better"),
        )
    return Adoption.objects.create(trial=trial_id, arm=better.value, staff_id=scope.staff_id, day=today)


def _check(draft: Draft, firms: int) -> None:
    if not typed(draft.name) or len(draft.name) > LONGEST_NAME:
        raise Refusal(
            _("a trial needs a name"),
            expected=_("1 to %(most)s characters") % {"most": LONGEST_NAME},
        )
    if draft.first == draft.second or {draft.first.order, draft.second.order} == {Order.NOBODY}:
        raise Refusal(_("both arms do the same"), draft.name, _("two strategies that differ"))
    if not FEWEST_FIRMS <= firms <= MOST_FIRMS:
        raise Refusal(
            _("the group has %(firms)s firms with numbers of both models") % {"firms": firms},
            draft.name,
            _("%(least)s to %(most)s") % {"least": FEWEST_FIRMS, "most": MOST_FIRMS},
            _("Choose another list, or put both models to use"),
        )
    for strategy in (draft.first, draft.second):
        if not 0 < strategy.share <= 1:
            raise Refusal(
                _("%(share)s is no share of the firms") % {"share": f"{strategy.share:g}"},
                draft.name,
                _("above 0, up to 1"),
            )


def _standing(scope: Scope, trial_id: UUID) -> Any:
    found = queries.standing(scope, trial_id)
    if found is None:
        raise Refusal(_("there is no such trial"), str(trial_id))
    return found


def _may(scope: Scope) -> None:
    if not scope.may(queries.RUNS):
        raise Refusal(_("your post runs no trials"), next_step=_("Ask an analyst"))


def _one_at_a_time(trial_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"trial {trial_id}"])
