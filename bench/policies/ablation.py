"""Where the oracle's gain comes from: `python -m bench.policies.ablation [--seeds N] [--first SEED]`.

The oracle of the tuning seeds with some of its actions taken away, with every contact charged, or without one part of
what it knows; then the product with one thing told that no bank knows. `--only product` leaves the oracle's rows as
they were kept. Each year is a few seconds; results go to bench/results/policies_ablation.json.
"""

import argparse
import json
import os
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import date

import numpy as np

from bench.policies.informed import informed
from bench.policies.oracle import Oracle, fitted
from bench.policies.rivals import none
from bench.policies.running import Policy, history, lived
from bench.watching import CHECKOUT, commit
from xiaoer.simulator.people.folk import Folk
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.setting import Setting, loan_columns
from xiaoer.simulator.people.terms import CARE, OFFER, RENEWAL, RESCUE, RETENTION, VISIT, Actions, Life

RESULTS = CHECKOUT / "bench" / "results" / "policies_ablation.json"
DAY = date(2026, 10, 31)
ALL = (OFFER, CARE, RENEWAL, RETENTION, RESCUE)


class Lesser(Oracle):
    """The oracle with fewer kinds of action, every contact charged, or parts of what it knows hidden."""

    def __init__(self, ends: int, hidden: str = "", charge: float = 0.0, **only: tuple[int, ...]) -> None:
        super().__init__(ends)
        self.hidden, self.charge = set(hidden.split()), charge
        self.kinds, self.channels = only.get("kinds", ALL), only.get("channels", (0, 1, 2))
        self.products = only.get("products", ())

    def __call__(self, living: LivingBank) -> Actions:
        setting, life = living.setting, living.life
        wish, value = self._candidates(self._blurred(setting), self._unaware(setting, life))
        allowed = np.isin(wish.kind, self.kinds) & np.isin(wish.channel, self.channels)
        value = np.where(allowed, value - self.charge, -1.0)
        order = np.argsort(-value, kind="stable")
        order = order[value[order] > 0]
        return fitted(setting, life, wish.only(order), value[order])

    def _product_value(self, setting: Setting, life: Life) -> np.ndarray:
        value = super()._product_value(setting, life)
        if self.products:
            value[:, ~np.isin(np.arange(value.shape[1]), self.products)] = 0.0
        return value

    def _blurred(self, setting: Setting) -> Setting:
        """The same bank with firms' hidden traits replaced by the middle firm's."""
        blurred = copy(setting)
        object.__setattr__(blurred, "folk", replace(setting.folk, **self._middle(setting.folk)))
        if "size" in self.hidden:
            blurred.__dict__["sales"] = np.full_like(setting.sales, np.exp(np.log(setting.sales).mean()))
        return blurred

    def _middle(self, folk: Folk) -> dict[str, np.ndarray]:
        traits = {
            "liking": np.broadcast_to(folk.liking.mean(axis=0), folk.liking.shape),
            "nature": np.zeros_like(folk.nature),
            "channel": np.zeros_like(folk.channel),
            "hour": np.full_like(folk.hour, 13),
            "mood": np.zeros_like(folk.mood),
            "patience": np.zeros_like(folk.patience),
            "weakness": np.full_like(folk.weakness, np.median(folk.weakness)),
        }
        return {name: value for name, value in traits.items() if name in self.hidden}

    def _unaware(self, setting: Setting, life: Life) -> Life:
        unaware = copy(life)
        if "need" in self.hidden:
            unaware.hot = np.zeros_like(life.hot)
        if "fate" in self.hidden:
            come = life.stops <= setting.day(life.week)
            unaware.stops = np.where(come, life.stops, np.datetime64("NaT"))
            unaware.dies = np.full_like(life.dies, np.datetime64("NaT"))
        return unaware


def variants(ends: int) -> dict[str, Lesser]:
    """Each by its name, the whole oracle first."""
    loans = tuple(loan_columns().tolist())
    without = {"offers": OFFER, "care": CARE, "renewal": RENEWAL, "retention": RETENTION, "relief": RESCUE}
    made = {"whole": Lesser(ends)}
    made |= {f"only {name}": Lesser(ends, kinds=(kind,)) for name, kind in without.items()}
    made |= {
        f"without {name}": Lesser(ends, kinds=tuple(k for k in ALL if k != kind))
        for name, kind in without.items()
    }
    made["only offers of loans"] = Lesser(ends, kinds=(OFFER,), products=loans)
    made["only offers by visit"] = Lesser(ends, kinds=(OFFER,), channels=(VISIT,))
    made |= {f"each contact charged {yuan}": Lesser(ends, charge=float(yuan)) for yuan in (1000, 2000)}
    hidden = ("need", "liking", "nature", "channel", "hour", "weakness", "fate", "size")
    made |= {f"charged 1000, {name} unknown": Lesser(ends, name, 1000.0) for name in hidden}
    made["charged 1000, need, liking, nature and channel unknown"] = Lesser(
        ends, "need liking nature channel", 1000.0
    )
    return made


def main() -> None:
    """Run and keep: per variant the gain over none in yuan a year, contacts and complaints, means over seeds."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--firms", type=int, default=2_000)
    asked.add_argument("--seeds", type=int, default=3)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--only", choices=("oracle", "product"))
    given = asked.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    found: dict[str, list[list[float]]] = {}
    for seed in range(given.first, given.first + given.seeds):
        for name, row in one_bank(given.firms, seed, given.only):
            found.setdefault(name, []).append(row)
            print(f"{seed:>5} {name:<55} {row[0] / 1e4:8.0f} x 10,000 yuan", flush=True)
    keep(found, given)


def one_bank(firms: int, seed: int, only: str | None) -> Iterator[tuple[str, list[float]]]:
    """Every variant's year on one bank: gain over none in yuan, contacts, complaints."""
    before, memory = history(firms, seed, DAY)
    nobody, ends = lived("none", none, before), before.setting.weeks
    made: dict[str, Policy] = {}
    if only != "product":
        made |= variants(ends)
    if only != "oracle":
        made |= informed(ends, memory)
    for name, policy in made.items():
        year = lived(name, policy, before)
        yield name, [year.profit - nobody.profit, year.contacts, year.complaints]


def keep(found: dict[str, list[list[float]]], given: argparse.Namespace) -> None:
    """Write the means, and what each seed gained; rows of variants that were not run stay as they were."""
    rows = {
        name: {
            "variant": name,
            **dict(zip(("gain", "contacts", "complaints"), np.mean(years, axis=0).round(), strict=True)),
            "gains": [round(year[0]) for year in years],
            "seeds": [given.first + at for at in range(len(years))],
            "commit": commit(),
        }
        for name, years in found.items()
    }
    before = json.loads(RESULTS.read_text("utf-8"))["rows"] if RESULTS.exists() else []
    kept = {row["variant"]: row for row in before} | rows
    page = {"firms": given.firms, "rows": list(kept.values())}
    RESULTS.write_text(json.dumps(page, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
