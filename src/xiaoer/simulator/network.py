"""Who trades with whom: ties between firms, and between firms and parties outside the bank."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Flags, Floats, Ints, choose, expand, flips, stream, texts, within
from xiaoer.simulator.fates import SHOCKS, Fates
from xiaoer.simulator.firms import column_of
from xiaoer.simulator.names import COMPANY, LUCKY
from xiaoer.simulator.rules import CREDIT_CODE_SIGNS, base31, credit_codes
from xiaoer.simulator.terms import Plan, figure, table

BANKS = ["工商银行", "农业银行", "中国银行", "建设银行", "交通银行", "邮储银行", "招商银行", "农商银行"]
FOREVER = 10_000
MOST_PARTNERS = 36


@dataclass(frozen=True)
class Ties:
    """One row per tie. The owner is always a firm; the other party a firm (internal) or an outside number."""

    owner: Ints
    other: Ints  # party number: firms first, then outside parties
    sale: Flags  # the owner sells
    internal: Flags
    rate: Floats  # invoices in an ordinary month
    ticket: Floats  # median net amount in yuan
    begins: Ints  # first month of the tie
    ends: Ints  # first month without it
    lag: Ints  # days until paid


def weave(plan: Plan, firms: pl.DataFrame, fates: Fates) -> Ties:
    """Draw every tie; sales to other firms of the bank appear once and are seen from both sides."""
    sales = _side(plan, firms, fates, sale=True)
    purchases = _side(plan, firms, fates, sale=False)
    return Ties(
        *(np.concatenate([getattr(sales, name), getattr(purchases, name)]) for name in Ties.__annotations__)
    )


def outside_count(plan: Plan) -> int:
    """How many parties outside the bank there are."""
    kinds = len(column_of("code"))
    return max(2, plan.firms * 3 // kinds) * kinds


def core_count(plan: Plan) -> int:
    """How many of the outside parties are core enterprises, many firms' partner."""
    return max(4, plan.firms // 60)


def _side(plan: Plan, firms: pl.DataFrame, fates: Fates, *, sale: bool) -> Ties:
    rng = stream(plan.seed, "ties", int(sale))
    count = len(firms)
    middle = 2.05 if sale else 1.6
    many = np.exp(rng.normal(middle, 0.75, count) + 0.2 * np.log(firms["often"].to_numpy() / 3.5))
    partners = (1 + many).astype(int).clip(1, MOST_PARTNERS)
    owner, rank = expand(partners), within(partners)
    weight = _weights(rng, firms, owner, rank, partners)
    internal = sale & flips(rng, figure("internal_share"), len(owner)) & (rank > 0)
    begins, ends = _lives(rng, plan, fates, owner, rank, sale=sale)
    rate, ticket = _pace(rng, firms, owner, weight, sale=sale)
    other = _others(rng, plan, firms, owner, internal, sale=sale)
    lag = np.array([0, 15, 30, 60, 90])[choose(rng, [0.25, 0.25, 0.28, 0.16, 0.06], len(owner))]
    keep = ~internal | (other != owner)
    parts = (owner, other, np.full(len(owner), sale), internal, rate, ticket, begins, ends, lag)
    return Ties(*(part[keep] for part in parts))


def _weights(
    rng: np.random.Generator, firms: pl.DataFrame, owner: Ints, rank: Ints, partners: Ints
) -> Floats:
    """Shares of a firm's trade; weaker firms hang on fewer partners."""
    steep = np.exp(rng.normal(-0.5, 0.42, len(partners)) - 0.2 * firms["quality"].to_numpy())
    raw = (1.0 + rank) ** -steep[owner] * np.exp(rng.normal(0, 0.35, len(owner)))
    return raw / np.bincount(owner, weights=raw)[owner]


def _lives(
    rng: np.random.Generator, plan: Plan, fates: Fates, owner: Ints, rank: Ints, *, sale: bool
) -> tuple[Ints, Ints]:
    """Most ties last; some begin or end in the window; a lost main buyer ends on its month."""
    size, draw = len(owner), rng.random(len(owner))
    at = rng.integers(0, plan.months, size)
    begins = np.where((draw < 0.16) & (rank > 0), at, 0)
    ends = np.where((draw > 0.84) & (rank > 0), at + 1, FOREVER)
    if sale:
        shock, month = fates.shock[owner], fates.shock_month[owner]
        ends = np.where((shock == SHOCKS.index("buyer_lost")) & (rank == 0), month, ends)
        begins = np.where((shock == SHOCKS.index("new_buyer")) & (rank == 0), month, begins)
    return begins, ends


def _pace(
    rng: np.random.Generator, firms: pl.DataFrame, owner: Ints, weight: Floats, *, sale: bool
) -> tuple[Floats, Floats]:
    """Invoices per month and their size, so that their product is the firm's trade with this party."""
    volume = firms["sales"].to_numpy()[owner]
    business = 1 - column_of("consumer").astype(float)[firms["industry"].to_numpy()][owner]
    part = business if sale else 1 - firms["margin"].to_numpy()[owner]
    often = firms["often"].to_numpy()[owner] * (np.sqrt(business) if sale else 0.62)
    tie_often = (often * weight**0.7 / np.bincount(owner, weights=weight**0.7)[owner]).clip(0.03, 30)
    spread = np.exp(rng.normal(0, 0.12, len(owner)))
    return tie_often, (volume * part * weight / tie_often * spread).clip(30, 950_000)


def _others(
    rng: np.random.Generator, plan: Plan, firms: pl.DataFrame, owner: Ints, internal: Flags, *, sale: bool
) -> Ints:
    """A partner of a fitting industry; outside, a long tail is led by core enterprises."""
    own = firms["industry"].to_numpy()
    fitting = _fitting("sells_to" if sale else "buys_from")
    wanted = fitting[own[owner], rng.integers(0, fitting.shape[1], len(owner))]
    kinds = len(column_of("code"))
    lead = (rng.random(len(owner)) ** 2.2 * (outside_count(plan) // kinds)).astype(int)
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


def parties(plan: Plan, firms: pl.DataFrame) -> pl.DataFrame:
    """Every party by number: the firms, then the outside ones."""
    own = firms.select(
        counterparty_id=pl.coalesce("credit_code", pl.format("GR{}", "customer_id")),
        name="name",
        customer_id="customer_id",
        industry_code="industry_code",
        region="region",
        core_enterprise=pl.lit(False),
        main_bank=pl.lit(str(table("places")["bank"])),
    )
    return pl.concat([own, _outside(plan)])


def _outside(plan: Plan) -> pl.DataFrame:
    rng = stream(plan.seed, "outside")
    count, places = outside_count(plan), table("places")["place"]
    place = choose(rng, 1 / np.arange(1.0, len(places) + 1), count)
    industry = np.arange(count) % len(column_of("code"))
    core = np.arange(count) < core_count(plan)
    return pl.DataFrame(
        {
            "counterparty_id": _outside_codes(plan, np.array([row["code"] for row in places])[place]),
            "name": _outside_names(rng, place, industry, core),
            "customer_id": texts([None] * count),
            "industry_code": column_of("code")[industry],
            "region": [f"{places[at]['province']}{places[at]['city']}市" for at in place.tolist()],
            "core_enterprise": core,
            "main_bank": np.array(BANKS, dtype=object)[choose(rng, [5, 4, 3, 4, 2, 2, 2, 3], count)],
        }
    )


def _outside_names(rng: np.random.Generator, place: Ints, industry: Ints, core: Flags) -> Array:
    places, rows = table("places")["place"], table("industries")["industry"]
    signs = np.array(LUCKY, dtype=object)[rng.integers(0, len(LUCKY), (3, len(place)))]
    cities = np.array([row["city"] for row in places], dtype=object)[place]
    words = np.array([row["words"][0] for row in rows], dtype=object)[industry]
    form = np.array(COMPANY, dtype=object)[np.where(core, 2, choose(rng, [0.85, 0.15], len(place)))]
    return (
        cities
        + signs[0]
        + signs[1]
        + np.where(rng.random(len(place)) < 0.4, signs[2], "")
        + words
        + np.where(core, "集团", "")
        + form
    )


def _outside_codes(plan: Plan, region: Array) -> list[str]:
    """Valid credit codes whose organisation part starts with MAW, different over all parts."""
    numbers = (
        plan.part * outside_count(plan) + np.arange(len(region)) if plan.part else np.arange(len(region))
    )
    start = np.array([[CREDIT_CODE_SIGNS.index(sign) for sign in "MAW"]]).repeat(len(region), axis=0)
    heads = np.char.add("91", region.astype("<U6"))
    codes: list[str] = credit_codes(heads, np.column_stack([start, base31(numbers, 5)])).tolist()
    return codes
