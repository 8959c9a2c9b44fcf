"""One bank, one year, several policies: the same history, the same luck, told apart only by whom they approach."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from multiprocessing import get_context
from time import perf_counter

import numpy as np

from bench.policies.oracle import Oracle
from bench.policies.product.memory import Memory
from bench.policies.product.policy import Product
from bench.policies.rivals import Propensity, balance, dutiful, none
from xiaoer.simulator.people.income import carried
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.terms import Actions
from xiaoer.simulator.terms import Plan
from xiaoer.simulator.world import open_bank

YEAR_WEEKS = 52
HISTORY_MONTHS = 18
Policy = Callable[[LivingBank], Actions]


@dataclass(frozen=True)
class Year:
    """What one policy made of one year: yuan (`carried` is that part of profit that lies beyond the year), counts."""

    policy: str
    seed: int
    profit: float
    carried: float
    churn: float
    complaints: int
    contacts: int
    blocked: int
    slowest_step: float


def policies(ends: int, remembered: Memory) -> dict[str, Policy]:
    """Each policy by name; `ends` is the week in which the year is over, `remembered` what the bank saw before it."""
    return {
        "none": none,
        "duties": dutiful,
        "balance": balance,
        "propensity": Propensity(),
        "product": Product(ends, remembered),
        "oracle": Oracle(ends),
    }


def history(firms: int, seed: int, end: date) -> tuple[LivingBank, Memory]:
    """A bank that lived by habit for eighteen months and has a year before it, and what could be seen meanwhile."""
    living, _ = open_bank(Plan(firms, HISTORY_MONTHS + 12, seed, end))
    memory = Memory()
    for _ in range(living.setting.weeks - YEAR_WEEKS):
        memory.watch(living)
        living.live_by_habit(1)
    return living, memory


def lived(name: str, policy: Policy, before: LivingBank) -> Year:
    """The year under one policy; `before` stays as it is."""
    bank = LivingBank(before.setting, deepcopy(before.life))
    here = bank.setting.present(bank.life.week, bank.life.closed)
    counted = {what: _count(bank, what) for what in ("complaints", "contacts")}
    earned, blocked, slowest = bank.life.earned.sum(), 0, 0.0
    while not bank.over:
        started = perf_counter()
        stopped = bank.step(bank.day, policy(bank))
        slowest = max(slowest, perf_counter() - started)
        blocked += sum(stopped.values())
    further = _carried(bank).sum()
    profit = bank.life.earned.sum() - earned + further
    left = here & ~np.isnat(bank.life.closed)
    return Year(
        name,
        bank.setting.plan.seed,
        float(profit),
        float(further),
        float(left.sum() / here.sum()),
        _count(bank, "complaints") - counted["complaints"],
        _count(bank, "contacts") - counted["contacts"],
        blocked,
        slowest,
    )


def _carried(bank: LivingBank) -> np.ndarray:
    """The further year's income on what is held at the end; the last week that was lived gives the levels."""
    life = deepcopy(bank.life)
    life.week -= 1
    return carried(bank.setting, life)


def _count(bank: LivingBank, what: str) -> int:
    blocks = bank.life.log.blocks.get(what, [])
    return sum(len(block["firm"]) for block in blocks)


def compare(
    firms: int, seeds: list[int], end: date, told: Callable[[Year], None], jobs: int = 1
) -> list[Year]:
    """Every policy on every seed; `jobs` banks side by side, each in a process of its own."""
    if jobs == 1:
        return [year for seed in seeds for year in _told(one_bank(firms, seed, end), told)]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        banks = pool.map(one_bank, repeat(firms), seeds, repeat(end))
        return [year for bank in banks for year in _told(bank, told)]


def one_bank(firms: int, seed: int, end: date) -> list[Year]:
    """Every policy's year on one bank."""
    before, memory = history(firms, seed, end)
    made = policies(before.setting.weeks, memory)
    return [lived(name, policy, before) for name, policy in made.items()]


def _told(years: list[Year], told: Callable[[Year], None]) -> list[Year]:
    for year in years:
        told(year)
    return years
