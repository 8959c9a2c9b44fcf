"""A trial from the list of firms to the firms' records: dealt, simulated, compared, adopted; refused where it must be."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from tests.registry_world import score_firms
from tests.world import BUSINESS_DATE, FIRMS
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.trials import queries
from xiaoer.trials.actions import Draft, Placed, adopt, begin, run
from xiaoer.trials.models import Trial, TrialFirm
from xiaoer.trials.terms import Numbers, Order, Strategy, TrialState

pytestmark = pytest.mark.usefixtures("in_english")

Scopes = Callable[[str], Scope]
ALL_OR_NONE = Draft("all or none", "card", Strategy(Order.NOBODY, 0.2), Strategy(Order.LOT, 1.0))


def group(many: int = 60, **changes: Any) -> list[Placed]:
    numbers = Numbers(**{"asked": 0.95, "effect": 0.9} | changes)
    return [Placed(f"C{n:06d}", "B1", "M1", numbers) for n in range(1, many + 1)]


def test_a_trial_runs_to_its_end_and_is_adopted_once(own_world: str, scope_of: Scopes) -> None:
    scope = scope_of("A1")
    with acting_as(scope):
        trial = begin(scope, ALL_OR_NONE, group(), BUSINESS_DATE)
        with pytest.raises(Refusal, match="collecting"):
            adopt(scope, trial.trial, BUSINESS_DATE)
        assert [run(scope, trial.trial, BUSINESS_DATE) for _ in range(4)] == [15, 15, 15, 15]
        with pytest.raises(Refusal, match="every outcome"):
            run(scope, trial.trial, BUSINESS_DATE)
        standing = queries.standing(scope, trial.trial)
        assert standing is not None
        assert standing.compared.state is TrialState.SEPARATED
        assert adopt(scope, trial.trial, BUSINESS_DATE).arm == "second"
        with pytest.raises(Refusal, match="already"):
            adopt(scope, trial.trial, BUSINESS_DATE)


def test_what_changes_nothing_is_not_adopted(own_world: str, scope_of: Scopes) -> None:
    scope = scope_of("A1")
    with acting_as(scope):
        trial = begin(scope, ALL_OR_NONE, group(effect=0.0, asked=0.5), BUSINESS_DATE)
        for _ in range(4):
            run(scope, trial.trial, BUSINESS_DATE)
        standing = queries.standing(scope, trial.trial)
        assert standing is not None
        if standing.compared.state is TrialState.INCONCLUSIVE:  # one lot in twenty says otherwise
            with pytest.raises(Refusal, match="inconclusive"):
                adopt(scope, trial.trial, BUSINESS_DATE)
        else:
            assert standing.compared.better is not None


@pytest.mark.parametrize(
    ("draft", "many", "why"),
    [
        (ALL_OR_NONE, 39, "39 firms"),
        (Draft(" ", "card", Strategy(Order.LOT), Strategy(Order.UPLIFT)), 60, "name"),
        (Draft("same", "card", Strategy(Order.LOT), Strategy(Order.LOT)), 60, "the same"),
        (Draft("none", "card", Strategy(Order.NOBODY, 0.1), Strategy(Order.NOBODY, 0.2)), 60, "the same"),
        (Draft("much", "card", Strategy(Order.LOT, 1.2), Strategy(Order.UPLIFT)), 60, "no share"),
    ],
)
def test_what_is_refused(own_world: str, scope_of: Scopes, draft: Draft, many: int, why: str) -> None:
    scope = scope_of("A1")
    with acting_as(scope), pytest.raises(Refusal, match=why):
        begin(scope, draft, group(many), BUSINESS_DATE)


def test_a_manager_runs_none_and_nobody_changes_an_arm(own_world: str, scope_of: Scopes) -> None:
    analyst, manager = scope_of("A1"), scope_of("M1")
    with acting_as(manager), pytest.raises(Refusal, match="post"):
        begin(manager, ALL_OR_NONE, group(), BUSINESS_DATE)
    with acting_as(analyst):
        begin(analyst, ALL_OR_NONE, group(), BUSINESS_DATE)
        with pytest.raises(DatabaseError), transaction.atomic():
            TrialFirm.objects.update(arm="first")
    with acting_as(manager):
        assert queries.trials(manager).count() == 0
        assert len(queries.of_firm(manager, "C000003")) == 1


def test_on_the_desk_from_form_to_record(own_world: str, client_of: Callable[..., Client]) -> None:
    analyst = client_of("A1")
    form = {"name": "谁先联系", "product": "card", "group": "all", "first_order": "nobody", "first_share": "20",
            "second_order": "uplift", "second_share": "100"}  # fmt: skip
    assert analyst.post("/trials/", form).status_code == 422, "no model is in use yet"
    score_firms()
    assert "begin" not in analyst.get("/trials/").content.decode()
    made = analyst.post("/trials/", form)
    assert made.status_code == 302
    trial = Trial.objects.using("owner").get()
    assert (trial.planned, trial.versions) == (FIRMS, {"takes_card": "v1", "asking_card": "v1"})
    for _ in range(4):
        analyst.post(made.url, {"deed": "run"})
    page = analyst.get(made.url).content.decode()
    assert "分开了" in page
    assert analyst.post(made.url, {"deed": "adopt"}).status_code == 302
    firm = client_of("M1").get("/firms/C000003/").content.decode()
    assert "谁先联系" in firm
    assert "已采用" in firm
    assert client_of("M1").get("/trials/").status_code == 403


def test_a_list_of_ones_own_makes_the_group(own_world: str, client_of: Callable[..., Client]) -> None:
    analyst = client_of("A1")
    score_firms()
    analyst.post("/views/firms/", {"title": "城东", "state": "tier=premier"})
    page = analyst.get("/trials/").content.decode()
    assert "城东" in page
    other = {"name": "x", "product": "card", "group": "999", "first_order": "lot", "first_share": "10",
             "second_order": "uplift", "second_share": "10"}  # fmt: skip
    assert analyst.post("/trials/", other).status_code == 422
