"""A whole simulated bank: founded once, lived month by month, delivered as files."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl

from xiaoer.simulator import meetings, notes, outside, payments, voices
from xiaoer.simulator.carried import months_until_paid
from xiaoer.simulator.deliveries import deliver_registers, deliver_standing
from xiaoer.simulator.files import Delivery
from xiaoer.simulator.firms import column_of
from xiaoer.simulator.ledgers import Booked, balance_rows, book, named
from xiaoer.simulator.rules import months_of
from xiaoer.simulator.terms import Month, Plan
from xiaoer.simulator.totals import ledger_file, whole_bank
from xiaoer.simulator.trade import Trading, due_by_passing, due_by_tie, invoices_of, trade_month
from xiaoer.simulator.truth import tell
from xiaoer.simulator.world import Running, World, fading, found_world

LONGEST_LAG = 4
PART_FIRMS = 50_000
SNAPSHOT_EVERY = 3


def simulate(plan: Plan, folder: Path, advance: Callable[[str], None], jobs: int = 1) -> Delivery:
    """Write all source files of a simulated bank to `folder`, and its truth beside them.

    The same plan writes the same bytes, whatever `jobs` says: how many processes work at a large bank's parts.
    `advance` is told what was done: after each month, in a large bank after each part.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = plan.divided(PART_FIRMS)
    delivery = Delivery(folder, plan)
    if len(parts) == 1:
        return simulate_part(plan, folder, advance)[0]
    totals = []
    with _workers(min(jobs, len(parts))) as pool:
        for part, ledger in pool.map(_work, [(part, folder) for part in parts]):
            delivery.rows.update(part.rows)
            delivery.files += part.files
            totals.append(ledger)
            advance(f"part {len(totals)} of {len(parts)}")
    for month in months_of(plan):
        delivery.write("ledger_totals", whole_bank([ledger[month.index] for ledger in totals]), month.last)
    return delivery


@contextmanager
def _workers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes of their own, each with one thread for frames: the parts are what runs side by side.

    A worker that dies (of memory, say) ends the whole with BrokenProcessPool; parts not begun are not begun.
    """
    kept = os.environ.get("POLARS_MAX_THREADS")
    os.environ["POLARS_MAX_THREADS"] = "1"
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), max_tasks_per_child=1)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        if kept is None:
            del os.environ["POLARS_MAX_THREADS"]
        else:
            os.environ["POLARS_MAX_THREADS"] = kept


def _work(task: tuple[Plan, Path]) -> tuple[Delivery, list[pl.DataFrame]]:
    return simulate_part(*task, lambda _month: None)


def simulate_part(
    plan: Plan, folder: Path, advance: Callable[[str], None]
) -> tuple[Delivery, list[pl.DataFrame]]:
    """One part of a bank that lived by habit, as files; with its ledger totals of each month."""
    return deliver(found_world(plan), folder, advance)


def deliver(
    world: World, folder: Path, advance: Callable[[str], None]
) -> tuple[Delivery, list[pl.DataFrame]]:
    """Write the files of a lived window, whoever decided what the bank did; gives also each month's totals."""
    delivery = Delivery(folder, world.plan)
    running = Running(world.accounts.opening, np.zeros((LONGEST_LAG, len(world.ties.owner))))
    totals = []
    for month in world.months:
        totals.append(_live(world, running, month, delivery))
        advance(f"{month.first:%Y-%m}")
    deliver_standing(world, running, delivery)
    tell(folder, world, running.dirt)
    return delivery, totals


def _live(world: World, running: Running, month: Month, delivery: Delivery) -> pl.DataFrame:
    """One month: trade, payments, contacts, reports; its files, and snapshots where due. Gives the totals."""
    trading = trade_month(
        world.plan, month, world.book, world.firms, world.fates, world.ties, running.carried
    )
    _owe(world, running, month, trading)
    _deliver_invoices(world, running, month, trading, delivery)
    held = world.life.since <= np.datetime64(month.first)
    at = payments.scene(
        world.plan, month, world.book, world.firms, world.fates, held=held, fade=fading(world, month)
    )
    booked = _pay(world, running, at, delivery)
    _note_sales(world, running, at, trading)
    _talk(world, running, month, delivery)
    _report(world, running, month, delivery)
    lent = notes.notes_on(world.loans, world.firms, month.last)
    delivery.write("drawdown_notes", lent, month.last)
    totals = _ledger(world, at, booked, lent)
    if world.plan.parts == 1:
        delivery.write("ledger_totals", totals, month.last)
    if (world.plan.months - 1 - month.index) % SNAPSHOT_EVERY == 0 or month.index == world.plan.months - 2:
        deliver_registers(world, running, month, lent, delivery)
    return totals


def _owe(world: World, running: Running, month: Month, trading: Trading) -> None:
    """Move what is owed one month nearer, and add this month's invoices by their terms."""
    running.owed = np.roll(running.owed, -1, axis=0)
    running.owed[-1] = 0
    due = due_by_tie(trading, world.ties)
    months = months_until_paid(world.ties.lag)
    for ahead in range(LONGEST_LAG):
        running.owed[ahead] += np.where(months == ahead, due, 0)
    running.carried.owe(month, trading.passing, due_by_passing(trading, world.ties))


def _deliver_invoices(
    world: World, running: Running, month: Month, trading: Trading, delivery: Delivery
) -> None:
    frame = invoices_of(world.plan, month, trading, world.ties, world.firms, world.parties["counterparty_id"])
    running.dirt.deliver(delivery, month, "invoices", frame)


def _pay(world: World, running: Running, at: payments.Scene, delivery: Delivery) -> Booked:
    month = at.month
    repaid = notes.repayments_of(world.plan, world.loans, world.firms, month)
    loan_flows = payments.lending(notes.drawdowns_of(world.loans, month), repaid)
    flows = payments.joined([payments.ordinary(at), *_trade_flows(world, running, at), loan_flows])
    booked = book(at, world.accounts, running.balance, *payments.on_accounts(at, world.accounts, flows))
    running.balance = booked.closing
    running.uses.append(np.bincount(booked.transactions["i"].to_numpy(), minlength=len(world.firms)))
    running.dirt.deliver(delivery, month, "transactions", named(booked.transactions, world.parties))
    delivery.write("balances", balance_rows(at, world.accounts, booked), month.last)
    delivery.write("channel_uses", _channel_uses(booked.transactions, month), month.last)
    delivery.write("repayments", repaid, month.last)
    return booked


def _trade_flows(world: World, running: Running, at: payments.Scene) -> list[payments.Flows]:
    """Payments for what falls due along lasting and passing ties; cash traders' go through no account."""
    banked = world.parties["main_bank"].is_not_null().to_numpy()
    due = [(world.ties, running.owed[0]), *running.carried.due(at.month)]
    return [payments.trade(at, ties, fen * banked[ties.other]) for ties, fen in due]


def _channel_uses(transactions: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Uses and amounts by channel of the month, with log-ins for the digital ones."""
    used = transactions.group_by("customer_id", "channel").agg(uses=pl.len(), amount=pl.col("amount").sum())
    logins = pl.when(pl.col("channel").is_in(["online", "mobile"])).then(pl.col("uses") * 2 + 1)
    return used.sort("customer_id", "channel").with_columns(logins=logins, used_date=pl.lit(month.last))


def _note_sales(world: World, running: Running, at: payments.Scene, trading: Trading) -> None:
    """Net sales of the month per firm: invoiced, and sold to private persons without one."""
    good = ~trading.void & trading.of(world.ties, "sale")
    owner = trading.of(world.ties, "owner")[good]
    invoiced = np.bincount(owner, weights=trading.net[good], minlength=len(world.firms))
    shop = column_of("consumer").astype(float)[world.firms["industry"].to_numpy()]
    running.sales.append(invoiced + at.fen(1.0) * shop)


def _talk(world: World, running: Running, month: Month, delivery: Delivery) -> None:
    contacts = meetings.contacts_of(world, month)
    running.dirt.deliver(delivery, month, "contacts", contacts)
    delivery.write("surveys", voices.surveys_of(world.plan, month, contacts), month.last)
    listed = meetings.lists_of(world, month)
    if len(listed):
        delivery.write("campaign_lists", listed, month.last)
    clerk = str(world.bank.posts.filter(post="after_sales_manager")["staff_id"][0])
    delivery.write("service_requests", voices.requests_until(world, month.last, clerk), month.last)


def _report(world: World, running: Running, month: Month, delivery: Delivery) -> None:
    """What others report in the month; taxes of the quarter before once three months are known."""
    plan, firms, fates = world.plan, world.firms, world.fates
    delivery.write(
        "public_records", outside.public_records_of(plan, month, firms, world.life.stops), month.last
    )
    delivery.write(
        "other_bank_debts", outside.other_debts_of(plan, month, firms, fates, world.life.stops), month.last
    )
    if outside.quarter_before(month) and len(running.sales) > outside.QUARTER:
        quarter = np.sum(running.sales[-1 - outside.QUARTER : -1], axis=0)
        delivery.write("tax_records", outside.tax_records_of(plan, month, firms, quarter), month.last)
    if month.first.month == outside.STATEMENT_MONTH or month.index == 0:
        filed = outside.statements_of(plan, month, firms, fates)
        delivery.write(
            "financial_statements", running.dirt.note_repeats("financial_statements", filed), month.last
        )


def _ledger(world: World, at: payments.Scene, booked: Booked, lent: pl.DataFrame) -> pl.DataFrame:
    month, day = at.month, at.month.last
    branch = world.firms.select("i", "branch_id")
    open_ = world.firms.filter(
        (pl.col("opened_date") <= day) & ~(pl.col("closed_date").fill_null(date.max) <= day)
    )
    balances = balance_rows(at, world.accounts, booked)
    moved = booked.transactions.join(branch, on="i", how="left")
    owed = lent.join(branch, on="i", how="left")
    repaid = notes.repayments_of(world.plan, world.loans, world.firms, month).join(branch, on="i", how="left")
    return ledger_file(
        day,
        [
            ("customers", open_, None),
            ("accounts", balances, None),
            ("deposit_balance", balances, "balance"),
            ("loan_balance", owed, "balance"),
            ("overdue_balance", owed.filter(pl.col("status") == "overdue"), "balance"),
            ("money_in", moved.filter(pl.col("direction") == "in"), "amount"),
            ("money_out", moved.filter(pl.col("direction") == "out"), "amount"),
            ("repaid_principal", repaid, "principal"),
            ("repaid_interest", repaid, "interest"),
        ],
    )
