"""Contacts of managers and agents with firms, what they propose, and what comes of it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator.catalogue import Shelf, product_ids, unasked
from xiaoer.simulator.draws import Array, Days, Flags, Ints, choose, flips, stream, texts
from xiaoer.simulator.lending import Loans
from xiaoer.simulator.organisation import Organisation
from xiaoer.simulator.terms import Month, Plan

CHANNELS = np.array(["visit", "call", "message"], dtype=object)
MINUTES = np.array([75, 9, 2])
PURPOSES = np.array(["offer", "care", "check", "renewal", "collection"], dtype=object)
REASONS = np.array(["price", "no_need", "other_bank", "process", "time"], dtype=object)
CAMPAIGN = "HD-MOBILE"
NOTES = {
    "accepted": "客户同意办理，已约时间。",
    "refused": "客户暂不考虑。",
    "interested": "客户有兴趣，索要资料。",
    "follow_up": "约定下次再谈。",
    "reached": "了解近况，经营正常。",
    "not_reached": "未联系上。",
    "promised": "客户答应近日还款。",
    "complained": "客户表达不满，已转售后。",
}


@dataclass(frozen=True)
class Met:
    """One month's contacts, by firm number."""

    firm: Ints
    day: Days
    channel: Ints
    purpose: Ints
    product: Ints  # -1 where none was spoken of
    outcome: Array
    staff: Array
    campaign: Flags


def keepers_on(bank: Organisation, manager: Ints, day: np.datetime64) -> Array:
    """Per firm the staff code of its manager on a day, "" for the branch's pool."""
    handed = np.array(
        [np.datetime64(moment) if moment else np.datetime64("1990-01-01") for moment in bank.handed_over]
    )
    who = np.where(day < handed, bank.predecessors, bank.managers)
    return np.where(manager >= 0, who[manager.clip(0)], "")


def meet(
    plan: Plan,
    month: Month,
    firms: pl.DataFrame,
    loans: Loans,
    shelf: Shelf,
    bank: Organisation,
    manager: Ints,
) -> Met:
    """Draw the month's contacts; accepted products go on the shelf, and so do those taken unasked."""
    rng = stream(plan.seed, "meetings", month.index)
    present = _present(firms, month)
    due, late = _loan_states(loans, len(firms), month)
    firm, purpose = _agenda(rng, present, manager, due, late)
    channel = np.where(purpose == 4, 1, choose(rng, [30, 52, 18], len(firm)))
    channel = np.where(manager[firm] < 0, np.maximum(channel, 1), channel)
    product = _proposals(rng, shelf, firm, purpose)
    campaign = np.zeros(len(firm), dtype=bool)
    firm, purpose, channel, product, campaign = _with_campaign(
        rng, plan, month, shelf, present, firm, purpose, channel, product, campaign
    )
    day = np.datetime64(month.first) + _working_offsets(rng, month, len(firm))
    outcome = _outcomes(rng, firms, shelf, firm, purpose, channel, product)
    took = (outcome == "accepted") & ~_of_loans(product)
    shelf.take(firm[took], product[took].clip(0), day[took] + np.timedelta64(3, "D"))
    own = unasked(rng, shelf, present)
    shelf.take(*own, np.full(len(own[0]), np.datetime64(month.last)))
    return Met(firm, day, channel, purpose, product, outcome, _staff(rng, bank, manager, firm, day), campaign)


def _of_loans(product: Ints) -> Flags:
    """Whether a proposal was a loan: accepting one means applying, not yet holding."""
    loans = np.array([code.startswith("L") for code in product_ids()])
    return loans[product.clip(0)]


def _present(firms: pl.DataFrame, month: Month) -> Flags:
    opened, closed = firms["opened_date"].to_numpy(), firms["closed_date"].to_numpy()
    return (opened <= np.datetime64(month.first)) & ~(closed <= np.datetime64(month.last))


def _loan_states(loans: Loans, count: int, month: Month) -> tuple[Flags, Flags]:
    """Firms with a loan maturing within sixty days, and firms with an instalment unpaid this month."""
    soon = loans.notes["due"].to_numpy() - np.datetime64(month.first)
    due, late = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    due[loans.notes["i"].to_numpy()[(soon.astype(int) >= 0) & (soon.astype(int) < 60)]] = True
    rows = loans.instalments
    missed = (rows.due <= np.datetime64(month.first)) & ~(rows.paid <= np.datetime64(month.first))
    late[loans.notes["i"].to_numpy()[rows.note[missed]]] = True
    return due, late


def _agenda(
    rng: np.random.Generator, present: Flags, manager: Ints, due: Flags, late: Flags
) -> tuple[Ints, Ints]:
    """Who is contacted and why; managers see their firms several times a year, pools call rarely."""
    often = np.where(manager >= 0, 0.30, 0.09)
    usual = flips(rng, often, len(present)) & present
    purpose = choose(rng, [55, 33, 12], len(present))
    renewing, collecting = (
        due & present & flips(rng, 0.6, len(present)),
        late & present & flips(rng, 0.85, len(present)),
    )
    firm = np.concatenate([np.flatnonzero(usual), np.flatnonzero(renewing), np.flatnonzero(collecting)])
    return firm, np.concatenate([purpose[usual], np.full(renewing.sum(), 3), np.full(collecting.sum(), 4)])


def _proposals(rng: np.random.Generator, shelf: Shelf, firm: Ints, purpose: Ints) -> Ints:
    """Managers propose what is not held, with a fair nose for what may be taken."""
    liking = np.log(shelf.asked[firm]) * 0.7 + rng.gumbel(size=(len(firm), shelf.asked.shape[1]))
    liking[shelf.held[firm]] = -1e9
    return np.where(purpose == 0, liking.argmax(axis=1), -1)


def _with_campaign(
    rng: np.random.Generator,
    plan: Plan,
    month: Month,
    shelf: Shelf,
    present: Flags,
    firm: Ints,
    purpose: Ints,
    channel: Ints,
    product: Ints,
    campaign: Flags,
) -> tuple[Ints, Ints, Ints, Ints, Flags]:
    """Once, half of the firms without mobile banking, drawn by lot, get a message about it."""
    if month.index != max(0, plan.months - 8):
        return firm, purpose, channel, product, campaign
    mobile = product_ids().index("E02")
    half = np.flatnonzero(present & ~shelf.held[:, mobile] & flips(rng, 0.5, len(present)))
    return (
        np.concatenate([firm, half]),
        np.concatenate([purpose, np.zeros(len(half), dtype=np.int64)]),
        np.concatenate([channel, np.full(len(half), 2)]),
        np.concatenate([product, np.full(len(half), mobile)]),
        np.concatenate([campaign, np.ones(len(half), dtype=bool)]),
    )


def _working_offsets(rng: np.random.Generator, month: Month, count: int) -> Array:
    """Days of the month other than Sundays."""
    offset = rng.integers(0, month.days, count)
    sunday = (month.first.weekday() + offset) % 7 == 6
    return np.where(sunday & (offset > 0), offset - 1, offset).astype("timedelta64[D]")


def _outcomes(
    rng: np.random.Generator,
    firms: pl.DataFrame,
    shelf: Shelf,
    firm: Ints,
    purpose: Ints,
    channel: Ints,
    product: Ints,
) -> Array:
    temper = firms["satisfaction"].to_numpy()[firm]
    draw = rng.random(len(firm))
    missed = flips(rng, np.array([0.04, 0.24, 0.0])[channel], len(firm))
    taken = draw < shelf.asked[firm, product.clip(0)] * np.array([1.5, 1.0, 0.5])[channel]
    talk = choose(rng, [34, 20, 16, 30], len(firm))
    offered = np.where(
        taken, "accepted", np.array(["refused", "interested", "follow_up", "reached"], dtype=object)[talk]
    )
    other = np.where(purpose == 4, np.where(draw < 0.5, "promised", "reached"), "reached")
    angry = flips(rng, 0.004 * np.exp(-0.8 * temper), len(firm))
    outcome = np.where((purpose == 0) & (product >= 0), offered, other)
    return np.where(missed, "not_reached", np.where(angry & ~taken, "complained", outcome))


def _staff(rng: np.random.Generator, bank: Organisation, manager: Ints, firm: Ints, day: Days) -> Array:
    agents = bank.posts.filter(post="call_agent")["staff_id"].to_numpy()
    middle = day.min() if len(day) else np.datetime64("1990-01-01")
    keeper = keepers_on(bank, manager, middle)[firm]
    return np.where(keeper == "", agents[rng.integers(0, len(agents), len(firm))], keeper)


def contact_file(plan: Plan, month: Month, met: Met, firms: pl.DataFrame) -> pl.DataFrame:
    """The contacts of a month as a source file, `i` kept."""
    rng = stream(plan.seed, "contact file", month.index)
    count = len(met.firm)
    refused, again = met.outcome == "refused", np.isin(met.outcome, ["follow_up", "interested"])
    minutes = np.maximum(1, MINUTES[met.channel] * np.exp(rng.normal(0, 0.35, count)))
    at = met.day.astype("datetime64[us]") + (9 * 3600 + rng.integers(0, 9 * 3600, count)).astype(
        "timedelta64[s]"
    )
    later = met.day + rng.integers(5, 25, count).astype("timedelta64[D]")
    frame = pl.DataFrame(
        {
            "i": met.firm,
            "customer_id": firms["customer_id"].gather(met.firm),
            "person_id": texts([f"P{i + 1:07d}" for i in met.firm.tolist()]),
            "staff_id": texts(met.staff),
            "contact_date": met.day,
            "contacted_at": at,
            "channel": texts(CHANNELS[met.channel]),
            "direction": ["outbound"] * count,
            "purpose": texts(PURPOSES[met.purpose]),
            "product_id": texts(
                np.where(met.product < 0, None, np.array(product_ids(), dtype=object)[met.product])
            ),
            "outcome": texts(met.outcome),
            "refusal_reason": texts(np.where(refused, REASONS[choose(rng, [4, 5, 3, 2, 1], count)], None)),
            "follow_up_date": np.where(again, later, np.datetime64("NaT")).astype("datetime64[D]"),
            "minutes": minutes.astype(np.int64),
            "campaign_id": texts(np.where(met.campaign, CAMPAIGN, None)),
            "arm": texts(np.where(met.campaign, "treated", None)),
            "note": texts([NOTES[word] for word in met.outcome.tolist()]),
        }
    ).sort("contact_date", "customer_id", "channel", maintain_order=True)
    return frame.with_columns(
        contact_id=pl.concat_str(
            pl.lit(f"K{month.first:%Y%m}"), pl.int_range(pl.len()).cast(pl.String).str.zfill(7)
        )
    )
