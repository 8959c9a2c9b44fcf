"""The rules' pages: who may open what, drafts that lose nothing, steps of two persons, dry runs, a changed row."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.events.test_bank_rules import EXAMPLE
from tests.workbench.test_rule_api import nights
from tests.world import BUSINESS_DATE
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import EngineName, open_engine

TODAY = BUSINESS_DATE + timedelta(days=1)
FORM = {name: value for name, value in EXAMPLE.items() if name != "population"} | {"severity": "watch"}
FORM |= {"due_days": 5, "stands_days": 7, "owner": "analyst", "way": "call", "purpose": "care", "minutes": 15}
FORM |= {"brings": "relationship", "tiers": ["premier", "excellent"]}
Signed = Callable[..., Any]


def english(client: Any) -> Any:
    client.cookies["django_language"] = "en"
    return client


def kept(client: Any, form: dict[str, Any], code: str = "") -> str:
    """The code of a rule kept through the editor."""
    answer = client.post(f"/rules/{code}/edit/" if code else "/rules/new/", form)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.url.strip("/").split("/")[-1])


def stepped(client: Any, code: str, deed: str, **more: Any) -> Any:
    return client.post(f"/rules/{code}/{deed}/", {"deed": deed, **more}, headers={"HX-Request": "true"})


@pytest.mark.django_db(databases="__all__")
def test_who_may_read_write_and_decide(client_of: Signed) -> None:
    for staff, page, status in (
        ("M1", "/rules/", 403), ("H1", "/rules/", 200), ("H1", "/rules/new/", 403), ("A1", "/rules/new/", 200),
        ("R1", "/rules/silence/", 200), ("A1", "/rules/nothing/", 404), ("A1", "/rules/bank_nothing/edit/", 404),
        ("A1", "/rules/new/?like=nothing", 404),
    ):  # fmt: skip
        assert client_of(staff).get(page).status_code == status, (staff, page)
    assert "/rules/" in client_of("A1").get("/firms/").content.decode()
    assert 'href="/rules/"' not in client_of("M1").get("/firms/").content.decode()
    assert client_of("M1").get("/api/rules").status_code >= 400


@pytest.mark.django_db(databases="__all__")
def test_the_list_has_the_product_s_rules_and_goes_to_excel(client_of: Signed) -> None:
    page = english(client_of("A1")).get("/rules/?origin=product&sort=name").content.decode()
    assert "Silence" in page
    assert "in use" in page
    sheet = load_workbook(BytesIO(client_of("A1").get("/rules/?excel=1").content)).active
    assert sheet.max_row > 15
    assert client_of("H1").get("/rules/?excel=1").status_code == 200
    assert client_of("A1").get("/rules/?state=ended").content.decode().count('data-row="') == 0


@pytest.mark.django_db(databases="__all__")
def test_products_are_named_and_picked_by_name(client_of: Signed) -> None:
    analyst = client_of("A1")
    assert "企业网银" in analyst.get("/rules/new/").content.decode()
    code = kept(analyst, FORM | {"holds": ["E01", "X99"], "holds_not": ["W01"]})
    page = analyst.get(f"/rules/{code}/").content.decode()
    assert "企业网银、X99" in page, "one the catalogue does not know keeps its number"
    assert "周周盈" in page
    assert "E01" not in page
    editor = analyst.get(f"/rules/{code}/edit/").content.decode()
    assert 'name="holds" value="E01" checked' in editor
    assert 'name="holds" value="X99" checked' in editor
    assert 'name="holds" value="W01" checked' not in editor
    assert "企业网银" in english(analyst).get(f"/rules/{code}/").content.decode()


@pytest.mark.django_db(databases="__all__")
def test_every_rule_of_the_product_has_its_page_and_some_are_starts(client_of: Signed) -> None:
    from xiaoer.events.terms import Rule

    analyst = client_of("A1")
    for rule in Rule:
        assert analyst.get(f"/rules/{rule.value}/").status_code == 200
    start = analyst.get("/rules/new/?like=balance_falls").content.decode()
    assert "balance_90d &lt;= 50% * balance_prior_90d" in start
    assert analyst.get("/rules/new/?like=main_buyer_lost").status_code == 404


@pytest.mark.django_db(databases="__all__")
def test_what_is_typed_is_read_back_and_nothing_is_lost(client_of: Signed) -> None:
    analyst = english(client_of("A1"))
    told = analyst.post("/rules/check/", FORM, headers={"HX-Request": "true"}).content.decode()
    assert "Premier, Excellent: average balance in 90 days is below 50%" in told
    assert '<p class="wrong" id="wrong-condition" hx-swap-oob="true"></p>' in told
    wrong = FORM | {
        "condition": "balance_90d & 3",
        "minutes": "abc",
        "en": "no {facts}",
        "title_zh": "要留住的名字",
    }
    told = analyst.post("/rules/check/", wrong, headers={"HX-Request": "true"}).content.decode()
    assert "3 things to do" in told
    assert "is not understood" in told
    assert "0 is not between 5 and 120" in told
    back = analyst.post("/rules/new/", wrong)
    assert back.status_code == 422
    assert "要留住的名字" in back.content.decode()
    tried = analyst.post("/rules/try/", wrong, headers={"HX-Request": "true"}).content.decode()
    assert "cannot be tried as it stands" in tried
    empty = analyst.get("/rules/new/").content.decode()
    assert "Still to be filled in:" in empty


@pytest.mark.django_db(databases="__all__")
def test_two_persons_and_from_which_night_on(client_of: Signed) -> None:
    analyst, second = (
        english(client_of("A1")),
        english(client_of("P1")),
    )
    code = kept(analyst, FORM)
    assert "Ask a second person" in analyst.get(f"/rules/{code}/").content.decode()
    assert stepped(second, code, "adopt").status_code == 422, "not asked yet"
    assert stepped(analyst, code, "propose").status_code == 204
    assert stepped(analyst, code, "adopt").status_code == 422
    assert "Look and decide" not in analyst.get(f"/rules/{code}/").content.decode()
    assert "1 rule waits for you" in second.get("/rules/").content.decode()
    assert stepped(second, code, "return", reason="no").status_code == 422, "a reason is due"
    assert stepped(second, code, "return", reason="too many firms").status_code == 204
    assert "“too many firms”" in analyst.get(f"/rules/{code}/").content.decode()
    assert kept(analyst, FORM | {"minutes": 20}, code) == code
    stepped(analyst, code, "propose")
    done = stepped(second, code, "adopt")
    assert (
        "it holds from the night of 19 Nov on" in json.loads(done.headers["HX-Trigger"])["done-over"]["told"]
    )
    history = second.get(f"/rules/{code}/?tab=steps").content.decode()
    assert "<del>15</del> <ins>20</ins>" in history
    assert 'data-row="' + code in second.get("/rules/?state=used").content.decode()
    for deed, more in (
        ("mute", {"until": str(TODAY), "reason": "a feast"}),
        ("unmute", {}),
        ("end", {"reason": "done"}),
    ):
        assert second.get(f"/rules/{code}/{deed}/").status_code == 200
        assert stepped(second, code, deed, **more).status_code == 204, deed
    assert 'data-row="' + code in second.get("/rules/?state=ended").content.decode()


@pytest.mark.django_db(databases="__all__")
def test_muting_a_rule_of_the_product(client_of: Signed) -> None:
    second = english(client_of("P1"))
    page = second.get("/rules/silence/").content.decode()
    assert "/rules/silence/mute/" in page
    assert "/mute/" not in second.get("/rules/overdue/").content.decode(), "nobody mutes that"
    assert "/mute/" not in client_of("A1").get("/rules/silence/").content.decode()
    assert stepped(second, "silence", "mute", until="soon", reason="harvest").status_code == 422
    assert stepped(second, "silence", "mute", until=str(TODAY), reason="harvest").status_code == 204
    assert "“harvest”" in second.get("/rules/silence/").content.decode()
    assert 'data-row="silence"' in second.get("/rules/?state=muted").content.decode()
    assert second.post("/api/rules/silence/unmute").json()["step"] == "unmuted"


def test_a_dry_run_on_the_page(own_world: str, client_of: Signed, tmp_path: Path) -> None:
    from xiaoer.nightly.dry_runs import answer, hold, waiting

    nights(tmp_path)
    analyst, second = (
        english(client_of("A1")),
        english(client_of("P1")),
    )
    wide = FORM | {"condition": "balance_prior_90d >= 20万", "tiers": []}
    code = kept(analyst, wide)
    stepped(analyst, code, "propose")
    stepped(second, code, "adopt")
    assert kept(analyst, wide | {"condition": FORM["condition"]}, code) == code
    waits = analyst.post(f"/rules/{code}/try/", headers={"HX-Request": "true"}).content.decode()
    assert "No process that answers dry runs is running" in waits
    assert hold()
    (asked,) = waiting()
    assert "Last night is being read" in analyst.get(f"/rules/dry-runs/{asked.pk}/").content.decode()
    home = replace(settings(), home=tmp_path)
    engine = open_engine(EngineName("duckdb"), home)
    answer(asked, home, engine)
    engine.close()
    told = analyst.get(f"/rules/{code}/?tab=dry").content.decode()
    assert "It would have named 20 firms in the night of 18 Nov" in told
    assert "+0 / −40" in told, "of the sixty of the version in use"
    assert "Some no longer named" in told
    assert "18 of them no other rule names." in told
    assert "dry-run" in analyst.get("/rules/").content.decode()
    assert "It would have named" in second.get(f"/rules/dry-runs/{asked.pk}/").content.decode()
    head = english(client_of("H2")).get(f"/rules/dry-runs/{asked.pk}/").content.decode()
    assert "It would have named 0 firms" in head, "none of the twenty is of this branch"
    assert "No firm you see meets the condition" in head


@pytest.mark.django_db(databases="__all__")
def test_whoever_reads_a_kept_text_reads_its_dry_run(client_of: Signed) -> None:
    analyst, second = client_of("A1"), client_of("P1")
    analyst.post("/rules/try/", FORM, headers={"HX-Request": "true"})
    run = analyst.post("/rules/try/", FORM).url
    assert analyst.get(run).status_code == 200
    assert second.get(run).status_code == 404, "nobody has kept that text"
    code = kept(analyst, FORM)
    assert second.get(run).status_code == 200
    assert run in second.get(f"/rules/{code}/?tab=dry").content.decode()


def test_a_dry_run_that_breaks_off_says_so(own_world: str, client_of: Signed, tmp_path: Path) -> None:
    from xiaoer.nightly.dry_runs import answer, waiting

    nights(tmp_path)
    for table in tmp_path.glob("nights/2026-11-18/run/held.parquet"):
        table.write_bytes(b"no table")
    analyst = english(client_of("A1"))
    analyst.post("/rules/try/", FORM | {"holds": "D01"}, headers={"HX-Request": "true"})
    (asked,) = waiting()
    home = replace(settings(), home=tmp_path)
    engine = open_engine(EngineName("duckdb"), home)
    answer(asked, home, engine)
    engine.close()
    assert waiting() == [], "those behind it have their turn"
    assert "broke off without a result" in analyst.get(f"/rules/dry-runs/{asked.pk}/").content.decode()


def test_a_row_somebody_changed_breaks_no_page(own_world: str, client_of: Signed) -> None:
    from django.db import connections

    analyst = english(client_of("A1"))
    code = kept(analyst, FORM)
    for body in ('"a word"', "[]", '{"title_en": 7}', json.dumps(EXAMPLE | {"condition": "gone > 3"})):
        with connections["owner"].cursor() as cursor:
            cursor.execute("UPDATE events_rulestep SET body = %s WHERE rule = %s", [body, code])
        assert "text unreadable" in analyst.get("/rules/").content.decode()
        page = analyst.get(f"/rules/{code}/").content.decode()
        assert "The text kept in the database cannot be read" in page
        for path in (
            f"/rules/{code}/?tab=steps",
            f"/rules/{code}/?tab=dry",
            f"/rules/{code}/edit/",
            "/events/",
            "/api/rules",
        ):
            assert analyst.get(path).status_code == 200, (body, path)
    assert [one["unread"] for one in analyst.get("/api/rules").json()] == ["condition"]
    assert kept(analyst, FORM, code) == code, "a new text mends it"
    assert "text unreadable" not in analyst.get("/rules/").content.decode()


def test_after_the_night_of_today_a_step_counts_from_tomorrow(own_world: str, client_of: Signed) -> None:
    from django.db import connections

    analyst, second = client_of("A1"), client_of("P1")
    code = kept(analyst, FORM)
    stepped(analyst, code, "propose")
    from xiaoer.events.adopting import next_night

    assert next_night(date(2026, 11, 20)) == date(2026, 11, 20)
    assert next_night(BUSINESS_DATE) == TODAY, "that night is shown already"
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE nightly_pointer SET business_date = %s", [TODAY])
    assert stepped(second, code, "adopt").status_code == 204
