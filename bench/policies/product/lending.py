"""What a loan of each product would be for each firm, learnt from the loans that were drawn."""

from dataclasses import dataclass

import numpy as np

from bench.policies.product.memory import LOANS, Memory
from xiaoer.offers.worth import Worth
from xiaoer.simulator.curves import FTP
from xiaoer.simulator.lending import SECURITIES

FRESH_DAYS = 56
LEAST, MOST = 50_000, 10_000_000  # yuan, the products' terms
CALM = 1.0


@dataclass(frozen=True)
class Lending:
    """Firms × loan products: yuan; per product the margin a year over the money's price, and the loss share."""

    amount: np.ndarray
    margin: np.ndarray
    loss_share: np.ndarray


def lending_from(memory: Memory, turnover: np.ndarray, size: np.ndarray, terms: Worth) -> Lending:
    """Log amounts by product, turnover and size, ridge regression over loans drawn of late."""
    told = np.column_stack([np.log(turnover + 1000), size])
    rows, logs, rates = _drawn(memory, told)
    penalty = np.diag([0.1] * len(LOANS) + [CALM] * told.shape[1])
    weights = np.linalg.solve(rows.T @ rows + penalty, rows.T @ logs)
    spread = float((logs - rows @ weights).std())
    own = told @ weights[len(LOANS) :]
    amount = np.exp(own[:, None] + weights[None, : len(LOANS)] + spread**2 / 2).clip(LEAST, MOST)
    product = rows[:, : len(LOANS)]
    margin = (rates @ product) / product.sum(axis=0).clip(1) - FTP["ftp_asset"]
    return Lending(amount, margin, np.array([terms.loss_share[name] for name in SECURITIES]))


def _drawn(memory: Memory, told: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A row a loan first seen soon after it was drawn: product and what is told of its firm; log yuan; rate."""
    rows, logs, rates = [], [], []
    for month in memory.months:
        old = (month.day - month.drawn).astype("timedelta64[D]").astype(float)
        firm, place = np.nonzero((month.owed > 0) & ((old < FRESH_DAYS) | (month is memory.months[0])))
        rows.append(np.column_stack([np.eye(len(LOANS))[place], told[firm]]))
        logs.append(np.log(month.owed[firm, place]))
        rates.append(month.rate[firm, place])
    return np.concatenate(rows), np.concatenate(logs), np.concatenate(rates)
