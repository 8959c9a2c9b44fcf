"""Balances: every payment carried through its account, topped up or swept so that accounts stay plausible."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator.accounts import Accounts
from xiaoer.simulator.draws import Array, Days, Flags, Ints
from xiaoer.simulator.payments import CHANNELS, NOBODY, PURPOSES, Flows, Scene, joined

TEXTS = {
    "trade": "货款",
    "payroll": "代发工资",
    "tax": "缴税",
    "loan_drawdown": "贷款发放",
    "loan_repayment": "归还贷款",
    "fee": "账户服务费",
    "own_transfer": "同名划转",
    "owner": "往来款",
    "rent": "房租",
    "utilities": "水电费",
    "social_insurance": "社保费",
    "cash": "现金存入",
    "acquiring": "收单结算",
}


@dataclass(frozen=True)
class Booked:
    """A month's transactions as a frame, the closing balances per account, and month averages and lows."""

    transactions: pl.DataFrame
    closing: Ints
    average: Ints
    lowest: Ints


def book(at: Scene, accounts: Accounts, balance: Ints, account: Ints, flows_: Flows) -> Booked:
    """Carry the month's flows from the balances at its start."""
    account, flows_ = _steered(at, accounts, balance, account, flows_)
    turn = np.where(flows_.purpose == PURPOSES.index("own_transfer"), np.where(flows_.signed > 0, 0, 2), 1)
    order = np.lexsort((np.arange(len(account)), turn, flows_.day, account))
    account, flows_ = account[order], flows_.only(order)
    after = _running(balance, account, flows_.signed)
    closing = balance + np.bincount(account, weights=flows_.signed, minlength=len(balance)).astype(np.int64)
    left = (np.datetime64(at.month.last) - flows_.day).astype(int) + 1
    weighted = np.bincount(account, weights=flows_.signed * (left / at.month.days), minlength=len(balance))
    lowest = balance.copy()
    np.minimum.at(lowest, account, after)
    frame = _frame(at, accounts, account, flows_, after)
    return Booked(frame, closing, (balance + weighted).round().astype(np.int64), lowest)


def _running(balance: Ints, account: Ints, signed: Ints) -> Ints:
    """Balance after each row; rows come sorted by account and time."""
    total = np.cumsum(signed)
    first = np.flatnonzero(np.diff(account, prepend=-1))
    before = np.where(first > 0, total[first - 1], 0)
    length = np.diff(np.append(first, len(account)))
    return balance[account] + total - np.repeat(before, length)


def _steered(
    at: Scene, accounts: Accounts, balance: Ints, account: Ints, flows_: Flows
) -> tuple[Ints, Flows]:
    """Owners bring money in before an account would run dry, take it elsewhere when too much lies idle."""
    order = np.lexsort((np.arange(len(account)), flows_.day, account))
    running = _running(balance, account[order], flows_.signed[order])
    low = balance.copy()
    np.minimum.at(low, account[order], running)
    dry = np.full(len(balance), np.datetime64(at.month.last))
    np.minimum.at(dry, account[order][running < 0], flows_.day[order][running < 0])
    firm = accounts.frame["i"].to_numpy()
    end = balance + np.bincount(account, weights=flows_.signed, minlength=len(balance)).astype(np.int64)
    wish = (accounts.target[firm] * at.fade[firm] * at.level[firm].clip(0.05, 3) ** 0.7).round() + 50_000
    short = low < 0
    bring = np.where(short, _rounded(-low + wish * 0.25), 0)
    laid, dry = _laid_down(at, accounts, dry)
    bring += laid
    moving = (accounts.frame["kind"].to_numpy() != "time_deposit") & (end + bring > 1.5 * wish)
    sweep = np.where(
        moving, ((end + bring - wish * at.rng.uniform(0.7, 1.3, len(firm))) // 10_000 * 10_000).clip(0), 0
    )
    leaving, quits = _leaving(at, accounts)
    sweep = np.where(leaving, end + bring, sweep)
    parts = [flows_, _moves(firm, bring, dry), _moves(firm, -sweep, quits)]
    accounts_of = [account, np.flatnonzero(bring), np.flatnonzero(sweep)]
    return np.concatenate(accounts_of), joined(parts)


def _laid_down(at: Scene, accounts: Accounts, dry: Days) -> tuple[Ints, Days]:
    """What is brought into time deposits opened this month, and the day of each account's top-up."""
    opened = accounts.frame["opened_date"].to_numpy()
    fresh = (opened >= np.datetime64(at.month.first)) & (opened <= np.datetime64(at.month.last))
    laid = np.where(fresh, accounts.placed, 0)
    return laid, np.where(laid > 0, opened, dry)


def _rounded(amounts: Array) -> Ints:
    """Up to the next thousand yuan."""
    return (np.ceil(amounts / 100_000) * 100_000).astype(np.int64)


def _leaving(at: Scene, accounts: Accounts) -> tuple[Flags, Days]:
    """Accounts closed in this month, and the day on which each account's month ends."""
    closed = accounts.frame["closed_date"].to_numpy()
    last = np.datetime64(at.month.last)
    leaving = (closed <= last) & (closed >= np.datetime64(at.month.first))
    return leaving, np.where(leaving, closed, last)


def _moves(firm: Ints, amounts: Array, days: Days) -> Flows:
    """Transfers between a firm's own accounts at two banks; all arguments per account."""
    moved = np.flatnonzero(amounts)
    signed = amounts[moved].astype(np.int64)
    channel = np.where(signed > 0, CHANNELS.index("interbank"), CHANNELS.index("online"))
    purpose = np.full(len(moved), PURPOSES.index("own_transfer"))
    return Flows(firm[moved], days[moved], signed, purpose, channel, np.full(len(moved), NOBODY))


def _frame(at: Scene, accounts: Accounts, account: Ints, flows_: Flows, after: Ints) -> pl.DataFrame:
    hours = np.where(
        flows_.channel == CHANNELS.index("batch"),
        2 * 3600,
        9 * 3600 + at.rng.integers(0, 8 * 3600, len(account)),
    )
    names = pl.Series(PURPOSES)
    frame = pl.DataFrame(
        {
            "a": account,
            "i": flows_.firm,
            "customer_id": at.firms["customer_id"].gather(flows_.firm),
            "account_id": accounts.frame["account_id"].gather(account),
            "booked_date": flows_.day,
            "booked_at": flows_.day.astype("datetime64[us]") + hours.astype("timedelta64[s]"),
            "direction": np.where(flows_.signed > 0, "in", "out"),
            "amount": np.abs(flows_.signed),
            "channel": pl.Series(CHANNELS).gather(flows_.channel),
            "purpose": names.gather(flows_.purpose),
            "party": flows_.party,
            "balance_after": after,
            "summary": pl.Series([TEXTS[name] for name in PURPOSES]).gather(flows_.purpose),
        }
    ).sort("booked_date", maintain_order=True)
    prefix = pl.lit(f"{at.plan.mark('T')}{at.month.first:%Y%m}")
    return frame.with_columns(
        transaction_id=pl.concat_str(prefix, pl.int_range(pl.len()).cast(pl.String).str.zfill(9))
    )


def named(frame: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """Transactions with the counterparty's code and bank."""
    at = frame["party"].clip(0, None)
    known = pl.col("party") >= 0
    return frame.with_columns(
        parties["counterparty_id"].gather(at), counterparty_bank=parties["main_bank"].gather(at)
    ).with_columns(
        counterparty_id=pl.when(known).then("counterparty_id"),
        counterparty_bank=pl.when(known).then("counterparty_bank"),
    )


def balance_rows(at: Scene, accounts: Accounts, booked: Booked) -> pl.DataFrame:
    """Month-end balances of the accounts open in the month."""
    frame = accounts.frame.select(
        "a", "account_id", "customer_id", "branch_id", "opened_date", "closed_date"
    ).with_columns(
        balance=pl.Series(booked.closing),
        average_balance=pl.Series(booked.average),
        lowest_balance=pl.Series(booked.lowest),
        balance_date=pl.lit(at.month.last),
        currency=pl.lit("CNY"),
    )
    gone = pl.col("closed_date").is_not_null() & (pl.col("closed_date") < at.month.first)
    return frame.filter((pl.col("opened_date") <= at.month.last) & ~gone)
