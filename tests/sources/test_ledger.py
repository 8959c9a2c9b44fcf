"""The ledger held against the files: by item, day and branch; corrections, late rows and moves taken into account."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.sources.dated_bank import TODAY, DatedBank
from xiaoer.sources import ledger
from xiaoer.sources.reconciling import Difference, Reconciliation, reconciled

TOTALS = "ledger_date,item,branch_id,amount,rows"
MOVES = "transaction_id,customer_id,account_id,booked_date,direction,amount"
ACCOUNTS = "account_id,customer_id,branch_id"
BRANCHES = "branch_id,name,parent_id,level"
TREE = ("B0,总行,,head_office", "B1,江岸支行,B0,sub_branch", "B2,江汉支行,B0,sub_branch")


@pytest.fixture
def bank(tmp_path: Path) -> DatedBank:
    """Two branches under a head office, an account in each, three payments in October."""
    ready = DatedBank(tmp_path / "bank")
    ready.deliver("branches_20261031.csv", BRANCHES, *TREE)
    ready.deliver(
        "customers_20261031.csv", "customer_id,branch_id,status,closed_date", "C1,B1,,", "C2,B2,active,"
    )
    ready.deliver("accounts_20261031.csv", ACCOUNTS, "A1,C1,B1", "A2,C2,B2")
    ready.deliver(
        "transactions_20261031.csv",
        MOVES,
        "T1,C1,A1,2026-10-01,in,100.00",
        "T2,C1,A1,2026-10-31,in,20.00",
        "T3,C2,A2,2026-10-05,out,7.00",
    )
    return ready


def told(found: Reconciliation) -> dict[tuple[str, str], tuple[int, int]]:
    """Rows and fen short, by item and branch."""
    return {(one.item, one.branch_id): (one.rows_short, one.amount_short) for one in found.differences}


def test_all_agrees(bank: DatedBank) -> None:
    bank.deliver(
        "ledger_totals_20261031.csv",
        TOTALS,
        "2026-10-31,money_in,B0,120.00,2",
        "2026-10-31,money_in,B1,120.00,2",
        "2026-10-31,money_out,B0,7.00,1",
        "2026-10-31,money_out,B2,7.00,1",
        "2026-10-31,customers,B0,,2",
    )
    found = bank.reconcile()
    assert (found.agreeing, found.differences, found.unchecked["transactions"]) == (5, (), 0)
    assert found.missing("transactions") == 0


def test_missing_rows_are_told_by_branch_and_counted_once(bank: DatedBank) -> None:
    bank.deliver(
        "ledger_totals_20261031.csv",
        TOTALS,
        "2026-10-31,money_in,B0,150.00,3",
        "2026-10-31,money_in,B1,120.00,2",
        "2026-10-31,money_in,B2,30.00,1",
        "2026-10-31,money_out,B0,57.00,3",
        "2026-10-31,money_out,B2,57.00,3",
    )
    found = bank.reconcile()
    assert told(found) == {
        ("money_in", "B0"): (1, 3000),
        ("money_in", "B2"): (1, 3000),
        ("money_out", "B0"): (2, 5000),
        ("money_out", "B2"): (2, 5000),
    }
    assert [(one.item, one.branch_id) for one in found.open] == [("money_out", "B2"), ("money_in", "B2")]
    assert found.open[0].branch == "江汉支行"
    assert (found.missing("transactions"), found.missing("balances"), found.agreeing) == (3, 0, 1)


def test_head_office_stays_open_where_the_branches_do_not_explain_it(bank: DatedBank) -> None:
    bank.deliver(
        "ledger_totals_20261031.csv",
        TOTALS,
        "2026-10-31,money_in,B0,190.00,4",
        "2026-10-31,money_in,B1,150.00,3",
    )
    found = bank.reconcile()
    assert {one.branch_id for one in found.open} == {"B0", "B1"}
    assert found.missing("transactions") == 2


def test_a_surplus_is_told_and_no_row_is_missing(bank: DatedBank) -> None:
    bank.deliver("ledger_totals_20261031.csv", TOTALS, "2026-10-31,money_in,B0,100.00,1")
    found = bank.reconcile()
    assert told(found) == {("money_in", "B0"): (-1, -2000)}
    assert found.missing("transactions") == 0
    assert found.summary("en", date(2026, 10, 31)).endswith("too many: 1, ¥20.")


def test_amounts_alone_may_differ_and_what_the_ledger_leaves_empty_is_not_compared(bank: DatedBank) -> None:
    bank.deliver(
        "ledger_totals_20261031.csv",
        TOTALS,
        "2026-10-31,money_in,B0,121.00,2",
        "2026-10-31,money_in,B1,120.00,",
        "2026-10-31,money_out,B0,,1",
    )
    found = bank.reconcile()
    assert told(found) == {("money_in", "B0"): (0, 100)}
    assert found.agreeing == 2


def test_the_last_word_of_a_correction_counts_in_the_month_of_its_row(bank: DatedBank) -> None:
    bank.deliver(
        "transactions_20261130.csv",
        MOVES,
        "T1,C1,A1,2026-10-01,in,101.00",
        "T4,C1,A1,2026-11-02,in,5.00",
        "T5,C2,A2,2026-10-20,out,3.00",
    )
    bank.deliver(
        "ledger_totals_20261130.csv",
        TOTALS,
        "2026-10-31,money_in,B0,121.00,2",
        "2026-10-31,money_out,B2,10.00,2",
        "2026-11-30,money_in,B1,5.00,1",
    )
    found = bank.reconcile()
    assert (found.agreeing, found.differences) == (3, ())


def test_before_the_correction_the_first_word_stood(bank: DatedBank) -> None:
    bank.deliver("ledger_totals_20261031.csv", TOTALS, "2026-10-31,money_in,B0,121.00,2")
    bank.deliver("transactions_20261130.csv", MOVES, "T1,C1,A1,2026-10-01,in,101.00")
    assert told(bank.reconcile(date(2026, 10, 31))) == {("money_in", "B0"): (0, 100)}
    assert bank.reconcile(date(2026, 11, 30)).differences == ()


def test_a_ledger_in_the_middle_of_a_month_sums_up_to_its_day(bank: DatedBank) -> None:
    bank.deliver(
        "ledger_totals_20261031.csv",
        TOTALS,
        "2026-10-15,money_in,B0,100.00,1",
        "2026-10-31,money_in,B0,120.00,2",
    )
    assert bank.reconcile().agreeing == 2


def test_an_account_that_moved_counts_where_it_was_booked_on_the_day(bank: DatedBank) -> None:
    bank.deliver("accounts_20261130.csv", ACCOUNTS, "A1,C1,B2", "A3,C2,B1")
    bank.deliver(
        "transactions_20261130.csv",
        MOVES,
        "T4,C1,A1,2026-11-02,in,5.00",
        "T5,C2,A2,2026-11-03,in,6.00",
        "T6,C2,A3,2026-11-04,in,8.00",
    )
    bank.deliver(
        "ledger_totals_20261130.csv",
        TOTALS,
        "2026-10-31,money_in,B1,120.00,2",
        "2026-10-31,money_in,B2,0.00,0",
        "2026-11-30,money_in,B1,8.00,1",
        "2026-11-30,money_in,B2,11.00,2",
    )
    found = bank.reconcile()
    assert (found.differences, found.agreeing) == ((), 4)


def test_rows_nobody_can_place_count_for_the_whole_bank_only(bank: DatedBank) -> None:
    bank.deliver(
        "transactions_20261130.csv", MOVES, "T4,C9,A9,2026-11-02,in,5.00", "T5,C1,,2026-11-02,in,1.00"
    )
    bank.deliver(
        "ledger_totals_20261130.csv", TOTALS, "2026-11-30,money_in,B0,6.00,2", "2026-11-30,money_in,B1,1.00,1"
    )
    assert bank.reconcile().differences == ()


def test_a_branch_in_between_sums_what_is_beneath_it(tmp_path: Path) -> None:
    bank = DatedBank(tmp_path / "bank")
    middle = (
        "B0,总行,,head_office",
        "B5,武汉分行,B0,branch",
        "B1,江岸支行,B5,sub_branch",
        "B2,江汉支行,B5,sub_branch",
    )
    bank.deliver("branches_20261031.csv", BRANCHES, *middle)
    bank.deliver("accounts_20261031.csv", ACCOUNTS, "A1,C1,B1", "A2,C2,B2", "A5,C3,B5")
    moves = (f"T{n},C{n},A{n},2026-10-01,in,{n}.00" for n in (1, 2, 5))
    bank.deliver("transactions_20261031.csv", MOVES, *moves)
    bank.deliver(
        "ledger_totals_20261031.csv",
        TOTALS,
        *(
            "2026-10-31,money_in,B0,10.00,4",
            "2026-10-31,money_in,B5,10.00,4",
            "2026-10-31,money_in,B1,3.00,2",
        ),
    )
    found = bank.reconcile()
    assert told(found) == {("money_in", one): (1, 200) for one in ("B0", "B5", "B1")}
    assert [one.branch_id for one in found.open] == ["B1"]
    assert [one.branch_id for one in found.differences if one.top] == ["B0"]


def test_without_a_branch_register_an_unknown_branch_is_the_whole_bank(tmp_path: Path) -> None:
    bank = DatedBank(tmp_path / "bank")
    bank.deliver("customers_20261031.csv", "customer_id,branch_id", "C1,B1")
    bank.deliver("transactions_20261031.csv", MOVES, "T1,C1,,2026-10-01,in,1.00")
    bank.deliver(
        "ledger_totals_20261031.csv", TOTALS, "2026-10-31,money_in,HQ,2.00,2", "2026-10-31,money_in,B1,1.00,1"
    )
    found = bank.reconcile()
    assert told(found) == {("money_in", "HQ"): (1, 100)}
    assert found.missing("transactions") == 1


def test_what_nobody_spoke_for_is_left_unchecked(bank: DatedBank) -> None:
    bank.deliver(
        "ledger_totals_20261231.csv",
        TOTALS,
        "2026-09-30,money_in,B0,1.00,1",
        "2026-11-30,money_in,B0,1.00,1",
        "2026-10-31,deposit_balance,B0,1.00,1",
        "2026-09-30,customers,B0,,9",
        "2026-10-31,money_in,B9,1.00,1",
    )
    found = bank.reconcile()
    assert (found.differences, found.agreeing) == ((), 0)
    assert found.unchecked == {"balances": 1, "customers": 1, "transactions": 3}


def test_a_month_whose_file_never_came_is_missing_whole(bank: DatedBank) -> None:
    bank.deliver("transactions_20261231.csv", MOVES, "T9,C1,A1,2026-12-02,in,1.00")
    bank.deliver("ledger_totals_20261231.csv", TOTALS, "2026-11-30,money_in,B0,9.00,4")
    assert bank.reconcile().missing("transactions") == 4


def test_balances_notes_and_repayments(bank: DatedBank) -> None:
    bank.deliver(
        "balances_20261031.csv",
        "account_id,customer_id,balance_date,balance",
        "A1,C1,2026-10-31,50.00",
        "A2,C2,2026-10-31,-1.00",
        "A2,C2,2026-10-30,8.00",
    )
    bank.deliver(
        "drawdown_notes_20261031.csv",
        "note_id,customer_id,amount,balance,status",
        "N1,C1,100.00,80.00,current",
        "N2,C2,100.00,20.00,overdue",
    )
    bank.deliver(
        "repayments_20261031.csv",
        "repayment_id,note_id,customer_id,repaid_date,principal,interest",
        "R1,N1,C1,2026-10-09,20.00,1.50",
        "R2,N2,C2,2026-10-10,5.00,",
    )
    bank.deliver(
        "ledger_totals_20261031.csv",
        TOTALS,
        "2026-10-31,deposit_balance,B0,49.00,2",
        "2026-10-31,accounts,B2,,1",
        "2026-10-31,loan_balance,B0,100.00,2",
        "2026-10-31,overdue_balance,B2,20.00,1",
        "2026-10-31,repaid_principal,B0,25.00,2",
        "2026-10-31,repaid_interest,B0,1.50,2",
    )
    found = bank.reconcile()
    assert (found.differences, found.agreeing) == ((), 6)


def test_a_snapshot_delivered_again_counts_as_it_stands_now(bank: DatedBank) -> None:
    bank.deliver("ledger_totals_20261031.csv", TOTALS, "2026-10-31,customers,B0,,3")
    assert told(bank.reconcile()) == {("customers", "B0"): (1, 0)}
    again = ("customer_id,branch_id,status,closed_date", "C1,B1,,", "C2,B2,active,", "C3,B2,,")
    bank.deliver("customers_20261031.csv", *again)
    assert bank.reconcile().differences == ()


def test_closed_customers_are_not_counted(bank: DatedBank) -> None:
    rows = ("C1,B1,closed,2026-11-02", "C2,B2,,2026-11-30", "C3,B2,,2026-12-01", "C4,B1,active,")
    bank.deliver("customers_20261130.csv", "customer_id,branch_id,status,closed_date", *rows)
    bank.deliver(
        "ledger_totals_20261130.csv", TOTALS, "2026-11-30,customers,B0,,2", "2026-11-30,customers,B2,,1"
    )
    assert bank.reconcile().agreeing == 2


def test_the_answer_is_kept_until_more_is_known(bank: DatedBank) -> None:
    bank.deliver("ledger_totals_20261031.csv", TOTALS, "2026-10-31,money_in,B0,150.00,3")
    first = reconciled(bank.lake, bank.engine)
    kept = bank.lake.root / "reconciled.json"
    before = kept.stat().st_mtime_ns
    assert reconciled(bank.lake, bank.engine) == first
    assert kept.stat().st_mtime_ns == before
    bank.deliver("transactions_20261101.csv", MOVES, "T8,C2,A2,2026-10-07,in,30.00")
    assert reconciled(bank.lake, bank.engine).differences == ()


def test_a_difference_in_words(bank: DatedBank) -> None:
    bank.deliver("ledger_totals_20261031.csv", TOTALS, "2026-10-31,money_in,B1,130.00,3")
    found = bank.reconcile()
    assert found.summary("zh", date(2026, 11, 1)) == (
        "总账 1 项与文件对不上，0 项对得上，缺 1 行；差得最多的是江岸支行10月31日当月流入少 1 行，10 元。"
    )
    assert isinstance(found.open[0], Difference)
    assert Reconciliation().summary("zh", date(2026, 11, 1)) == ""


def test_sums_kept_from_day_to_day_are_those_added_up_anew(
    bank: DatedBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ordinary days, a month's end, a late row, a correction, a new word on where accounts are, a file replaced."""
    added: list[list[date]] = []
    summed = ledger._by_branch

    def counted(books: ledger.Books, table: str, days: list[date]) -> pl.DataFrame:
        added.extend([days] if table == "transactions" else [])
        return summed(books, table, days)

    monkeypatch.setattr(ledger, "_by_branch", counted)
    october, november = date(2026, 10, 31), date(2026, 11, 30)

    def told_on(day: date) -> list[list[date]]:
        added.clear()
        kept = reconciled(bank.lake, bank.engine, day)
        mine = [list(days) for days in added]
        assert kept == bank.reconcile(day), day
        return mine

    def moves(day: date, *rows: str) -> None:
        bank.deliver(f"transactions_{day:%Y%m%d}.csv", MOVES, *rows, arrived=day)

    totals = ("2026-10-31,money_in,B0,120.00,2", "2026-10-31,money_in,B1,120.00,2")
    bank.deliver("ledger_totals_20261031.csv", TOTALS, *totals, arrived=october)
    assert told_on(TODAY) == [[october]]
    moves(date(2026, 12, 30), "T4,C1,A1,2026-12-30,in,9.00")
    bank.deliver("accounts_20261230.csv", ACCOUNTS, "A1,C1,B2", "A2,C2,B2", "A3,C2,B2")
    assert told_on(TODAY) == []
    bank.deliver("ledger_totals_20261130.csv", TOTALS, "2026-11-30,money_in,B0,0.00,0")
    assert told_on(TODAY) == [[november]]
    moves(date(2026, 12, 29), "T5,C1,A1,2026-10-30,in,1.00")
    assert told_on(TODAY) == [[october, november]]
    bank.deliver(
        "transactions_20261228.csv", MOVES, "T5,C1,A1,2026-10-30,in,2.00", "T6,C9,A9,2026-10-02,in,3.00"
    )
    assert told_on(TODAY) == [[october, november]]
    bank.deliver("accounts_20261231.csv", ACCOUNTS, "A9,C9,B1")
    assert told_on(TODAY) == [[october, november]]
    bank.deliver("accounts_20261015.csv", ACCOUNTS, "A1,C1,B2")
    assert told_on(TODAY) == [[october, november]]
    assert told_on(november), "an earlier day is added up for itself"
