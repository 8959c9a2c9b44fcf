"""What stands while the simulated months pass, and what changes from one to the next."""

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from xiaoer.simulator import catalogue, persons, registers
from xiaoer.simulator.accounts import Accounts, open_accounts
from xiaoer.simulator.days import DayBook, day_book
from xiaoer.simulator.draws import Floats, Ints
from xiaoer.simulator.fates import Fates, draw_fates
from xiaoer.simulator.firms import draw_firms
from xiaoer.simulator.lending import Loans, lend
from xiaoer.simulator.network import Ties, parties, weave
from xiaoer.simulator.organisation import Organisation, found
from xiaoer.simulator.rules import months_of
from xiaoer.simulator.terms import Month, Plan


@dataclass(frozen=True)
class World:
    """What stands while the months pass."""

    plan: Plan
    months: list[Month]
    bank: Organisation
    firms: pl.DataFrame
    fates: Fates
    loans: Loans
    ties: Ties
    parties: pl.DataFrame
    accounts: Accounts
    book: DayBook
    manager: Ints
    owner: Ints


@dataclass
class Running:
    """What changes from month to month."""

    balance: Ints
    owed: Floats  # months ahead × ties, fen
    shelf: catalogue.Shelf
    late: pl.DataFrame | None = None
    uses: list[Ints] = field(default_factory=list)  # payments per firm, by month
    sales: list[Floats] = field(default_factory=list)  # net sales per firm, by month
    dirt: Counter[str] = field(default_factory=Counter)


def found_world(plan: Plan) -> World:
    """Everything drawn before the first month begins."""
    months = months_of(plan)
    bank = found(plan, months)
    firms = draw_firms(plan, bank)
    fates = draw_fates(plan, months, firms)
    loans = lend(plan, months, firms, fates)
    return World(
        plan,
        months,
        bank,
        firms,
        fates,
        loans,
        weave(plan, firms, fates),
        parties(plan, firms),
        open_accounts(plan, firms),
        day_book(months),
        registers.share_out(plan, firms, bank, fates.borrower),
        persons.owner_of(plan, firms),
    )
