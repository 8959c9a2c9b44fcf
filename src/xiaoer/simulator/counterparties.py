"""Parties outside the bank: firms of every industry led by core enterprises, and each place's utilities."""

from typing import Any

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Flags, Floats, Ints, choose, flips, stream, texts
from xiaoer.simulator.firms import column_of
from xiaoer.simulator.manners import by_code, trading
from xiaoer.simulator.names import COMPANY, LUCKY
from xiaoer.simulator.rules import CREDIT_CODE_SIGNS, base31, credit_codes
from xiaoer.simulator.terms import Plan, table

BANKS = ["工商银行", "农业银行", "中国银行", "建设银行", "交通银行", "邮储银行", "招商银行", "农商银行"]
BANK_WEIGHTS = [5.0, 4, 3, 4, 2, 2, 2, 3]
PER_FIRM = 3
CODES_OF_A_PART = 400_000


def outside_count(plan: Plan) -> int:
    """How many parties outside the bank there are, utilities apart; their industry is their number modulo kinds."""
    kinds = len(column_of("code"))
    return max(2, plan.firms * PER_FIRM // kinds) * kinds


def core_count(plan: Plan) -> int:
    """How many of the outside parties are core enterprises, many firms' partner."""
    return max(4, plan.firms // 60)


def near_kinds() -> list[dict[str, Any]]:
    """The kinds of small purchases that each place has its own supplier of."""
    found: list[dict[str, Any]] = trading("small")["kind"]
    return found


def utility(plan: Plan, kind: Ints, place: Ints) -> Ints:
    """The party number of a place's supplier of a kind; they follow on the other outside parties."""
    return plan.firms + outside_count(plan) + kind * len(table("places")["place"]) + place


def industry_of(firms: pl.DataFrame, plan_outside: int, party: Ints) -> Ints:
    """The industry of a firm or an outside party by its number; utilities' kinds follow on the industries."""
    own, count, kinds = firms["industry"].to_numpy(), len(firms), len(column_of("code"))
    beyond = (party - count - plan_outside).clip(0) // len(table("places")["place"])
    outside = np.where(party - count < plan_outside, (party - count) % kinds, kinds + beyond)
    return np.where(party < count, own[party % count], outside)


def parties(plan: Plan, firms: pl.DataFrame) -> pl.DataFrame:
    """Every party by number: the firms, then the outside ones, then utilities."""
    own = firms.select(
        counterparty_id=pl.coalesce("credit_code", pl.format("GR{}", "customer_id")),
        name="name",
        customer_id="customer_id",
        industry_code="industry_code",
        region="region",
        core_enterprise=pl.lit(False),
        main_bank=pl.lit(str(table("places")["bank"])),
    )
    return pl.concat([own, _outside(plan), _utilities(plan)])


def _outside(plan: Plan) -> pl.DataFrame:
    rng = stream(plan.seed, "outside")
    count, places = outside_count(plan), table("places")["place"]
    place = choose(rng, 1 / np.arange(1.0, len(places) + 1), count)
    industry = np.arange(count) % len(column_of("code"))
    core = np.arange(count) < core_count(plan)
    bank = np.array(BANKS, dtype=object)[choose(rng, BANK_WEIGHTS, count)]
    return _frame(
        place,
        _codes(plan, place, np.arange(count)),
        _names(rng, place, industry, core),
        column_of("code")[industry],
        np.where(_unbanked(rng, industry) & ~core, None, bank),
        core,
    )


def _utilities(plan: Plan) -> pl.DataFrame:
    kinds, places = near_kinds(), len(table("places")["place"])
    kind, place = np.divmod(np.arange(len(kinds) * places), places)
    rng = stream(plan.seed, "utilities")
    words = np.array([row["word"] for row in kinds], dtype=object)[kind]
    signs = np.array(LUCKY, dtype=object)[rng.integers(0, len(LUCKY), (2, len(kind)))]
    names = (
        _of_places("city")[place] + _of_places("district")[place] + signs[0] + signs[1] + words + COMPANY[0]
    )
    return _frame(
        place,
        _codes(plan, place, outside_count(plan) + np.arange(len(kind))),
        names,
        np.array([row["industry"] for row in kinds])[kind],
        np.array(BANKS, dtype=object)[choose(rng, BANK_WEIGHTS, len(kind))],
        np.zeros(len(kind), dtype=bool),
    )


def _frame(
    place: Ints, codes: Array, names: Array, industry: Array, bank: Array, core: Flags
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "counterparty_id": codes.tolist(),
            "name": names.tolist(),
            "customer_id": texts([None] * len(place)),
            "industry_code": industry.tolist(),
            "region": (_of_places("province")[place] + _of_places("city")[place] + "市").tolist(),
            "core_enterprise": core,
            "main_bank": texts(bank),
        }
    )


def _codes(plan: Plan, place: Ints, number: Ints) -> Array:
    """Valid codes whose organisation part starts with MAW; no other part of a large bank uses them."""
    heads = np.array([f"91{row['code']}" for row in table("places")["place"]])[place]
    start = np.array([[CREDIT_CODE_SIGNS.index(sign) for sign in "MAW"]]).repeat(len(place), axis=0)
    return credit_codes(heads, np.column_stack([start, base31(number + plan.part * CODES_OF_A_PART, 5)]))


def _unbanked(rng: np.random.Generator, industry: Ints) -> Flags:
    """Cash traders, more of them on farms and markets, in shops and inns."""
    rule = trading("outside")
    lift = np.array([by_code(rule["unbanked_industries"], code, 1.0) for code in column_of("code")])
    chance: Floats = rule["unbanked"] * lift / lift.mean()
    return flips(rng, chance[industry], len(industry))


def _of_places(column: str) -> Array:
    return np.array([row[column] for row in table("places")["place"]], dtype=object)


def _names(rng: np.random.Generator, place: Ints, industry: Ints, core: Flags) -> Array:
    rows = table("industries")["industry"]
    signs = np.array(LUCKY, dtype=object)[rng.integers(0, len(LUCKY), (3, len(place)))]
    words = np.array([row["words"][0] for row in rows], dtype=object)[industry]
    form = np.array(COMPANY, dtype=object)[np.where(core, 2, choose(rng, [0.85, 0.15], len(place)))]
    third = np.where(rng.random(len(place)) < 0.4, signs[2], "")
    return _of_places("city")[place] + signs[0] + signs[1] + third + words + np.where(core, "集团", "") + form
