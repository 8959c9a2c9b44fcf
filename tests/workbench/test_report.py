"""The data page: trouble first, what is missing under its subject, long lists folded."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from django.utils import translation

from xiaoer.sources.contracts import contracts
from xiaoer.workbench.shown import subjects
from xiaoer.workbench.shown.report import Report, report

DAY = date(2026, 11, 18)


def delivered(table: str, **told: Any) -> SimpleNamespace:
    plain = {"feed": "", "refused": "", "quarantined": 0, "reasons": {}, "missing_fields": [], "rows": 5}
    return SimpleNamespace(table=table, business_date=DAY, delivered_on=DAY, **plain | told)


def missing(table: str) -> SimpleNamespace:
    words = "Without it there is no: this and that."
    return SimpleNamespace(
        table=table, title_en=table, title_zh=table, enables_en=words, enables_zh="没有它就没有：这个。"
    )


def told(deliveries: list[Any], disabled: list[Any]) -> Report:
    return report(deliveries, disabled, contracts(), DAY)


def test_what_was_refused_stands_first() -> None:
    lines = told(
        [delivered("accounts"), delivered("invoices", quarantined=9), delivered("loans", refused="no")], []
    )
    assert [one.delivery.table for one in lines.deliveries] == ["loans", "invoices", "accounts"]


def test_many_sources_without_trouble_are_folded() -> None:
    tables = sorted(contracts())
    many = told([delivered(one, quarantined=one == "invoices") for one in tables], [])
    assert [one.delivery.table for one in many.shown] == ["invoices"]
    assert len(many.whole) == len(tables) - 1
    assert not told([delivered(one) for one in tables[:3]], []).whole


def test_a_contest_book_lacks_many_tables_under_few_subjects() -> None:
    absent = [missing(one) for one in contracts() if one not in {"customers", "invoices"}]
    with translation.override("en"):
        page = told([delivered("customers"), delivered("invoices")], absent)
        assert page.missing_count == len(absent) == sum(len(one.tables) for one in page.missing)
        assert page.folded
        assert len(page.missing) == len(subjects.SUBJECTS)
        assert page.missing[0].tables[0].enables == "this and that."
        assert f"{len(absent)} tables" in page.missing_title


def test_few_missing_tables_stand_open() -> None:
    assert not told([delivered("customers")], [missing("surveys")]).folded


def test_every_table_of_the_contracts_has_its_subject() -> None:
    assert set(subjects.places()) == set(contracts())


def test_missing_fields_are_one_line() -> None:
    line = told([delivered("invoices", missing_fields=["line", "unit"])], []).deliveries[0]
    with translation.override("en"):
        assert line.missing_count == "2 fields missing"
