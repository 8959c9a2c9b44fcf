"""Effects on the desk: three states, arms down to their firms in scope, the workbook, the hold-out of a family."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.world import BUSINESS_DATE
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.trials import seen
from xiaoer.trials.terms import TrialState

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
Scopes = Callable[[str], Scope]


def test_families_and_their_parts_are_told_apart(scope_of: Scopes) -> None:
    scope = scope_of("A1")
    with acting_as(scope):
        whole = seen.by_family(scope, BUSINESS_DATE)
        products = seen.by(scope, "campaigns", "item", BUSINESS_DATE)
    assert whole["campaigns"].state is TrialState.SEPARATED
    assert whole["contact_plan"].state is TrialState.COLLECTING
    assert (whole["contact_plan"].tells_on or BUSINESS_DATE) > BUSINESS_DATE + timedelta(days=60), (
        "six of thirty"
    )
    assert products["E02"].state is TrialState.SEPARATED
    assert products["L01"].state is TrialState.INCONCLUSIVE
    found = products["E02"]
    assert (found.treated.counted.firms, found.held_out.counted.firms) == (30, 30)
    assert found.share.difference == pytest.approx(0.5)
    assert whole["campaigns"].treated.counted.firms == 60


def test_a_head_sees_the_branch_alone(scope_of: Scopes) -> None:
    scope = scope_of("H2")
    with acting_as(scope):
        branches = seen.by(scope, "campaigns", "branch_id", BUSINESS_DATE)
        assert set(branches) == {"B2"}
        assert seen.rows(scope_of("M1")).count() == 0, "a manager does not see who is left alone"


def test_the_page_its_family_and_its_firms(client_of: ClientOf) -> None:
    analyst = client_of("A1")
    page = analyst.get("/effects/").content.decode()
    for word in ("活动名单", "收集中", "分开了", "/effects/campaigns/"):
        assert word in page, word
    family = analyst.get("/effects/campaigns/?by=item").content.decode()
    assert "企业网银" in family
    assert "说不清" in family
    assert "/figures/hold_outs/ask/" not in family, "the bank draws these arms"
    assert "/figures/hold_outs/ask/?family=offers" in analyst.get("/effects/offers/").content.decode()
    firms = analyst.get("/effects/campaigns/firms/?arm=holdout&item=E02").content.decode()
    assert "/ 30" in firms
    assert analyst.get("/effects/nonsense/").status_code == 404


def test_the_workbook_has_the_same_figures(client_of: ClientOf) -> None:
    answer = client_of("A1").get("/effects/campaigns/?by=item&excel=1")
    rows = list(load_workbook(BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    product = next(row for row in rows if row[0] == "企业网银")
    assert product[5:7] == (30, 18)
    assert product[12] == pytest.approx(0.5)
    listed = client_of("A1").get("/effects/campaigns/firms/?arm=holdout&excel=1")
    assert len(list(load_workbook(BytesIO(listed.content)).active.values)) > 60  # type: ignore[union-attr]


def test_a_family_can_be_asked_to_leave_more_alone(client_of: ClientOf) -> None:
    analyst, head = client_of("A1"), client_of("G1")
    tomorrow = str(BUSINESS_DATE + timedelta(days=2))
    form = {"holdout_offers": "20", "by_group_offers": "1", "from_date": tomorrow, "reason": "要看清楚"}
    hx = {"HX-Request": "true"}
    assert (
        analyst.post("/figures/hold_outs/ask/", form | {"holdout_offers": "51"}, headers=hx).status_code
        == 422
    )
    assert analyst.post("/figures/hold_outs/ask/", form, headers=hx).status_code == 204
    assert "要看清楚" in head.get("/effects/").content.decode()
    assert "要看清楚" in head.get("/effects/offers/").content.decode()
