"""Policies that see what the bank sees: nobody, the largest balance first, the highest propensity first."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier

from xiaoer.simulator.catalogue import product_ids
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.seen import seen
from xiaoer.simulator.people.terms import (
    CALL,
    COLLECTION,
    OFFER,
    RENEWAL,
    VISIT,
    Actions,
    actions,
    nothing,
    together,
)

REST_DAYS, OFFER_REST_DAYS = 28, 90
RENEW_DAYS = 60
PLAIN_FEATURES = 7


def none(_living: LivingBank) -> Actions:
    """Nobody is approached for anything."""
    return nothing()


def dutiful(living: LivingBank) -> Actions:
    """Only what every bank does anyhow: the reference for what offers add."""
    return duties(seen(living), living)


def balance(living: LivingBank) -> Actions:
    """Duties first; then the firms with the largest deposits, about the first popular product they lack."""
    known = seen(living)
    firms = _rested(known, living, REST_DAYS).sort("deposits", "i", descending=[True, False])
    lacking = _lacking(known, firms["i"].to_numpy(), living)
    popular = np.argsort(-_popularity(known), kind="stable")
    product = popular[lacking[:, popular].argmax(axis=1)]
    return together([duties(known, living), _calls(living, firms, product)])


@dataclass
class Propensity:
    """The usual marketing score: who accepts when asked, learnt from every offer so far; highest first."""

    model: HistGradientBoostingClassifier | None = None

    def __call__(self, living: LivingBank) -> Actions:
        known = seen(living)
        if self.model is None:
            self.model = self._learn(living, known)
        firms = _rested(known, living, REST_DAYS)
        i = firms["i"].to_numpy()
        features = _features(known, living)
        products = len(product_ids())
        rows = _rows(features, np.repeat(i, products), np.tile(np.arange(products), len(i)))
        chance = self.model.predict_proba(rows)[:, 1].reshape(len(i), products)
        chance = np.where(_lacking(known, i, living), chance, -1.0)
        best = chance.argmax(axis=1)
        order = np.argsort(-chance.max(axis=1), kind="stable")
        return together([duties(known, living), _calls(living, firms[order], best[order])])

    def _learn(self, living: LivingBank, known: dict[str, pl.DataFrame]) -> HistGradientBoostingClassifier:
        made = known["contacts"].filter(
            (pl.col("purpose") == "offer")
            & (pl.col("outcome") != "not_reached")
            & pl.col("product_id").is_not_null()
        )
        product = np.array([product_ids().index(code) for code in made["product_id"]])
        features = _features(known, living)
        rows = _rows(features, made["i"].to_numpy(), product)
        model = HistGradientBoostingClassifier(
            max_iter=120,
            learning_rate=0.06,
            max_leaf_nodes=12,
            categorical_features=[rows.shape[1] - 1],
            random_state=0,
        )
        return model.fit(rows, (made["outcome"] == "accepted").to_numpy())


def duties(known: dict[str, pl.DataFrame], living: LivingBank) -> Actions:
    """Call those who do not pay (which, here, moves nobody to pay), speak with those whose loan falls due."""
    day, notes = living.day, known["notes"]
    late = notes.filter((pl.col("days_past_due") > 0) & (pl.col("days_past_due") < 180))["i"].unique().sort()
    talked = known["contacts"].filter(
        (pl.col("purpose") == "renewal") & (pl.col("contact_date") > day - pl.duration(days=RENEW_DAYS))
    )
    due = (
        notes.filter(pl.col("due_date").is_between(day, day + pl.duration(days=RENEW_DAYS)))["i"]
        .unique()
        .sort()
    )
    due = due.filter(~due.is_in(talked["i"].implode()))
    weekly = late.filter((late + living.life.week) % 2 == 0)
    return together([actions(weekly.to_numpy(), COLLECTION, CALL), actions(due.to_numpy(), RENEWAL, CALL)])


def _calls(living: LivingBank, firms: pl.DataFrame, product: np.ndarray) -> Actions:
    """Offers by call, every sixth by a visit where the firm has a manager."""
    visit = firms["staff_id"].is_not_null().to_numpy() & (np.arange(len(firms)) % 6 == 0)
    return actions(firms["i"].to_numpy(), OFFER, np.where(visit, VISIT, CALL), product)


def _rested(known: dict[str, pl.DataFrame], living: LivingBank, days: int) -> pl.DataFrame:
    """Customers nobody has approached for so many days."""
    recent = (
        known["contacts"].filter(pl.col("contact_date") > living.day - pl.duration(days=days))["i"].unique()
    )
    return known["customers"].filter(~pl.col("i").is_in(recent.implode()))


def _lacking(known: dict[str, pl.DataFrame], i: np.ndarray, living: LivingBank) -> np.ndarray:
    """Firms × products: neither held nor offered in the last months; the settlement account is no offer."""
    lacking = np.ones((len(living.setting.firms), len(product_ids())), dtype=bool)
    recent = known["contacts"].filter(
        pl.col("contact_date") > living.day - pl.duration(days=OFFER_REST_DAYS),
        pl.col("product_id").is_not_null(),
    )
    for frame in (known["holdings"], recent):
        lacking[frame["i"].to_numpy(), [product_ids().index(code) for code in frame["product_id"]]] = False
    lacking[:, 0] = False
    return lacking[i]


def _popularity(known: dict[str, pl.DataFrame]) -> np.ndarray:
    """Per product how many hold it."""
    counts = dict(known["holdings"].group_by("product_id").len().iter_rows())
    return np.array([counts.get(code, 0) for code in product_ids()])


def _features(known: dict[str, pl.DataFrame], living: LivingBank) -> np.ndarray:
    """Firms × features, what a bank's marketing score would know."""
    count = len(living.setting.firms)
    held = np.zeros((count, len(product_ids())))
    holdings = known["holdings"]
    held[holdings["i"].to_numpy(), [product_ids().index(code) for code in holdings["product_id"]]] = 1
    table = np.full((count, PLAIN_FEATURES), np.nan)
    customers = known["customers"].with_columns(
        age=(pl.lit(living.day) - pl.col("opened_date")).dt.total_days(),
        size=(pl.col("turnover") + 1).log(),
        kept=(pl.col("deposits") + 1).log(),
        industry=pl.col("industry_code")
        .str.slice(0, 1)
        .replace_strict({c: n for n, c in enumerate("ACEFGHILMOPQ")}, default=-1),
        small=(pl.col("kind") != "enterprise").cast(pl.Int8),
    )
    table[customers["i"].to_numpy()] = customers.select(
        "age", "size", "kept", "industry", "small", "growth", "staff_count"
    ).to_numpy()
    return np.column_stack([table, held])


def _rows(features: np.ndarray, i: np.ndarray, product: np.ndarray) -> np.ndarray:
    """Rows of (firm, product asked); whoever is asked did not hold it then, whatever the shelf says now."""
    rows = features[i].copy()
    rows[np.arange(len(i)), PLAIN_FEATURES + product] = 0
    return np.column_stack([rows, product])
