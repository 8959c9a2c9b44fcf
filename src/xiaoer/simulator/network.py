"""Lasting ties: between firms, and between firms and parties outside the bank; what of them is lost and found again."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator.counterparties import core_count, industry_of, outside_count
from xiaoer.simulator.draws import Flags, Floats, Ints, choose, expand, flips, stream, within
from xiaoer.simulator.fates import SHOCKS, Fates
from xiaoer.simulator.firms import column_of
from xiaoer.simulator.manners import Manners, manners_of, trading
from xiaoer.simulator.terms import Plan, figure, table

FOREVER = 10_000
MOST_PARTNERS = 36
LAGS = np.array([0, 15, 30, 60, 90])
LEADING = 2.2  # power by which lasting trade crowds at the first parties of an industry
LARGEST = 20_000_000


@dataclass(frozen=True)
class Ties:
    """One row per tie. The owner is always a firm; the other party a firm (internal) or an outside number."""

    owner: Ints
    other: Ints  # party number: firms first, then outside parties
    sale: Flags  # the owner sells
    internal: Flags
    rate: Floats  # orders in an ordinary month
    ticket: Floats  # mean net amount of an order in yuan
    begins: Ints  # first month of the tie
    ends: Ints  # first month without it
    lag: Ints  # days until paid
    fixed: Flags  # the same sum once every month
    refilled: Ints  # month in which another partner takes its place; FOREVER for never

    def only(self, rows: Ints | Flags) -> "Ties":
        """Some of the ties, in the order asked for."""
        return Ties(*(getattr(self, name)[rows] for name in Ties.__annotations__))


def joined(parts: list[Ties]) -> Ties:
    """Several ties as one, in order."""
    return Ties(*(np.concatenate([getattr(part, name) for part in parts]) for name in Ties.__annotations__))


@dataclass(frozen=True)
class Slots:
    """Places for partners: each firm keeps some, and fills those that fall empty."""

    owner: Ints
    rank: Ints  # 0 the largest
    weight: Floats  # share of the firm's lasting trade


@dataclass(frozen=True)
class Lives:
    """Who held a slot from when to when, and when it was filled again."""

    slot: Ints
    begins: Ints
    ends: Ints
    refilled: Ints


def weave(plan: Plan, firms: pl.DataFrame, fates: Fates) -> Ties:
    """Draw every lasting tie; sales to other firms of the bank appear once and are seen from both sides."""
    manners = manners_of(plan, firms)
    return joined([_side(plan, firms, fates, manners, sale=sale) for sale in (True, False)])


def _side(plan: Plan, firms: pl.DataFrame, fates: Fates, manners: Manners, *, sale: bool) -> Ties:
    rng = stream(plan.seed, "ties", int(sale))
    slots = _slots(rng, firms, manners, sale=sale)
    lives = _lives(rng, plan, firms, fates, slots, sale=sale)
    owner, rank = slots.owner[lives.slot], slots.rank[lives.slot]
    internal = sale & flips(rng, figure("internal_share"), len(owner)) & (rank > 0)
    other = _others(rng, plan, firms, owner, internal, sale=sale)
    other = _led(rng, plan, manners, owner, rank, other) if sale else other
    fixed = _fixed(rng, firms, plan, owner, other, sale=sale)
    rate, ticket = _pace(rng, manners, slots, lives.slot, fixed, sale=sale)
    ties = Ties(
        owner,
        other,
        np.full(len(owner), sale),
        internal,
        rate,
        ticket,
        lives.begins,
        lives.ends,
        LAGS[choose(rng, trading("lasting")["lags"], len(owner))],
        fixed,
        lives.refilled,
    )
    return ties.only(~internal | (other != owner))


def _slots(rng: np.random.Generator, firms: pl.DataFrame, manners: Manners, *, sale: bool) -> Slots:
    """How many partners a firm keeps and how its trade falls on them; weaker firms hang on fewer."""
    rule, count = trading("lasting"), len(firms)
    busy = np.log((manners.orders if sale else manners.buying).clip(0.2) / 3)
    many = (
        rng.normal(rule["buyers" if sale else "suppliers"], rule["spread"], count) + rule["by_orders"] * busy
    )
    partners = (1 + np.exp(many)).astype(int).clip(1, MOST_PARTNERS)
    owner, rank = expand(partners), within(partners)
    steep = np.exp(
        rng.normal(rule["steep"], rule["steep_spread"], count)
        + rule["steep_quality"] * firms["quality"].to_numpy()
    )
    raw = (1.0 + rank) ** -steep[owner] * np.exp(rng.normal(0, rule["weight_spread"], len(owner)))
    return Slots(owner, rank, raw / np.bincount(owner, weights=raw)[owner])


def _lives(
    rng: np.random.Generator, plan: Plan, firms: pl.DataFrame, fates: Fates, slots: Slots, *, sale: bool
) -> Lives:
    """Partners come and go: the loyal keep theirs longer, those who find others soon fill the gap."""
    rule = trading("lasting")
    loyal, finds = firms["loyalty"].to_numpy()[slots.owner], firms["substitution"].to_numpy()[slots.owner]
    ends = rule["ends"] * np.exp(rule["by_loyalty"] * loyal) * np.where(slots.rank == 0, rule["main_ends"], 1)
    chance = ends.clip(1e-4, 0.5)
    gap = 1 / (1 + rule["gap"] * (1 - finds))
    vacant = (slots.rank > 0) & flips(rng, chance / (chance + gap), len(finds))
    begins = np.where(vacant, rng.geometric(gap), 0)
    slot = np.arange(len(finds))
    parts: list[Lives] = []
    while len(slot):
        until = begins + rng.geometric(chance[slot])
        life = Lives(slot, begins, until, until + rng.geometric(gap[slot]))
        life = _shocked(fates, slots, life) if sale and not parts else life
        parts.append(life)
        more = life.refilled < plan.months
        slot, begins = slot[more], life.refilled[more]
    return Lives(*(np.concatenate([getattr(part, name) for part in parts]) for name in Lives.__annotations__))


def _shocked(fates: Fates, slots: Slots, life: Lives) -> Lives:
    """A lost main buyer ends on its month and nobody follows; a new one begins on its month and stays."""
    shock, month = fates.shock[slots.owner], fates.shock_month[slots.owner]
    lost = (shock == SHOCKS.index("buyer_lost")) & (slots.rank == 0)
    new = (shock == SHOCKS.index("new_buyer")) & (slots.rank == 0)
    ends = np.where(lost, month, np.where(new, FOREVER, life.ends))
    refilled = np.where(lost | new, FOREVER, life.refilled)
    return Lives(life.slot, np.where(new, month, life.begins), ends, refilled)


def _pace(
    rng: np.random.Generator, manners: Manners, slots: Slots, slot: Ints, fixed: Flags, *, sale: bool
) -> tuple[Floats, Floats]:
    """Orders per month and their size, so that their product is the firm's trade with this partner."""
    rule, owner = trading("lasting"), slots.owner
    volume = lasting_sales(manners) if sale else lasting_purchases(manners)
    orders = manners.orders * (1 - manners.passing) if sale else manners.buying * (1 - manners.passing_buying)
    often = slots.weight ** rule["rate_power"] * np.exp(rng.normal(0, rule["size_spread"], len(owner)))
    rate = (orders[owner] * often / np.bincount(owner, weights=often)[owner]).clip(0.02, 40)[slot]
    rate = np.where(fixed, 1.0, rate)
    worth = (volume[owner] * slots.weight)[slot]
    return rate, (worth / rate).clip(30, LARGEST)


def lasting_sales(manners: Manners) -> Floats:
    """Yuan of an ordinary month that a firm sells to lasting buyers; passing orders are smaller."""
    part = manners.passing * trading("passing")["size"]
    return manners.sales * (1 - manners.passing) / (1 - manners.passing + part)


def lasting_purchases(manners: Manners) -> Floats:
    """The same of purchases."""
    part = manners.passing_buying * trading("passing")["size"]
    return manners.purchases * (1 - manners.passing_buying) / (1 - manners.passing_buying + part)


def _fixed(
    rng: np.random.Generator, firms: pl.DataFrame, plan: Plan, owner: Ints, other: Ints, *, sale: bool
) -> Flags:
    """Rents and service fees: the same sum every month, mostly where the seller is a service."""
    rule, code = trading("lasting"), column_of("code")
    service = np.array([name.startswith(tuple(rule["services"])) for name in code])
    seller = firms["industry"].to_numpy()[owner] if sale else industry_of(firms, outside_count(plan), other)
    return flips(rng, np.where(service[seller], rule["fixed_services"], rule["fixed"]), len(owner))


def _others(
    rng: np.random.Generator, plan: Plan, firms: pl.DataFrame, owner: Ints, internal: Flags, *, sale: bool
) -> Ints:
    """A partner of a fitting industry; outside, a long tail is led by core enterprises."""
    return partners_of(rng, plan, firms, owner, internal, sale=sale, power=LEADING)


def _led(
    rng: np.random.Generator, plan: Plan, manners: Manners, owner: Ints, rank: Ints, other: Ints
) -> Ints:
    """Some firms without passing trade make things for one core enterprise."""
    rule = trading("lasting")
    maker = (manners.passing[owner] < rule["maker_below"]) & (rank == 0)
    served = maker & flips(rng, rule["core_for_makers"], len(owner))
    return np.where(served, plan.firms + rng.integers(0, core_count(plan), len(owner)), other)


def partners_of(
    rng: np.random.Generator,
    plan: Plan,
    firms: pl.DataFrame,
    owner: Ints,
    internal: Flags,
    *,
    sale: bool,
    power: float,
) -> Ints:
    """A party of an industry that fits each owner; with power 1 all outside parties are equally likely."""
    own, kinds = firms["industry"].to_numpy(), len(column_of("code"))
    fitting = _fitting("sells_to" if sale else "buys_from")
    wanted = fitting[own[owner], rng.integers(0, fitting.shape[1], len(owner))]
    lead = (rng.random(len(owner)) ** power * (outside_count(plan) // kinds)).astype(int)
    return np.where(internal, _inside(rng, own, wanted), plan.firms + lead * kinds + wanted)


def _fitting(side: str) -> Ints:
    """Industries × 12: which industries each one sells to or buys from, repeated to equal length."""
    known = {code: at for at, code in enumerate(column_of("code").tolist())}
    rows = [[known[code] for code in chain(code)[side]] for code in known]
    return np.array([(row * 12)[:12] for row in rows])


def chain(code: str) -> dict[str, list[str]]:
    """The chain entry of the longest prefix of an industry code."""
    entries = table("chains")
    found: dict[str, list[str]] = entries[max((key for key in entries if code.startswith(key)), key=len)]
    return found


def _inside(rng: np.random.Generator, industry: Ints, wanted: Ints) -> Ints:
    """A firm of the wanted industry, any firm where there is none."""
    order = np.argsort(industry, kind="stable")
    many = np.bincount(industry, minlength=len(column_of("code")))
    start = np.cumsum(many) - many
    draw = rng.random(len(wanted))
    place = np.where(many[wanted] > 0, start[wanted] + draw * many[wanted], draw * len(industry))
    return order[place.astype(int)]
