"""Payments through accounts, month by month: trade, wages, taxes, takings, loans, and moving cash about."""

from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from xiaoer.simulator.accounts import MAIN_BANK_FROM, Accounts
from xiaoer.simulator.catalogue import catalogue, product_ids
from xiaoer.simulator.days import DayBook
from xiaoer.simulator.draws import Array, Days, Flags, Floats, Ints, flips, stream
from xiaoer.simulator.fates import Fates
from xiaoer.simulator.firms import column_of
from xiaoer.simulator.network import Ties
from xiaoer.simulator.terms import Month, Plan

CHANNELS = ("counter", "online", "mobile", "qr", "pos", "batch", "interbank")
PURPOSES = (
    "trade",
    "payroll",
    "tax",
    "loan_drawdown",
    "loan_repayment",
    "fee",
    "own_transfer",
    "owner",
    "rent",
    "utilities",
    "social_insurance",
    "cash",
    "acquiring",
)
NOBODY = -1
LEAST = 10_000  # fen; smaller sums are not paid singly


@dataclass(frozen=True)
class Flows:
    """One row per payment: `signed` fen are positive into the account."""

    firm: Ints
    day: Days
    signed: Ints
    purpose: Ints
    channel: Ints
    party: Ints

    def only(self, mask: Flags) -> "Flows":
        return Flows(*(getattr(self, part.name)[mask] for part in fields(Flows)))


def joined(parts: list[Flows]) -> Flows:
    """Several flows as one."""
    return Flows(*(np.concatenate([getattr(part, name.name) for part in parts]) for name in fields(Flows)))


def flows(
    firm: Ints, day: Days, signed: Array, purpose: str, channel: Array | str, party: Array | int = NOBODY
) -> Flows:
    """Flows of one purpose; channel and party may be one for all."""
    channels = np.full(len(firm), CHANNELS.index(channel)) if isinstance(channel, str) else channel
    whole = np.round(signed).astype(np.int64)
    return Flows(
        firm,
        day,
        whole,
        np.full(len(firm), PURPOSES.index(purpose)),
        channels,
        np.broadcast_to(party, len(firm)).copy(),
    )


@dataclass(frozen=True)
class Scene:
    """What a month's payments are drawn from."""

    plan: Plan
    month: Month
    book: DayBook
    firms: pl.DataFrame
    fates: Fates
    held: Flags  # firms × products, as the month begins
    fade: Floats  # per firm the share of its business still here
    rng: np.random.Generator

    @property
    def level(self) -> Floats:
        return self.fates.level[:, self.month.index]

    def fen(self, share: float) -> Floats:
        """A share of this month's sales of every firm, in fen."""
        season = self.book.season(self.month)[self.firms["industry"].to_numpy()]
        return self.firms["sales"].to_numpy() * 100 * share * self.level * season

    @property
    def settles(self) -> Floats:
        """Per firm the share of its payments that goes through this bank."""
        here: Floats = self.firms["settles_here"].to_numpy() * self.fade
        return here

    def holds(self, product: str) -> Flags:
        """Per firm whether it holds a product."""
        whether: Flags = self.held[:, product_ids().index(product)]
        return whether

    def day_in(self, low: int, high: int, count: int) -> Days:
        """Days of the month from `low` to `high`, cut at its last day."""
        offset = np.minimum(self.rng.integers(low, high + 1, count), self.month.days) - 1
        return np.datetime64(self.month.first) + offset.astype("timedelta64[D]")


def scene(
    plan: Plan, month: Month, book: DayBook, firms: pl.DataFrame, fates: Fates, *, held: Flags, fade: Floats
) -> Scene:
    """The scene of a month, with its own random numbers."""
    return Scene(
        plan, month, book, firms, fates, held.copy(), fade, stream(plan.seed, "payments", month.index)
    )


def ordinary(at: Scene) -> Flows:
    """All payments without a trading partner."""
    return joined([_takings(at), _wages(at), _taxes(at), _rent(at), _owner(at), _cash(at), _fees(at)])


def trade(at: Scene, ties: Ties, due: Floats) -> Flows:
    """Payments for invoices fallen due: each side sees its own, if it settles through this bank."""
    paid = np.flatnonzero(due >= LEAST)
    amount = due[paid] * np.where(flips(at.rng, 0.88, len(paid)), 1.0, at.rng.uniform(0.4, 0.95, len(paid)))
    owner, other, sale = ties.owner[paid], ties.other[paid], ties.sale[paid]
    parts = [_side(at, owner, other, amount, sale)]
    inner = ties.internal[paid]
    parts.append(_side(at, other[inner], owner[inner], amount[inner], ~sale[inner]))
    return joined(parts)


def _side(at: Scene, firm: Ints, party: Ints, amount: Floats, incoming: Flags) -> Flows:
    """Firms pay through us what they settle here; those short of work pay their suppliers less."""
    here = flips(at.rng, at.settles[firm], len(firm))
    firm, party, amount, incoming = (part[here] for part in (firm, party, amount, incoming))
    amount = np.where(incoming, amount, amount * 0.97)
    day = at.book.draw(at.rng, at.firms["industry"].to_numpy()[firm], at.month)
    own = _own_channel(at, firm)
    channel = np.where(incoming & (party >= len(at.firms)), CHANNELS.index("interbank"), own)
    return flows(firm, day, np.where(incoming, amount, -amount), "trade", channel, party)


def _own_channel(at: Scene, firm: Ints) -> Ints:
    """Mobile or online banking where the firm holds it, mostly; the counter otherwise."""
    online, mobile = at.holds("E01")[firm], at.holds("E02")[firm]
    prefers = at.rng.random(len(firm)) < np.where(online, 0.4, 0.9)
    digital = np.where(mobile & prefers, CHANNELS.index("mobile"), CHANNELS.index("online"))
    modern = (online | mobile) & (at.rng.random(len(firm)) < 0.93)
    return np.where(modern, digital, CHANNELS.index("counter"))


def _takings(at: Scene) -> Flows:
    """Shops holding a code or a terminal settle their takings once a week."""
    consumer = column_of("consumer").astype(float)[at.firms["industry"].to_numpy()]
    terminal = at.holds("S03")
    shops = np.flatnonzero((consumer > 0.05) & (terminal | at.holds("S02")))
    firm = np.repeat(shops, 4)
    week = np.tile(np.arange(4), len(shops))
    offset = np.minimum(7 * week + at.rng.integers(1, 7, len(firm)), at.month.days - 1)
    amount = at.fen(1.0)[firm] * consumer[firm] * at.settles[firm] / 4
    amount = amount * np.exp(at.rng.normal(0, 0.25, len(firm)))
    day = np.datetime64(at.month.first) + offset.astype("timedelta64[D]")
    channel = np.where(terminal[firm], CHANNELS.index("pos"), CHANNELS.index("qr"))
    return flows(firm, day, amount, "acquiring", channel).only(amount >= LEAST)


def _main(at: Scene) -> Ints:
    """Firms whose basic account is here."""
    return np.flatnonzero(at.settles > MAIN_BANK_FROM)


def _wages(at: Scene) -> Flows:
    firm = _main(at)
    staff = at.firms["staff_count"].to_numpy()[firm]
    busy = at.level[firm].clip(0.15, 1.4) ** 0.5
    wages = staff * at.rng.normal(610_000, 60_000, len(firm)) * busy
    wages = np.minimum(wages, at.fen(0.45)[firm] + 300_000 * (at.level[firm] > 0))
    late = np.where(at.firms["cash_buffer"].to_numpy()[firm] < -1.2, 9, 0)
    day = at.day_in(10, 15, len(firm)) + np.minimum(late, at.month.days - 15).clip(0).astype("timedelta64[D]")
    way = np.where(at.holds("S01")[firm], CHANNELS.index("batch"), _own_channel(at, firm))
    paid = flows(firm, day, -wages, "payroll", way)
    insured = flows(firm, at.day_in(20, 25, len(firm)), -wages * 0.24, "social_insurance", "batch")
    return joined([paid, insured]).only(np.tile(wages > LEAST, 2))


def _taxes(at: Scene) -> Flows:
    firm = _main(at)
    tax = at.fen(0.022)[firm] * np.exp(at.rng.normal(0, 0.35, len(firm)))
    return flows(firm, at.day_in(8, 15, len(firm)), -tax, "tax", "batch").only(tax > LEAST)


def _rent(at: Scene) -> Flows:
    firm = _main(at)
    turn = firm[firm % 3 == at.month.index % 3]
    rent = at.firms["sales"].to_numpy()[turn] * 100 * 0.05 * (at.level[turn] > 0)
    power = at.fen(0.008)[firm] + 8_000 * (at.level[firm] > 0)
    parts = [
        flows(turn, at.day_in(1, 10, len(turn)), -rent, "rent", "online"),
        flows(firm, at.day_in(16, 24, len(firm)), -power, "utilities", "batch"),
    ]
    whole = joined(parts)
    return whole.only(-whole.signed > LEAST)


def _owner(at: Scene) -> Flows:
    """Owners take money out, weaker firms' owners more often."""
    quality = at.firms["quality"].to_numpy()
    firm = np.flatnonzero(flips(at.rng, (0.3 - 0.07 * quality).clip(0.05, 0.7), len(quality)))
    taken = at.fen(0.05)[firm] * at.settles[firm] * np.exp(at.rng.normal(0, 0.6, len(firm)))
    return flows(
        firm, at.day_in(1, 28, len(firm)), -(taken / 1e5).round() * 1e5, "owner", _own_channel(at, firm)
    ).only(taken > 5e4)


def _cash(at: Scene) -> Flows:
    """Sole traders of the old kind still pay in cash at the counter."""
    old = (at.firms["kind"].to_numpy() == "sole_trader") & ~at.holds("E01")
    firm = np.flatnonzero(old & flips(at.rng, 0.6, len(old)))
    cash = at.fen(0.1)[firm] * at.rng.uniform(0.4, 1.4, len(firm))
    return flows(firm, at.day_in(2, 28, len(firm)), (cash / 1e4).round() * 1e4, "cash", "counter").only(
        cash > 5e4
    )


def _fees(at: Scene) -> Flows:
    """The month's fees of all products held, in one sum."""
    monthly = np.array([int(str(row["fee"])) for row in catalogue()]) * 100
    fee = (at.held * monthly).sum(axis=1)
    firm = np.flatnonzero((fee > 0) & (at.level > 0))
    return flows(firm, at.day_in(26, 28, len(firm)), -fee[firm], "fee", "batch")


def lending(drawn: pl.DataFrame, repaid: pl.DataFrame) -> Flows:
    """Loans paid out and repaid in the month; a firm's instalments of one day are one payment."""
    back = (
        repaid.group_by("i", "repaid_date", maintain_order=True)
        .agg(total=(pl.col("principal") + pl.col("interest") + pl.col("penalty")).sum())
        .filter(pl.col("total") > 0)
    )
    return joined(
        [
            flows(
                drawn["i"].to_numpy(),
                drawn["drawn"].to_numpy(),
                drawn["amount"].to_numpy(),
                "loan_drawdown",
                "batch",
            ),
            flows(
                back["i"].to_numpy(),
                back["repaid_date"].to_numpy(),
                -back["total"].to_numpy(),
                "loan_repayment",
                "batch",
            ),
        ]
    )


def on_accounts(at: Scene, accounts: Accounts, all_: Flows) -> tuple[Ints, Flows]:
    """The account of each flow and the flows that happen while its firm is a customer."""
    opened, closed = at.firms["opened_date"].to_numpy(), at.firms["closed_date"].to_numpy()
    inside = (all_.day >= opened[all_.firm]) & ~(all_.day > closed[all_.firm]) & (all_.signed != 0)
    kept = all_.only(inside & (all_.day <= np.datetime64(at.month.last)))
    second = accounts.second[kept.firm]
    trade_only = kept.purpose == PURPOSES.index("trade")
    use = (second >= 0) & trade_only & flips(at.rng, 0.3, len(second))
    return np.where(use, second, kept.firm), kept
