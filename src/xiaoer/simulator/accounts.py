"""Accounts: the main one of every firm, second ones, time deposits; what each held when the window opened."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Days, Floats, Ints, codes, flips, stream
from xiaoer.simulator.fates import NO_DAY
from xiaoer.simulator.terms import Plan

MAIN_BANK_FROM = 0.42  # firms settling at least this share here keep their basic account here
DEPOSIT_RATES = {"basic": 0.0005, "general": 0.0005, "time_deposit": 0.0125}


@dataclass(frozen=True)
class Accounts:
    """Accounts in order of number; the first len(firms) are main accounts, numbered as their firms."""

    frame: pl.DataFrame
    second: Ints  # per firm the number of its second account, -1 for none
    opening: Ints  # fen per account
    target: Floats  # fen the firm likes to keep, at an ordinary level of business
    placed: Ints  # fen per account laid down on the day a time deposit is opened


def open_accounts(plan: Plan, firms: pl.DataFrame, saving_since: Days, start: date) -> Accounts:
    """Draw the accounts of all firms; `saving_since` says who keeps a time deposit, and since when."""
    rng = stream(plan.seed, "accounts")
    count = len(firms)
    settles, sales = firms["settles_here"].to_numpy(), firms["sales"].to_numpy()
    seconds = np.flatnonzero(flips(rng, 0.12 + 0.2 * settles, count))
    savers = np.flatnonzero(~np.isnat(saving_since))
    owner = np.concatenate([np.arange(count), seconds, savers])
    kind = np.concatenate(
        [
            np.where(settles > MAIN_BANK_FROM, "basic", "general"),
            np.full(len(seconds), "general"),
            np.full(len(savers), "time_deposit"),
        ]
    )
    second = np.full(count, -1)
    second[seconds] = count + np.arange(len(seconds))
    target = (
        sales
        * 100
        * 0.34
        * settles
        * np.exp(0.45 * firms["cash_buffer"].to_numpy() + rng.normal(0, 0.4, count))
    )
    saved = np.round(sales * rng.uniform(0.3, 2.5, count) / 1e4).clip(1)[savers] * 1_000_000
    opening = np.concatenate([target, target[seconds] * 0.2, saved]).round().astype(np.int64)
    frame = _frame(rng, plan, firms, owner, kind, saving_since)
    placed = np.where(kind == "time_deposit", opening, 0)
    opening[frame["opened_date"].to_numpy() >= np.datetime64(start)] = 0
    return Accounts(frame, second, opening, target, placed)


def _frame(
    rng: np.random.Generator, plan: Plan, firms: pl.DataFrame, owner: Ints, kind: Array, saving: Days
) -> pl.DataFrame:
    count, end = len(owner), np.datetime64(plan.end)
    first = np.arange(count) < len(firms)
    opened = firms["opened_date"].to_numpy()[owner]
    since = np.where(
        first,
        opened,
        opened + ((end - opened).astype(int) * rng.random(count) * 0.5).astype("timedelta64[D]"),
    )
    closed = firms["closed_date"].to_numpy()[owner]
    since = np.where(since > closed, closed - np.timedelta64(1, "D"), since)
    fixed = kind == "time_deposit"
    since = np.where(fixed, saving[owner], since)
    ripe = end + rng.integers(20, 700, count).astype("timedelta64[D]")
    return pl.DataFrame(
        {
            "a": np.arange(count),
            "i": owner,
            "account_id": codes(plan.mark("A"), np.arange(count) + 1, 8),
            "customer_id": firms["customer_id"].gather(owner),
            "kind": kind,
            "product_id": np.where(fixed, "D02", "D01"),
            "branch_id": firms["branch_id"].gather(owner),
            "currency": ["CNY"] * count,
            "opened_date": since,
            "closed_date": firms["closed_date"].to_numpy()[owner],
            "matures_date": np.where(fixed, ripe, NO_DAY),
            "rate": [DEPOSIT_RATES[name] for name in kind.tolist()],
        }
    )
