"""A closed contact queues a survey inside the red line; a signed link takes one answer, seen at once by whoever may."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from django.test import Client

from tests.world import BUSINESS_DATE
from xiaoer.contact_policy.terms import Known, Stop, Touch
from xiaoer.contacts.actions import record_outcome
from xiaoer.contacts.terms import About
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.satisfaction.actions import opened, take, token
from xiaoer.satisfaction.models import Survey
from xiaoer.satisfaction.night import satisfaction
from xiaoer.satisfaction.queries import rates
from xiaoer.satisfaction.terms import Said
from xiaoer.workbench.surveying import way_open

DAY, FIRM = BUSINESS_DATE + timedelta(days=1), "C000003"  # M1's, an enterprise
GIVEN = {"message": True}


def known(*touches: Touch, consents: dict[str, bool] | None = None, stops: tuple[Stop, ...] = ()) -> Known:
    return Known("enterprise", consents or {}, stops, touches)


@pytest.mark.django_db
def test_the_red_line_stands_above_a_survey() -> None:
    before = DAY - timedelta(days=3)
    assert way_open(known(consents=GIVEN), [], DAY) == "message"
    assert way_open(known(), [], DAY) == "call", "no consent to messages"
    assert way_open(known(Touch(before, "message", "survey"), consents=GIVEN), [], DAY) == "call", (
        "one a week"
    )
    calls = [Touch(before, "call", "care"), Touch(before, "call", "care")]
    assert way_open(known(*calls), [], DAY) is None
    assert way_open(known(consents=GIVEN, stops=(Stop("complaint", before),)), [], DAY) is None
    later = [Touch(DAY + timedelta(days=2), "call", "care")]
    assert way_open(known(calls[0]), later, DAY) is None, "the promised call would be one too many"
    assert way_open(known(), later, DAY) == "call"


def test_the_desks_answers_count_like_the_banks() -> None:
    day = date(2026, 6, 1)
    bank = pl.DataFrame({"customer_id": ["X", "Y"], "asked_date": [day, day], "score": [6.0, None]})
    desk = pl.DataFrame({"customer_id": ["X", "Z"], "asked_date": [day, day], "score": [10, None]})
    told: Any = satisfaction(*(nw.from_native(rows.lazy()) for rows in (bank, desk)), 20_700)
    assert told.collect("polars").to_native().rows() == [("X", 8.0)]


@pytest.mark.django_db
def test_from_the_contact_to_the_answer(
    scope_of: Callable[[str], Scope], client_of: Callable[[str], Client]
) -> None:
    mine, other = scope_of("M1"), scope_of("M3")
    with acting_as(mine):
        record_outcome(mine, About(FIRM, "a", channel="visit"), "not_reached", DAY)
        assert not Survey.objects.filter(customer_id=FIRM).exists(), "nobody was reached"
        about = About(FIRM, "b", channel="visit", product_id="E01")
        contact = record_outcome(mine, about, "interested", DAY).contact
        asked = Survey.objects.get(contact_id=contact.pk)
        assert (asked.judged_id, asked.product_id, asked.channel, asked.score) == ("M1", "E01", "call", None)
        link = token(asked)
    with acting_as(other):
        assert not Survey.objects.filter(pk=asked.pk).exists()
    with pytest.raises(Refusal):
        opened(link[:-1] + ("A" if link[-1] != "A" else "B"), 1)
    anybody = Client()
    page = anybody.get(f"/said/{link}/")
    assert page.status_code == 200
    assert "城东支行" in page.content.decode(), "a firm reads who asks"
    assert anybody.get(f"/said/{link[:-2]}/").status_code == 410
    for faulty in (
        {"score": "11"},
        {},
        {"score": "3", "topic": ["weather"]},
        {"score": "3", "comment": "太" * 501},
    ):
        refused = anybody.post(f"/said/{link}/", {"topic": ["speed"], "comment": "放款等了十天"} | faulty)
        assert refused.status_code == 422
        form = refused.content.decode()
        assert 'role="alert"' in form
        assert faulty.get("comment", "放款等了十天") in form, "what was written stays"
    assert 'value="3" checked' in form
    assert 'value="speed" checked' in form
    again = client_of("M1").post(f"/surveys/{asked.key}/", {"score": "12", "comment": "电话里说的"})
    assert (again.status_code, "电话里说的" in again.content.decode()) == (422, True)
    assert anybody.post(f"/said/{link[:-2]}/", {"score": "11"}).status_code == 410
    done = anybody.post(f"/said/{link}/", {"score": "3", "topic": ["speed"], "comment": "放款等了十天"})
    assert "谢谢" in done.content.decode()
    assert anybody.post(f"/said/{link}/", {"score": "9"}).status_code == 410, "once"
    assert anybody.post(f"/said/{link}/", {"score": "11"}).status_code == 410, "closed before faulty"
    page = client_of("M1").get(f"/firms/{FIRM}/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "放款等了十天" in page
    listed = (
        client_of("M1").get("/surveys/?state=low", headers={"accept-language": "zh-hans"}).content.decode()
    )
    assert "3/10" in listed
    assert "企业网银" in listed
    assert "3.0/10" in listed, "the answer is on the product at once"
    assert "3/10" in client_of("M1").get("/surveys/?product=E01").content.decode()
    assert "3/10" not in client_of("M1").get("/surveys/?product=L01").content.decode()
    assert "放款等了十天" not in client_of("M3").get("/surveys/").content.decode()
    with acting_as(mine):
        told = rates(mine, DAY, days=90)
        assert [(one.of, one.asked, one.answered, one.mean) for one in told] == [
            ("", 1, 1, 3.0),
            ("M1", 1, 1, 3.0),
        ]
        with pytest.raises(Refusal):
            take(mine, str(asked.key), Said(9), SystemClock().now(), DAY, by="M1")
