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
    quiet = {
        "late": 0,
        "corrected": 0,
        "missing": 0,
        "doubtful": {},
        "mended": {},
        "renamed": [],
        "ledger": {},
    }
    return SimpleNamespace(table=table, business_date=DAY, delivered_on=DAY, **plain | quiet | told)


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


def short(**told: Any) -> dict[str, Any]:
    """One total of the ledger as the night publishes it: three payments of one branch are missing."""
    plain = {"item": "money_out", "ledger_date": "2026-10-31", "branch_id": "B1", "branch": "武汉江岸支行"}
    figures = {
        "ledger_rows": 10,
        "rows": 7,
        "rows_short": 3,
        "ledger_amount": 900,
        "amount": 600,
        "amount_short": 300,
    }
    return plain | figures | told


def held_against(*differences: dict[str, Any], missing: int = 0) -> dict[str, Any]:
    return {"agree": 40, "differ": len(differences), "missing": missing, "differences": list(differences)}


def test_the_ledger_s_trouble_is_the_first_line() -> None:
    with translation.override("en"):
        page = told(
            [delivered("ledger_totals", ledger=held_against(short(), missing=3)), delivered("invoices")], []
        )
        assert page.sentence == "1 total of the ledger does not add up; 3 rows are missing"
        assert "40 ledger totals agree" in page.lede
        (line,) = page.ledger.lines
        assert (line.title, line.rows, line.day) == ("Money out", "3 rows missing", date(2026, 10, 31))


def test_a_refused_file_goes_before_the_ledger() -> None:
    with translation.override("en"):
        ledger = delivered("ledger_totals", ledger=held_against(short(), missing=3))
        assert "refused" in told([ledger, delivered("invoices", refused="no")], []).sentence


def test_a_ledger_that_agrees_is_quiet() -> None:
    with translation.override("en"):
        page = told([delivered("ledger_totals", ledger=held_against())], [])
        assert page.sentence == "1 source came in whole"
        assert not page.ledger.lines


def test_totals_beyond_the_worst_are_folded() -> None:
    page = told([delivered("ledger_totals", ledger=held_against(*(short() for _ in range(9))))], [])
    assert (len(page.ledger.shown), len(page.ledger.folded)) == (6, 3)


def test_more_rows_than_the_ledger_and_amounts_alone_have_words_of_their_own() -> None:
    with translation.override("en"):
        over, amount = short(rows_short=-2), short(rows_short=0)
        page = told([delivered("ledger_totals", ledger=held_against(over, amount))], [])
        assert [line.rows for line in page.ledger.lines] == ["2 rows too many", "amount only"]


def test_what_was_noticed_stands_with_its_source() -> None:
    renamed = [{"key": "B1", "old": "江汉路支行", "new": "江汉支行"}]
    with translation.override("en"):
        page = told(
            [
                delivered("invoices", late=4, corrected=2),
                delivered("customers", doubtful={"credit_code": 3}, mended={"phone": 1}),
                delivered("branches", renamed=renamed),
            ],
            [],
        )
        words = {
            one.delivery.table: [(n.words, n.count, n.alarming) for n in one.notices]
            for one in page.deliveries
        }
    assert words["invoices"] == [("late", 4, False), ("corrected", 2, False)]
    assert words["customers"] == [
        ("doubtful: unified social credit code", 3, True),
        ("put right: telephone", 1, False),
    ]
    assert words["branches"] == [("now called 江汉支行, was 江汉路支行", None, False)]


def test_doubtful_and_renamed_rows_are_looked_at_late_ones_are_news() -> None:
    tables = sorted(contracts())
    several = [
        delivered(one, late=one == "accounts", doubtful={"phone": 1} if one == "staff" else {})
        for one in tables
    ]
    assert [one.delivery.table for one in told(several, []).shown] == ["staff"]
