"""What stands while the simulated months pass, what changes from one to the next, and what the weeks brought."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from xiaoer.simulator import catalogue, persons, registers
from xiaoer.simulator.accounts import Accounts, open_accounts
from xiaoer.simulator.carried import Carried
from xiaoer.simulator.counterparties import parties
from xiaoer.simulator.days import DayBook, day_book
from xiaoer.simulator.dirt import Dirt
from xiaoer.simulator.draws import Array, Days, Floats, Ints
from xiaoer.simulator.fates import NO_DAY, Fates, draw_fates
from xiaoer.simulator.firms import draw_firms
from xiaoer.simulator.lending import Loans, first_contracts, lend
from xiaoer.simulator.network import Ties, weave
from xiaoer.simulator.organisation import Organisation, found
from xiaoer.simulator.people.folk import draw_folk
from xiaoer.simulator.people.living import LivingBank, begin
from xiaoer.simulator.people.setting import Setting
from xiaoer.simulator.people.terms import WHY_LEFT, Actions, Life
from xiaoer.simulator.rules import months_of
from xiaoer.simulator.spreading import spread
from xiaoer.simulator.terms import Month, Plan

NEW_ACCOUNT_DAYS = 30


@dataclass(frozen=True)
class World:
    """What stands while the months pass; `life` is how the weeks went, all of them."""

    plan: Plan
    months: list[Month]
    bank: Organisation
    firms: pl.DataFrame
    fates: Fates
    setting: Setting
    life: Life
    loans: Loans
    ties: Ties
    parties: pl.DataFrame
    accounts: Accounts
    book: DayBook
    manager: Ints
    owner: Ints

    @cached_property
    def contacts(self) -> dict[str, Array]:
        """Every contact of the window; no rows where nobody was approached."""
        none: dict[str, Array] = {
            name: np.zeros(0, dtype=np.int64) for name in (*Actions.__annotations__, "week")
        }
        none |= {"day": np.full(0, NO_DAY), "outcome": np.zeros(0, dtype=object), "mood": np.zeros(0)}
        return self.life.log.joined("contacts") or none

    @cached_property
    def lists(self) -> dict[str, Array]:
        """Every row of the campaigns' lists."""
        return self.life.log.joined("lists")

    @cached_property
    def complaints(self) -> dict[str, Array]:
        """Every complaint of the window."""
        return self.life.log.joined("complaints")


@dataclass
class Running:
    """What changes from month to month."""

    balance: Ints
    owed: Floats  # months ahead × ties, fen
    carried: Carried = field(default_factory=Carried)  # of passing trade
    uses: list[Ints] = field(default_factory=list)  # payments per firm, by month
    sales: list[Floats] = field(default_factory=list)  # net sales per firm, by month
    dirt: Dirt = field(default_factory=Dirt)


def open_bank(plan: Plan) -> tuple[LivingBank, Ties]:
    """A bank on its first day, ready to be stepped; with it the trade between its firms."""
    months = months_of(plan)
    bank = found(plan, months)
    firms = draw_firms(plan, bank)
    fates = draw_fates(plan, months, firms)
    ties = weave(plan, firms, fates)
    fates = spread(plan, months, fates, ties, firms["substitution"].to_numpy())
    manager = registers.share_out(plan, firms, bank, fates.borrower)
    since = catalogue.fill_shelf(plan, firms, months[0].first)
    start = np.datetime64(months[0].first)
    owner = persons.owner_of(plan, firms)
    folk = draw_folk(plan, firms, fates, bank, manager, owner, since, start)
    setting = Setting(plan, months, bank, firms, fates, folk, day_book(months))
    owed = first_contracts(plan, months[0].first, firms, fates)
    return LivingBank(setting, begin(setting, since, owed)), ties


def found_world(plan: Plan) -> World:
    """The whole window as the bank lived it by habit, before the first file is written."""
    living, ties = open_bank(plan)
    living.live_by_habit(living.setting.weeks)
    return told(living, ties)


def told(living: LivingBank, ties: Ties) -> World:
    """A lived window as the world that the files are written from."""
    setting, life = living.setting, living.life
    plan, months = setting.plan, setting.months
    firms = setting.firms.with_columns(
        closed_date=pl.Series(life.closed), closed_reason=pl.Series(_reasons(life), dtype=pl.String)
    )
    accounts = open_accounts(plan, firms, _saving_since(life, firms), months[0].first)
    drawn_up = life.log.joined("contracts")
    ended = _ended(life, len(drawn_up["i"]))
    loans = lend(plan, drawn_up, ended, life.stops, setting.fates.weakness)
    return World(
        plan,
        months,
        setting.bank,
        firms,
        setting.fates,
        setting,
        life,
        loans,
        ties,
        parties(plan, firms),
        accounts,
        setting.days,
        setting.folk.keeper,
        setting.folk.hands,
    )


def _reasons(life: Life) -> list[str | None]:
    words = (*WHY_LEFT, None)
    return [words[at] if gone else None for at, gone in zip(life.reason, ~np.isnat(life.closed), strict=True)]


def _saving_since(life: Life, firms: pl.DataFrame) -> Days:
    since = life.since[:, catalogue.product_ids().index("D02")]
    opened = firms["opened_date"].to_numpy() + np.timedelta64(NEW_ACCOUNT_DAYS, "D")
    return np.where(np.isnat(since), NO_DAY, np.maximum(since, opened))


def _ended(life: Life, contracts: int) -> Days:
    """The day each contract was paid off early, NaT for the others."""
    ended = np.full(contracts, NO_DAY)
    early = life.log.joined("early")
    if early:
        ended[early["contract"]] = early["day"]
    return ended


def fading(world: World, month: Month) -> Floats:
    """Per firm how much of its business still goes through the bank in a month; less while it is on its way out."""
    share = np.ones(len(world.firms))
    partings = _partings(world)
    if not partings:
        return share
    middle = np.datetime64(month.first) + np.timedelta64(15, "D")
    way = (middle - partings["since"]) / (partings["planned"] - partings["since"])
    running = (way > 0) & (middle <= partings["until"])
    np.minimum.at(share, partings["firm"][running], 1 - 0.85 * way[running].clip(0, 1))
    return share


def _partings(world: World) -> dict[str, Array]:
    """Ways out that came to an end, and those still under way on the last day."""
    life, setting = world.life, world.setting
    under = np.flatnonzero((life.going >= 0) & np.isnat(life.closed))
    now = {
        "firm": under,
        "since": setting.start + life.going[under] * np.timedelta64(7, "D"),
        "planned": setting.start + life.closing[under] * np.timedelta64(7, "D"),
        "until": np.full(len(under), np.datetime64(world.plan.end)),
    }
    ended = life.log.joined("partings")
    return {name: np.concatenate([ended[name], now[name]]) if ended else now[name] for name in now}
