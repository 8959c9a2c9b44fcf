"""What firms are like towards their bank, and managers towards their firms: drawn once, written in no file."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator.catalogue import catalogue, fits, is_loan
from xiaoer.simulator.draws import Flags, Floats, Ints, flips, stream
from xiaoer.simulator.fates import Fates
from xiaoer.simulator.organisation import Organisation
from xiaoer.simulator.terms import Plan, figure, table

DIGITAL = ("E01", "E02")
SINGLE = np.float32


@dataclass(frozen=True)
class Folk:
    """Per firm unless said otherwise; standard normal where no unit is named."""

    mood: Floats  # satisfaction with nothing lately, whoever answers for it
    patience: Floats
    price: Floats  # price sensitivity over its mean
    liking: Floats  # firms × products: log-odds to take it when called, before need, mood, skill and channel
    nature: Ints  # firms × products: position in NATURES
    hot_start: (
        Floats  # firms × products: weekly chance that a need arises, season, growth and a first year apart
    )
    channel: Floats  # firms × channels: log-odds more for an offer
    hour: Ints  # when it is easily reached
    wilful: Flags  # stops paying though it could
    relieved: Floats  # log-odds that relief keeps it paying
    hands: Ints  # owner group: approaches are counted together
    keeper: Ints  # number of the manager, -1 for the branch's pool
    skill: Floats  # of each manager today
    skill_before: Floats  # of who held the portfolio before
    handed: Ints  # week in which each manager took over, -1
    small: Flags  # sole traders and owners
    weakness: Floats
    worth: Floats  # firms × products: yuan a year, loans apart
    consent: dict[str, Flags]


def draw_folk(
    plan: Plan,
    firms: pl.DataFrame,
    fates: Fates,
    bank: Organisation,
    keeper: Ints,
    hands: Ints,
    since: np.ndarray,
    start: np.datetime64,
) -> Folk:
    """Draw everybody's temper; `since` is what each firm holds when the window opens."""
    rng = stream(plan.seed, "folk")
    count = len(firms)
    digital = (~np.isnat(since[:, [_at(code) for code in DIGITAL]])).any(axis=1)
    small = firms["kind"].to_numpy() != "enterprise"
    liking = _liking(rng, firms)
    return Folk(
        mood=firms["satisfaction"].to_numpy(),
        patience=firms["patience"].to_numpy(),
        price=firms["price_sensitivity"].to_numpy() / 0.4,
        liking=liking,
        nature=_natures(rng, firms, digital, small, liking.shape[1]),
        hot_start=_hot_start(firms),
        channel=rng.normal(0, 0.45, (count, 3)),
        hour=rng.integers(9, 18, count),
        wilful=flips(rng, _figure("rescue", "wilful"), count),
        relieved=_figure("rescue", "willing")
        + _figure("rescue", "willing_cash") * firms["cash_buffer"].to_numpy()
        + rng.normal(0, 0.8, count),
        hands=hands,
        keeper=keeper,
        skill=_skills(plan, bank)[0],
        skill_before=_skills(plan, bank)[1],
        handed=_handed(bank, start),
        small=small,
        weakness=fates.weakness,
        worth=_worth(firms),
        consent={name: flips(rng, share, count) for name, share in table("mechanisms")["consents"].items()},
    )


def skill_of(folk: Folk, week: int) -> Floats:
    """Per firm the skill of whoever answers for it in a week; 0 for pools."""
    skill = np.where(week < folk.handed, folk.skill_before, folk.skill)
    return np.where(folk.keeper >= 0, skill[folk.keeper.clip(0)], 0.0)


def _figure(group: str, name: str) -> float:
    return float(table("mechanisms")[group][name])


def _at(code: str) -> int:
    return [str(row["id"]) for row in catalogue()].index(code)


def _skills(plan: Plan, bank: Organisation) -> tuple[Floats, Floats]:
    rng = stream(plan.seed, "skills")
    count = len(bank.managers)
    return rng.normal(size=count), rng.normal(size=count)


def _handed(bank: Organisation, start: np.datetime64) -> Ints:
    first = start.astype(object)
    return np.array([(day - first).days // 7 if day else -1 for day in bank.handed_over])


def _liking(rng: np.random.Generator, firms: pl.DataFrame) -> Floats:
    base = np.array([row["base"] for row in catalogue()], dtype=float).clip(1e-6, 0.9)
    taste = rng.normal(0, 0.6, (len(firms), len(base)))
    logit = np.log(base / (1 - base)) + np.log(figure("response_share") / 0.07) + figure("response_lift")
    need = 0.5 * firms["need"].to_numpy()[:, None]
    return (logit + need + taste + 0.3 * np.log(fits(firms))).astype(SINGLE)


def _natures(
    rng: np.random.Generator, firms: pl.DataFrame, digital: Flags, small: Flags, products: int
) -> Ints:
    """Who buys only if asked, who comes by itself, who wants nothing, whom asking puts off."""
    by, need = table("mechanisms")["nature"], firms["need"].to_numpy()
    odds = np.stack(
        [
            np.zeros(len(firms)),
            by["self_starter"] + by["self_starter_digital"] * digital + by["self_starter_need"] * need,
            by["not_interested"] + by["not_interested_need"] * need,
            by["contrary"]
            + by["contrary_patience"] * firms["patience"].to_numpy()
            + by["contrary_small"] * small,
        ]
    )
    edges = np.cumsum(np.exp(odds), axis=0)
    draw = rng.random((len(firms), products)) * edges[-1][:, None]
    return (draw[None] > edges[:-1, :, None]).sum(axis=0).astype(np.int8)


def _hot_start(firms: pl.DataFrame) -> Floats:
    """Needs arise oftener for the products that suit a firm."""
    by = table("mechanisms")["hot"]
    rows, need = catalogue(), firms["need"].to_numpy()
    rich = firms["cash_buffer"].to_numpy()
    lift = np.zeros((len(firms), len(rows)))
    for at, row in enumerate(rows):
        lift[:, at] = by["need"] * need
        lift[:, at] += by["rich"] * rich * (row["category"] in {"deposit", "wealth"})
    chance = by["start"] * fits(firms).clip(0, 2.5) * np.exp(lift - 0.25)
    chance[:, 0] = 0.0
    return chance.clip(0, 0.05).astype(SINGLE)


def _worth(firms: pl.DataFrame) -> Floats:
    """Fees and margins less running cost; a loan's margin comes from the loan itself."""
    rows, sales = catalogue(), firms["sales"].to_numpy()
    own = np.array([12 * (float(str(row["fee"])) - float(str(row["cost"]))) for row in rows])
    share = np.array([float(str(row.get("margin", 0))) * float(str(row.get("volume", 0))) for row in rows])
    return own[None, :] + np.where(is_loan(), 0.0, share)[None, :] * sales[:, None]
