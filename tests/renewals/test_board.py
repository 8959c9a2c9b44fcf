"""The board, and evidence that closes a gap and never a failure."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.world import BUSINESS_DATE
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.renewals import queries
from xiaoer.renewals.actions import bring_evidence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
HTMX = {"HX-Request": "true"}


def one_of(scope: Scope, stage: str) -> Any:
    with acting_as(scope):
        return queries.renewals(scope).filter(stage=stage).first()


def test_evidence_closes_a_gap(client_of: Callable[..., Any], scope_of: Callable[[str], Scope]) -> None:
    scope, client = scope_of("M1"), client_of("M1")
    found = one_of(scope, "gaps_open")
    address = f"/loans/renewals/{found.note_id}/"
    sheet = client.get(address, headers=HTMX).content.decode()
    assert "待核实" in sheet and "贷款用途要人核对" in sheet
    given = {"condition": "good_credit", "words": "invoices of steel seen, paid to the supplier"}
    assert client.post(address, given, headers=HTMX).status_code == 204
    after = client.get(address, headers=HTMX).content.decode()
    assert "invoices of steel seen" in after
    assert 'value="good_credit"' not in after
    assert "可续" in client.get("/loans/renewals/").content.decode()


def test_what_evidence_cannot_do(scope_of: Callable[[str], Scope]) -> None:
    scope, stranger = scope_of("M1"), scope_of("M3")
    failing = one_of(scope, "failing")
    for condition in ("going_concern", "now_normal", "luck"):
        with acting_as(scope), pytest.raises(Refusal, match="no gap to close"):
            bring_evidence(scope, failing.note_id, condition, "it will be better next year", BUSINESS_DATE)
    with acting_as(scope), pytest.raises(Refusal, match="no words"):
        bring_evidence(scope, failing.note_id, "good_credit", "  ", BUSINESS_DATE)
    with acting_as(stranger), pytest.raises(Refusal, match="not maturing among yours"):
        bring_evidence(stranger, failing.note_id, "good_credit", "seen", BUSINESS_DATE)
    reader = scope_of("A1")
    with acting_as(reader), pytest.raises(Refusal, match="records nothing"):
        bring_evidence(reader, failing.note_id, "good_credit", "seen", BUSINESS_DATE)


def test_who_sees_the_board(client_of: Callable[..., Any]) -> None:
    assert client_of("R1").get("/loans/renewals/").status_code == 200
    assert client_of("X1").get("/loans/renewals/").status_code == 403
    assert client_of("M3").get("/loans/renewals/N0000000/").status_code == 404
