"""People behind the firms, their roles, and ties between firms: owner groups, guarantees, referrals."""

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Ints, codes, flips, stream, texts
from xiaoer.simulator.fates import in_circle, surety_of
from xiaoer.simulator.lending import Loans
from xiaoer.simulator.names import person_names, phone_numbers
from xiaoer.simulator.terms import Plan

GROUPED = 0.09


def owner_of(plan: Plan, firms: pl.DataFrame) -> Ints:
    """Per firm the number of its owner; persons are numbered as the firms, some own two or three."""
    rng = stream(plan.seed, "owners")
    count = len(firms)
    owner = np.arange(count)
    joins = np.flatnonzero(flips(rng, GROUPED, count))
    first = (joins + rng.integers(1, max(count, 2), len(joins))) % count
    owner[joins] = first
    return owner[owner]  # one step, so that groups stay small


def people_file(plan: Plan, firms: pl.DataFrame, owner: Ints) -> pl.DataFrame:
    """Owners first (number of their first firm), then finance officers."""
    rng = stream(plan.seed, "people")
    count, officers = len(firms), _officers(firms)
    total = count + len(officers)
    used = np.zeros(total, dtype=bool)
    used[owner] = True
    used[count:] = True
    retail = flips(rng, 0.55, total) & (np.arange(total) < count)
    money = np.round(np.exp(rng.normal(11.2, 1.3, total))) * 100
    linked = flips(rng, 0.72, total)
    born = np.datetime64(plan.end) - rng.integers(24 * 365, 66 * 365, total).astype("timedelta64[D]")
    return pl.DataFrame(
        {
            "person_id": codes(plan.mark("P"), np.arange(total) + 1, 7),
            "name": texts(person_names(rng, total)),
            "phone": texts(phone_numbers(rng, total)),
            "birth_date": born,
            "retail_customer_id": texts(
                np.where(retail, codes(plan.mark("R"), np.arange(total) + 1, 7), None)
            ),
            "retail_balance": pl.Series(np.where(retail & linked, money, np.nan))
            .fill_nan(None)
            .cast(pl.Int64),
            "consent_contact": flips(rng, 0.9, total),
            "consent_link": linked,
        }
    ).filter(pl.Series(used))


def _officers(firms: pl.DataFrame) -> Ints:
    """Firms large enough for a finance officer of their own."""
    return np.flatnonzero(
        (firms["staff_count"].to_numpy() >= 12) & (firms["kind"].to_numpy() == "enterprise")
    )


def roles_file(plan: Plan, firms: pl.DataFrame, owner: Ints) -> pl.DataFrame:
    """Each firm's legal representative, and its finance officer where it has one."""
    rng = stream(plan.seed, "roles")
    share = np.where(
        firms["kind"].to_numpy() == "enterprise", rng.choice([1.0, 0.9, 0.7, 0.6, 0.51], len(firms)), 1.0
    )
    officers = _officers(firms)
    heads = pl.DataFrame(
        {
            "customer_id": firms["customer_id"],
            "person_id": codes(plan.mark("P"), owner + 1, 7),
            "role": ["legal_representative"] * len(firms),
            "share": share,
            "from_date": firms["founded_date"],
        }
    )
    finance = pl.DataFrame(
        {
            "customer_id": firms["customer_id"].gather(officers),
            "person_id": codes(plan.mark("P"), len(firms) + np.arange(len(officers)) + 1, 7),
            "role": ["finance"] * len(officers),
            "share": pl.Series([None] * len(officers), dtype=pl.Float64),
            "from_date": firms["opened_date"].gather(officers),
        }
    )
    return pl.concat([heads, finance])


def relationship_file(plan: Plan, firms: pl.DataFrame, owner: Ints, guarantees: pl.DataFrame) -> pl.DataFrame:
    """Groups under one owner, guarantees between firms, who recommended whom."""
    ids = firms["customer_id"].to_numpy()
    grouped = np.flatnonzero(owner != np.arange(len(owner)))
    named = np.flatnonzero(referrer(plan, firms) >= 0)
    between = guarantees.filter(guarantor_kind="customer")
    parts = [
        (ids[owner[grouped]], ids[grouped], "group", firms["opened_date"].to_numpy()[grouped], "工商登记"),
        (
            between["guarantor_id"].to_numpy(),
            between["customer_id"].to_numpy(),
            "guarantee",
            between["start_date"].to_numpy(),
            "保证合同",
        ),
        (
            ids[referrer(plan, firms)[named]],
            ids[named],
            "referral",
            firms["opened_date"].to_numpy()[named],
            "客户经理",
        ),
    ]
    frames = [_ties(*part) for part in parts]
    return (
        pl.concat(frames)
        .unique(["from_id", "to_id", "kind"], keep="first", maintain_order=True)
        .filter(pl.col("from_id") != pl.col("to_id"))
    )


def _ties(start: Array, end: Array, kind: str, since: Array, source: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "from_id": texts(start),
            "to_id": texts(end),
            "kind": [kind] * len(start),
            "since_date": since,
            "source": [source] * len(start),
        }
    )


def referrer(plan: Plan, firms: pl.DataFrame) -> Ints:
    """Per firm the firm that recommended it, -1 for none."""
    rng = stream(plan.seed, "referrals")
    count = len(firms)
    said = flips(rng, 0.11, count)
    older = (np.arange(count) + rng.integers(1, max(count, 2), count)) % count
    opened = firms["opened_date"].to_numpy()
    return np.where(said & (opened[older] < opened), older, -1)


def guarantee_file(plan: Plan, firms: pl.DataFrame, loans: Loans, owner: Ints) -> pl.DataFrame:
    """Owners stand surety for guaranteed loans, and small circles of firms for one another."""
    chosen = loans.contracts.filter(pl.col("product") == 2)
    i = chosen["i"].to_numpy()
    mutual = in_circle(plan, len(firms))[i]
    friend = np.minimum(surety_of(i), len(firms) - 1)
    by_firm = mutual & (friend != i)
    people, ids = codes(plan.mark("P"), owner[i] + 1, 7), firms["customer_id"].to_numpy()[friend]
    done = chosen["due"].to_numpy() < np.datetime64(plan.end)
    frame = pl.DataFrame(
        {
            "customer_id": firms["customer_id"].gather(i),
            "contract_id": chosen["contract_id"],
            "guarantor_id": texts(np.where(by_firm, ids, people)),
            "guarantor_kind": np.where(by_firm, "customer", "person"),
            "amount": chosen["amount"],
            "start_date": chosen["drawn"],
            "end_date": chosen["due"].to_numpy() + np.timedelta64(730, "D"),
            "status": np.where(done, "released", "active"),
        }
    )
    return frame.with_columns(
        guarantee_id=pl.concat_str(
            pl.lit(plan.mark("G")), pl.int_range(pl.len()).cast(pl.String).str.zfill(7)
        )
    )
