"""What a contact was expected to bring stands before it on the sheet, and beside what came of it on the firm's page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.world import BUSINESS_DATE, tables
from xiaoer.contacts.actions import record_outcome
from xiaoer.contacts.models import Contact
from xiaoer.contacts.terms import About
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.offers.terms import Terms
from xiaoer.trials.models import Measured
from xiaoer.workbench.expecting import _of
from xiaoer.workbench.shown.expected import Line

pytestmark = pytest.mark.django_db
TODAY, YUAN = BUSINESS_DATE + timedelta(days=1), 100
FIRM = next(
    row["customer_id"]
    for row in tables()["measured"].to_pylist()
    if row["family"] == "contact_plan" and row["arm"] == "treated" and row["manager_id"] == "M1"
)


def test_before_and_after(scope_of: Callable[[str], Scope], client_of: Callable[..., Client]) -> None:
    scope, client = scope_of("M1"), client_of("M1")
    assert "data-expected" not in client.get(f"/firms/{FIRM}/?tab=contacts").content.decode()
    won = About(FIRM, "a", "call", 1_200 * YUAN, 20, "likely", 5_000 * YUAN, 60 * YUAN, "E01")
    lost = About(FIRM, "b", "visit", 300 * YUAN, 60, "contact_due")
    unsaid = About(FIRM, "c", "call", 100 * YUAN, 10, "silence", None, 30 * YUAN)
    with acting_as(scope):
        for about, outcome in ((won, "accepted"), (lost, "refused"), (unsaid, "accepted")):
            record_outcome(scope, about, outcome, TODAY)
        kept = Contact.objects.get(offer_id="a")
    assert (kept.cost, kept.product_id) == (60 * YUAN, "E01")
    spent = 90 + 60 * Terms.in_force(TODAY).minute_cost // YUAN
    page = client.get(f"/firms/{FIRM}/?tab=contacts").content.decode()
    assert f"3 次联系：预期 ¥1,600，花了 ¥{spent}，得到 ¥5,000" in page
    assert "1 次谈成但未填金额" in page
    assert "企业网银" in page
    assert "按账核对" in page, "the rule's firms are looked up when their time is over"
    assert "data-expected" not in client.get(f"/firms/{FIRM}/").content.decode()


def test_on_the_sheet_before_the_contact(client_of: Callable[..., Client]) -> None:
    row = next(one for one in tables()["proposals"].to_pylist() if one["manager_id"] == "M1" and one["fits"])
    sheet = (
        client_of("M1").get(f"/firms/{row['customer_id']}/record/?offer={row['offer_id']}").content.decode()
    )
    assert "预期 ¥" in sheet or "预期 " in sheet
    assert "，成本 " in sheet


def measured(**changes: Any) -> Measured:
    told = {
        "item": "E01",
        "entered_date": TODAY,
        "due_date": TODAY + timedelta(days=60),
        "ripe": False,
    } | changes
    return Measured(**told)


def test_the_records_of_the_time_the_contact_was_in_are_told() -> None:
    contact = Contact(product_id="E01", rule="likely", day=TODAY + timedelta(days=3), outcome="interested")
    late, early = measured(), measured(entered_date=TODAY - timedelta(days=9))
    over = measured(due_date=TODAY + timedelta(days=2))
    assert _of(contact, [early, late, over, measured(item="L01")]) is late
    assert _of(contact, [over]) is None
    ripe = Line(contact, "", 0, measured(ripe=True, won=False, profit=-200 * YUAN), TODAY)
    assert ("¥200" in ripe.records, ripe.brought, Line(contact, "", 0, None, TODAY).records) == (True, 0, "")
