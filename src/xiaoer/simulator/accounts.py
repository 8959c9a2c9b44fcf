"""Accounts: the main one of every firm, second ones, time deposits; what each held when the window opened."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Floats, Ints, codes, flips, stream
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


def open_accounts(plan: Plan, firms: pl.DataFrame) -> Accounts:
    """Draw the accounts of all firms."""
    rng = stream(plan.seed, "accounts")
    count = len(firms)
    settles, sales = firms["settles_here"].to_numpy(), firms["sales"].to_numpy()
    seconds = np.flatnonzero(flips(rng, 0.12 + 0.2 * settles, count))
    savers = np.flatnonzero(flips(rng, 0.05 + 0.06 * (firms["cash_buffer"].to_numpy() > 0.5), count))
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
    saved = np.round(sales[savers] * rng.uniform(0.3, 2.5, len(savers)) / 1e4).clip(1) * 1_000_000
    opening = np.concatenate([target, target[seconds] * 0.2, saved]).round().astype(np.int64)
    born = firms["opened_date"].to_numpy()[owner] >= np.datetime64(plan.end) - np.timedelta64(
        int(plan.months * 30.5), "D"
    )
    opening[born & (kind != "time_deposit")] = 0
    return Accounts(_frame(rng, plan, firms, owner, kind), second, opening, target)


def _frame(
    rng: np.random.Generator, plan: Plan, firms: pl.DataFrame, owner: Ints, kind: Array
) -> pl.DataFrame:
    count, end = len(owner), np.datetime64(plan.end)
    first = np.arange(count) < len(firms)
    opened = firms["opened_date"].to_numpy()[owner]
    since = np.where(
        first,
        opened,
        opened + ((end - opened).astype(int) * rng.random(count) * 0.5).astype("timedelta64[D]"),
    )
    saving = kind == "time_deposit"
    ripe = end + rng.integers(20, 700, count).astype("timedelta64[D]")
    return pl.DataFrame(
        {
            "a": np.arange(count),
            "i": owner,
            "account_id": codes("A", np.arange(count) + 1, 8),
            "customer_id": firms["customer_id"].gather(owner),
            "kind": kind,
            "product_id": np.where(saving, "D02", "D01"),
            "branch_id": firms["branch_id"].gather(owner),
            "currency": ["CNY"] * count,
            "opened_date": since,
            "closed_date": firms["closed_date"].to_numpy()[owner],
            "matures_date": np.where(saving, ripe, NO_DAY),
            "rate": [DEPOSIT_RATES[name] for name in kind.tolist()],
        }
    )
