"""The credit file: collateral and its valuations, applications with their stages, papers."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Floats, Ints, choose, codes, expand, flips, stream, texts, within
from xiaoer.simulator.fates import NO_DAY
from xiaoer.simulator.firms import yearly_sales
from xiaoer.simulator.lending import ONE_DAY, PRODUCTS, WAN, Loans
from xiaoer.simulator.terms import Month, Plan
from xiaoer.simulator.world import World

PAPERS = np.array(
    ["licence", "identity", "statement", "tax_certificate", "bank_statement", "site_photo"], dtype=object
)
STAGES = np.array(["received", "survey", "form", "review", "approval", "signing"], dtype=object)
DECLINES = np.array(["credit_record", "cash_flow", "collateral", "documents", "policy"], dtype=object)
SOURCES = np.array(["manager", "app", "branch", "referral"], dtype=object)


@dataclass(frozen=True)
class Requests:
    """Side by side: whose, when received, days until drawn, how it ended, fen asked, product, rate agreed.

    `state`: 0 drawn, 1 declined, 2 withdrawn, 3 under way.
    """

    i: Ints
    day: Array
    wait: Ints
    state: Ints
    fen: Ints
    product: Ints
    rate: Floats


def collateral_file(plan: Plan, firms: pl.DataFrame, loans: Loans, owner: Ints) -> pl.DataFrame:
    """One property per mortgage contract; `worth` (fen) feeds the valuations."""
    rng = stream(plan.seed, "collateral")
    chosen = loans.contracts.filter(pl.col("product") == 1)
    count, i = len(chosen), chosen["i"].to_numpy()
    kind = choose(rng, [6, 3, 2], count)
    size = rng.integers(60, 220, count) * np.array([1, 2, 8])[kind]
    worth = chosen["amount"].to_numpy() / rng.uniform(0.4, 0.75, count)
    words = np.array(["住宅", "商铺", "厂房"], dtype=object)[kind]
    done = chosen["due"].to_numpy() < np.datetime64(plan.end)
    frame = pl.DataFrame(
        {
            "customer_id": firms["customer_id"].gather(i),
            "contract_id": chosen["contract_id"],
            "kind": texts(np.array(["residence", "commercial", "factory"], dtype=object)[kind]),
            "owner_id": texts(codes(plan.mark("P"), owner[i] + 1, 7)),
            "description": texts(
                [f"{word} {area} 平方米" for word, area in zip(words, size.tolist(), strict=True)]
            ),
            "address": firms["region"].gather(i) + firms["district"].gather(i),
            "registered_date": chosen["drawn"].to_numpy() - ONE_DAY,
            "rank": np.where(flips(rng, 0.9, count), 1, 2),
            "insured_until": chosen["due"],
            "status": np.where(done, "released", "held"),
            "worth": np.round(worth / WAN).astype(np.int64) * WAN,
        }
    )
    return frame.with_columns(
        collateral_id=pl.concat_str(
            pl.lit(plan.mark("M")), pl.int_range(pl.len()).cast(pl.String).str.zfill(7)
        )
    )


def valuations_of(plan: Plan, month: Month, collateral: pl.DataFrame) -> pl.DataFrame:
    """Valued when registered and yearly; prices slide a little. The first file brings the older ones."""
    frames = []
    for year in range(4):
        rng = stream(plan.seed, "valuations", year)
        day = collateral["registered_date"].to_numpy() - 12 * ONE_DAY + np.timedelta64(365 * year, "D")
        fall = (1 - 0.035 * year) * rng.uniform(0.97, 1.03, len(collateral))
        frames.append(
            pl.DataFrame(
                {
                    "collateral_id": collateral["collateral_id"],
                    "valued_date": day,
                    "value": np.round(collateral["worth"].to_numpy() * fall / WAN).astype(np.int64) * WAN,
                    "method": ["market" if year == 0 else "internal"] * len(collateral),
                    "valuer": ["湖北荆楚资产评估公司" if year == 0 else "本行"] * len(collateral),
                    "next_due_date": day + np.timedelta64(365, "D"),
                }
            )
        )
    whole = pl.concat(frames).filter(pl.col("valued_date") <= month.last)
    return whole if month.index == 0 else whole.filter(pl.col("valued_date") >= month.first)


def application_file(world: World, keepers: Array, officers: Array) -> pl.DataFrame:
    """Requests behind the window's contracts, those turned down, those withdrawn or still under way."""
    plan, firms, loans = world.plan, world.firms, world.loans
    rng = stream(plan.seed, "applications")
    drawn = loans.contracts.filter(pl.col("drawn") >= world.months[0].first)
    said = world.life.log.joined("applications")
    declined = ~said["granted"] if said else np.zeros(0, dtype=bool)
    others = _dropped(rng, world)
    i = np.concatenate([drawn["i"].to_numpy(), said["i"][declined] if said else [], others]).astype(int)
    count, head = len(i), len(drawn)
    wait = 4 + rng.poisson(7, count)
    span = (world.months[-1].last - world.months[0].first).days
    day = np.datetime64(world.months[0].first) + rng.integers(0, span + 1, count).astype("timedelta64[D]")
    day[:head] = drawn["drawn"].to_numpy() - wait[:head].astype("timedelta64[D]")
    day[head : count - len(others)] = said["day"][declined] if said else day[:0]
    asked = yearly_sales(firms)[i] * rng.uniform(0.05, 0.3, count) / 10_000
    fen = np.round(asked).clip(5, 1000).astype(np.int64) * WAN
    fen[:head] = drawn["amount"].to_numpy()
    product = rng.integers(0, 4, count)
    product[:head] = drawn["product"].to_numpy()
    product[head : count - len(others)] = said["product"][declined] if said else product[:0]
    rate = np.concatenate([drawn["rate"].to_numpy(), np.full(count - head, np.nan)])
    state = _ends(plan, day, head, len(others), drawn["drawn"].to_numpy())
    return _applications(
        rng, plan, firms, Requests(i, day, wait, state, fen, product, rate), keepers, officers
    )


def _dropped(rng: np.random.Generator, world: World) -> Ints:
    """Firms that asked and withdrew, or whose request is still under way."""
    firm = rng.integers(0, len(world.firms), max(3, len(world.firms) // 30))
    return firm[world.firms["closed_date"].is_null().to_numpy()[firm]]


def _ends(plan: Plan, day: Array, head: int, tail: int, drawn: Array) -> Ints:
    """How each request ended; what was asked in the last days, or is to be paid out later, is under way."""
    state = np.ones(len(day), dtype=np.int64)
    state[:head] = np.where(drawn <= np.datetime64(plan.end), 0, 3)
    recent = day > np.datetime64(plan.end) - 16 * ONE_DAY
    late = np.arange(len(day)) >= len(day) - tail
    return np.where(late, np.where(recent, 3, 2), state)


def _applications(
    rng: np.random.Generator,
    plan: Plan,
    firms: pl.DataFrame,
    asked: Requests,
    keepers: Array,
    officers: Array,
) -> pl.DataFrame:
    count, state, wait = len(asked.i), asked.state, asked.wait.astype("timedelta64[D]")
    granted, declined, under_way = state == 0, state == 1, state == 3
    order = rng.permuted(np.tile(officers, (count, 1)), axis=1)
    stage, decision = _stages(rng, state)
    decided = np.minimum(asked.day + wait - ONE_DAY, np.datetime64(plan.end))
    frame = pl.DataFrame(
        {
            "customer_id": firms["customer_id"].gather(asked.i),
            "product_id": texts(PRODUCTS[asked.product]),
            "received_date": asked.day,
            "source": texts(SOURCES[choose(rng, [6, 3, 2, 1], count)]),
            "amount": asked.fen,
            "term_months": np.where(asked.product == 1, 36, 12),
            "stage": texts(stage.astype(object)),
            "survey_minutes": np.where(stage == "received", 0, rng.integers(110, 190, count)),
            "form_minutes": np.where(np.isin(stage, ["received", "survey"]), 0, rng.integers(55, 125, count)),
            "decision": texts(np.where(decision == "", None, decision.astype(object))),
            "decided_date": np.where(under_way, NO_DAY, decided),
            "decline_reason": texts(np.where(declined, DECLINES[choose(rng, [3, 4, 2, 2, 1], count)], None)),
            "approved_amount": pl.Series(np.where(granted, asked.fen, -1)),
            "approved_rate": pl.Series(np.where(granted, asked.rate, np.nan)).fill_nan(None),
            "drawn_date": np.where(granted, asked.day + wait, NO_DAY),
            "prepared_by": texts(keepers[asked.i]),
            "reviewed_by": texts(np.where(under_way, None, order[:, 0])),
            "approved_by": texts(np.where(granted | declined, order[:, 1], None)),
        }
    ).sort("received_date", "customer_id", "amount", maintain_order=True)
    number = pl.int_range(pl.len()).cast(pl.String).str.zfill(7)
    return frame.with_columns(
        approved_amount=pl.when(pl.col("approved_amount") >= 0).then("approved_amount"),
        application_id=pl.concat_str(pl.lit(plan.mark("U")), number),
    )


def _stages(rng: np.random.Generator, state: Ints) -> tuple[Array, Array]:
    """Where each request stands, and what was decided ("" where nothing yet)."""
    ended = [state == 0, state == 1, state == 2]
    on_the_way = STAGES[rng.integers(0, len(STAGES), len(state))]
    stage = np.select(ended, ["drawn", "declined", "withdrawn"], on_the_way)
    return stage, np.select(ended, ["approved", "declined", "withdrawn"], "")


def document_file(plan: Plan, applications: pl.DataFrame, clerk: str) -> pl.DataFrame:
    """Six papers per application of the last year; a few missing, a few out of date."""
    rng = stream(plan.seed, "documents")
    recent = applications.filter(pl.col("received_date") > plan.end - pl.duration(days=365))
    six = np.full(len(recent), len(PAPERS))
    at, number = expand(six), within(six)
    count = len(at)
    received = recent["received_date"].to_numpy()[at] + rng.integers(0, 4, count).astype("timedelta64[D]")
    received = np.minimum(received, np.datetime64(plan.end))
    fate = choose(rng, [90, 6, 4], count)
    state = np.array(["verified", "received", "missing"], dtype=object)[fate]
    photo = number == len(PAPERS) - 1
    until = received + np.where(number < 2, rng.integers(-60, 3000, count), 365).astype("timedelta64[D]")
    expired = (until < np.datetime64(plan.end)) & (fate == 0)
    return pl.DataFrame(
        {
            "document_id": texts(codes(plan.mark("F"), np.arange(count) + 1, 7)),
            "customer_id": recent["customer_id"].gather(at),
            "application_id": recent["application_id"].gather(at),
            "kind": texts(PAPERS[number]),
            "status": texts(np.where(expired, "expired", state)),
            "received_date": np.where(fate == 2, NO_DAY, received),
            "expires_date": np.where(fate == 2, NO_DAY, until),
            "verified_by": texts(np.where(fate == 0, clerk, None)),
            "longitude": pl.Series(np.where(photo, 114.2 + rng.random(count) * 0.2, np.nan)).fill_nan(None),
            "latitude": pl.Series(np.where(photo, 30.5 + rng.random(count) * 0.2, np.nan)).fill_nan(None),
        }
    )
