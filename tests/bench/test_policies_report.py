"""Policies compared seed by seed, on years made by hand."""

import pytest

from bench.policies.report import paired, share_of_oracle
from bench.policies.running import Year


def year(policy: str, seed: int, profit: float, complaints: int, contacts: int) -> Year:
    return Year(policy, seed, profit, 0.0, 0.1, complaints, contacts, 0, 0.0)


YEARS = [
    *(year("none", seed, 100.0 * seed, 5, 0) for seed in (1, 2, 3)),
    *(year("product", seed, 100.0 * seed + 50 + seed, 5 + seed, 10) for seed in (1, 2, 3)),
    *(year("oracle", seed, 100.0 * seed + 104, 20, 90) for seed in (1, 2, 3)),
]


def test_differences_are_taken_on_the_same_seed() -> None:
    row = next(row for row in paired(YEARS) if (row["policy"], row["against"]) == ("product", "none"))
    # 51, 52, 53: mean 52, spread 1, half width 4.303 / sqrt(3)
    assert (row["profit"], row["low"], row["high"], row["seeds_ahead"]) == (52, 50, 54, 3)
    assert row["complaints"]["mean"] == 2
    assert row["contacts"] == {"mean": 10, "low": 10, "high": 10}


def test_the_share_of_the_oracles_gain() -> None:
    assert share_of_oracle(YEARS) == {"product": pytest.approx(0.5)}
    assert share_of_oracle(YEARS[:3]) == {}
