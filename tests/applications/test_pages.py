"""Applications through the pages and the interface for programs: the same rules, refusals in words."""

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client

from tests.applications.desk import (
    FIRM,
    TODAY,
    advanced,
    appraised,
    begun,
    papers,
    received,
    scope,
    step,
)
from tests.applications.test_appraisal import worksheet
from xiaoer.applications.models import Application, Appraisal, Exemption
from xiaoer.applications.terms import Given, Verb
from xiaoer.kit.audit import Reading
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
HX = {"HX-Request": "true"}
ALL = Scope("A1", everything=True, edition=1)


def stage(app: Application) -> str:
    with acting_as(ALL):
        return Application.objects.get(pk=app.pk).stage


def post(client: Client, address: str, **sent: Any) -> Any:
    return client.post(address, sent, headers=HX)


def api(client: Client, address: str, **sent: Any) -> Any:
    return client.post(f"/api/applications{address}", json.dumps(sent), "application/json")


PLACES = ("", "list/", "bank/", "time/", "time/?by=product", "exceptions/")


@pytest.mark.parametrize("staff_id", ["M1", "H1", "I1", "K1", "R1", "G1", "A1", "T1", "C1"])
def test_every_place_opens_for_every_post(staff_id: str, client_of: ClientOf) -> None:
    app = advanced(begun(), Verb.APPROVE)
    client = client_of(staff_id)
    for place in PLACES:
        assert client.get(f"/applications/{place}").status_code == 200, place
    sees = staff_id != "T1"
    for address in ("", "file/", "appraisal/"):
        assert client.get(f"/applications/{app.pk}/{address}").status_code == (200 if sees else 404)


def test_a_post_without_firms_is_told_so_and_the_door_is_shut(client_of: ClientOf) -> None:
    app = begun()
    for place in (*PLACES, f"{app.pk}/", f"{app.pk}/file/"):
        assert client_of("X1").get(f"/applications/{place}").status_code == 403
        assert Client().get(f"/applications/{place}").status_code == 302
    assert api(client_of("X1"), "", customer_id=FIRM, product="credit", amount=1, term_months=1, purpose="x").status_code == 403  # fmt: skip


def test_another_portfolio_finds_nothing(client_of: ClientOf) -> None:
    app = begun()
    client = client_of("M2")
    for address in ("", "file/", "appraisal/", "withdraw/", "papers/licence/"):
        assert client.get(f"/applications/{app.pk}/{address}").status_code == 404
    assert client.get(f"/api/applications/{app.pk}").status_code == 404
    assert api(client, f"/{app.pk}/steps", verb="withdraw", words="x").status_code == 422
    assert stage(app) == "received"


def test_the_whole_way_through_pages(client_of: ClientOf) -> None:
    sent = {"product": "credit", "amount": "50", "term_months": "12", "purpose": "备货", "source": "manager"}
    assert client_of("M1").get(f"/applications/begin/{FIRM}/", headers=HX).status_code == 200
    made = post(client_of("M1"), f"/applications/begin/{FIRM}/", **sent)
    number = int(made.headers["HX-Redirect"].strip("/").split("/")[-1])
    page = f"/applications/{number}/"
    steps: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("I1", "take", {}), ("I1", "surveyed", {"minutes": "150"}), ("I1", "submit", {"minutes": "80"}),
        ("R1", "recommend", {"words": "够还"}), ("H1", "approve", {"amount": "40", "rate": "4.35", "term_months": "12"}),
        ("K1", "sign", {"reference": "H1"}), ("K1", "draw", {"reference": "J1"}),
    )  # fmt: skip
    for who, verb, told in steps:
        if verb == "submit":
            lines = {
                "sales": "2400000",
                "keep": "1",
                "term_months": "12",
                "rate": "6",
                "stated_margin_bp": "30",
            }
            assert "HX-Redirect" in post(client_of("I1"), f"{page}appraisal/", **lines).headers
        if verb == "draw":
            refused = post(client_of(who), f"{page}draw/", **told)
            assert (refused.status_code, "资料还差" in refused.content.decode()) == (422, True)
            for kind in ("licence", "identity", "authorisation", "bank_statement", "site_photo", "tax_certificate",
                         "trade_contract"):  # fmt: skip
                assert post(client_of("M1"), f"{page}papers/{kind}/", deed="receive", until="2027-11-30").status_code == 204  # fmt: skip
                assert post(client_of("K1"), f"{page}papers/{kind}/", deed="verify").status_code == 204
        assert client_of(who).get(f"{page}{verb}/", headers=HX).status_code == 200
        assert post(client_of(who), f"{page}{verb}/", **told).status_code == 204, verb
    with acting_as(ALL):
        app = Application.objects.get(pk=number)
        kept = Appraisal.objects.get(application=app)
    assert (app.stage, app.amount, app.approved_amount, app.approved_rate) == (
        "drawn",
        50_000_000,
        40_000_000,
        0.0435,
    )
    assert kept.inputs["figures"]["stated_margin_bp"] == {"origin": "interview", "value": 3_000}
    assert kept.inputs["rate_bp"] == 600
    printed = client_of("R1").get(f"{page}file/").content.decode()
    for told in ("陈立", "林晓峰", "杨帆", "孙雅琴", "许静怡", "够还", "H1", "J1", "重新计算一致"):
        assert told in printed, told


def test_one_person_cannot_make_and_approve_through_page_and_interface(client_of: ClientOf) -> None:
    """I1 holds no approval; H1 may approve, but not what H1 had a part in: answering R1's place is tried, too."""
    app = advanced(begun(), Verb.RECOMMEND)
    for who in ("M1", "I1", "R1", "K1"):
        sent = {"amount": "40", "rate": "4.35", "term_months": "12"}
        assert post(client_of(who), f"/applications/{app.pk}/approve/", **sent).status_code == 422
        told = api(client_of(who), f"/{app.pk}/steps", verb="approve", amount=1, rate=0.04, term_months=12)
        assert told.status_code == 422
        assert told.json()["detail"]
    assert stage(app) == "approval"
    assert api(client_of("H1"), f"/{app.pk}/steps", verb="approve", amount=40_000_000, rate=0.0435, term_months=12).json()["stage"] == "signing"  # fmt: skip


def test_an_open_checklist_refuses_the_drawdown_through_page_and_interface(client_of: ClientOf) -> None:
    app = advanced(begun(), Verb.SIGN)
    papers(app, leave_out="identity")
    page = post(client_of("K1"), f"/applications/{app.pk}/draw/", reference="J1")
    told = api(client_of("K1"), f"/{app.pk}/steps", verb="draw", reference="J1")
    assert (page.status_code, told.status_code) == (422, 422)
    assert "身份证件" in page.content.decode()
    assert "身份证件" in told.json()["detail"]
    shown = client_of("K1").get(f"/applications/{app.pk}/").content.decode()
    assert "身份证件" in shown
    assert "data-step" not in shown  # the button for the drawdown is not there
    assert stage(app) == "drawdown"


def test_an_exception_through_the_pages(client_of: ClientOf) -> None:
    app = advanced(begun(), Verb.SIGN)
    papers(app, leave_out="tax_certificate")
    address = f"/applications/{app.pk}/papers/tax_certificate/"
    assert post(client_of("M1"), address, deed="ask", words="下周补", until=str(TODAY)).status_code == 204
    with acting_as(ALL):
        asked = Exemption.objects.get(application=app)
    inbox = client_of("R1").get("/applications/exceptions/").content.decode()
    assert "下周补" in inbox
    answer = f"/applications/exceptions/{asked.pk}/"
    assert client_of("R1").get(answer, headers=HX).status_code == 200
    assert post(client_of("M1"), answer, answer="granted", words="我自己批").status_code == 422
    assert post(client_of("R1"), answer, answer="maybe", words="x").status_code == 422
    assert post(client_of("R1"), answer, answer="granted", words="同意，下周补齐").status_code == 204
    assert "下周补" not in client_of("R1").get("/applications/exceptions/").content.decode()
    assert post(client_of("K1"), f"/applications/{app.pk}/draw/", reference="J1").status_code == 204


def test_the_interface_for_programs_does_it_all(client_of: ClientOf) -> None:
    sent = {
        "customer_id": FIRM,
        "product": "invoice",
        "amount": 30_000_000,
        "term_months": 6,
        "purpose": "stock",
    }
    made = api(client_of("M1"), "", **sent)
    assert made.status_code == 201
    number = made.json()["id"]
    assert {item["state"] for item in made.json()["items"]} == {"missing"}
    assert api(client_of("I1"), f"/{number}/steps", verb="take").json()["stage"] == "survey"
    kept = api(client_of("I1"), f"/{number}/appraisals", figures={"sales": 1_000, "purchases": 600})
    assert (kept.status_code, kept.json()["version"]) == (201, 1)
    assert kept.json()["result"]["statement"]["gross_profit"] == 400
    assert api(client_of("M1"), f"/{number}/papers", kind="licence").json()["items"][0]["state"] == "received"
    assert api(client_of("M1"), f"/{number}/verifications", kind="licence").status_code == 422
    assert api(client_of("K1"), f"/{number}/verifications", kind="licence").json()["items"][0]["state"] == "verified"  # fmt: skip
    asked = api(client_of("M1"), f"/{number}/exceptions", kind="identity", words="abroad")
    answered = api(client_of("R1"), f"/exceptions/{asked.json()['id']}", granted=False, words="no")
    assert answered.json() == {"answer": "refused"}
    assert client_of("M1").get(f"/api/applications/{number}").json()["steps"][0]["verb"] == "request"


def test_typing_moves_the_result_and_keeps_nothing(client_of: ClientOf) -> None:
    app = step(begun(), Verb.TAKE)
    sent = {"sales": "1000000", "purchases": "600000", "term_months": "12", "rate": ""}
    response = post(client_of("I1"), f"/applications/{app.pk}/appraisal/", **sent)
    assert "40.0" in response.content.decode()
    with acting_as(ALL):
        assert not Appraisal.objects.filter(application=app).exists()


@pytest.mark.parametrize(
    ("line", "typed", "said"),
    [("rent", "much", "租金"), ("rent", "-1", "租金"), ("stock", "1.234", "现有存货"), ("term_months", "0", "期限"), ("rate", "101", "利率")],
)  # fmt: skip
def test_what_cannot_be_read_names_its_line(line: str, typed: str, said: str, client_of: ClientOf) -> None:
    app = step(begun(), Verb.TAKE)
    response = post(
        client_of("I1"), f"/applications/{app.pk}/appraisal/", **{"term_months": "12", line: typed}
    )
    assert response.status_code == 422
    assert said in response.content.decode()


def test_the_first_draft_comes_from_the_banks_files(client_of: ClientOf) -> None:
    app = step(begun(), Verb.TAKE)
    shown = client_of("I1").get(f"/applications/{app.pk}/appraisal/").content.decode()
    assert "发票" in shown
    assert "no limit" not in shown
    assert "还缺" in shown  # the cross-checks name what is missing


def test_opening_is_written_down_and_rows_leave_with_the_right(client_of: ClientOf) -> None:
    app = begun()
    client_of("R1").get(f"/applications/{app.pk}/")
    client_of("R1").get(f"/applications/{app.pk}/file/")
    assert client_of("I1").get("/applications/list/?excel=1").status_code == 422  # takes no rows away
    response = client_of("R1").get("/applications/list/?excel=1")
    rows = list(openpyxl.load_workbook(io.BytesIO(response.getvalue())).active.values)
    assert rows[1][3] == 500_000  # yuan
    with acting_as(ALL):
        read = list(Reading.objects.filter(staff_id="R1").order_by("pk").values_list("what", "customer_id"))
    assert read == [("application", FIRM), ("credit_file", FIRM), ("export", "")]


def test_where_time_goes(client_of: ClientOf) -> None:
    app = advanced(begun(), Verb.SUBMIT)
    shown = client_of("R1").get("/applications/time/").content.decode()
    assert "城东支行" in shown
    response = client_of("R1").get("/applications/time/?by=product&excel=1")
    rows = list(openpyxl.load_workbook(io.BytesIO(response.getvalue())).active.values)
    assert {row[0] for row in rows[1:4]} == {"信用贷款"}
    assert [row[2] for row in rows[1:4]] == [1, 1, 1]
    assert stage(app) == "review"


def test_a_sent_back_application_says_why(client_of: ClientOf) -> None:
    app = advanced(begun(), Verb.SUBMIT)
    step(app, Verb.SEND_BACK, "R1", Given(words="房租没算"))
    assert "房租没算" in client_of("I1").get(f"/applications/{app.pk}/").content.decode()


def test_a_firm_shows_its_four_flows_and_applications(client_of: ClientOf) -> None:
    app = begun()
    shown = client_of("M1").get(f"/firms/{FIRM}/").content.decode()
    for told in ("四流", "信用流", "资金流", "现金流", "信息流", "信用贷款", f"/applications/{app.pk}/"):
        assert told in shown, told


def test_applications_of_the_banks_files_are_shown_beside(client_of: ClientOf) -> None:
    shown = client_of("A1").get("/applications/").content.decode()
    assert "银行文件" in shown
    brought = client_of("A1").get("/applications/bank/U000007/")
    assert brought.status_code == 200
    assert "纳税证明" in brought.content.decode()
    assert client_of("M2").get("/applications/bank/U000007/").status_code in {200, 404}


def test_a_version_on_the_record(client_of: ClientOf) -> None:
    app = step(begun(), Verb.TAKE)
    appraised(app, inputs=worksheet())
    received(app, "licence")
    shown = client_of("I1").get(f"/applications/{app.pk}/").content.decode()
    for told in ("10.0 万元", "偿还能力", "已收，待核验"):
        assert told in shown, told
    assert scope("I1").may("applications.investigation")
