"""Balances, flows and channels, for banks that deliver accounts."""

from collections.abc import Iterable, Mapping

import narwhals as nw

from xiaoer.features.night.stretches import stretch, within
from xiaoer.features.terms import Span, Sum, Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import month_no, share, total, whole
from xiaoer.kit.tables.grouping import Grouping, Told, counted, grouped, most, summed

ELECTRONIC = ("online", "mobile", "terminal", "pos", "qr", "app", "atm")
FLOW_SUMS = {
    "inflow_12m": Sum("inflow", "12m"),
    "outflow_12m": Sum("outflow", "12m"),
    "inflow_90d": Sum("inflow", "90d"),
    "inflow_prior_90d": Sum("inflow", "prior_90d"),
    "outflow_90d": Sum("outflow", "90d"),
    "fees_12m": Sum("fees", "12m"),
    "transactions_12m": Sum("transactions", "12m"),
    "electronic_12m": Sum("electronic", "12m"),
    "counter_12m": Sum("counter", "12m"),
}
TOLD = {  # what a line tells of a payment, and from what
    "sale": nw.col("direction") == "in",
    "fee": nw.coalesce(nw.col("fee"), nw.lit(0)),
    "electronic": nw.coalesce(nw.col("channel").is_in(ELECTRONIC), nw.lit(value=False)),
    "counter": nw.coalesce(nw.col("channel") == "counter", nw.lit(value=False)),
}
PAYMENT_SUMS = {  # what is added up, by which of the above
    "inflow": ("sale", summed("amount", nw.col("sale"))),
    "outflow": ("sale", summed("amount", ~nw.col("sale"))),
    "fees": ("fee", summed("fee")),
    "transactions": (None, counted()),
    "electronic": ("electronic", summed("electronic")),
    "counter": ("counter", summed("counter")),
}
FEE, OWN, OWNER, PAYROLL = "fee", "own_transfer", "owner", "payroll"  # purposes
LIVING_SUMS = {  # what tells whether a firm lives with us, and where its money goes
    "moves": summed("moved"),
    "own_out": summed("amount", nw.col("own") & ~nw.col("sale")),
    "owner_out": summed("amount", nw.col("owner") & ~nw.col("sale")),
    "wages": summed("amount", nw.col("wages") & ~nw.col("sale")),
    "move_day": most(nw.when(nw.col("moved")).then(nw.col("day"))),
}
LEVEL_SUMS = {
    f"{column}_{span}": Sum(column, span)
    for column in ("held", "days")
    for span in ("90d", "prior_90d", "12m")
}


def account_sums(balances: Frame, stretches: Frame, on: Windows) -> Frame:
    """Average balance and flows (fen) per firm; one row per firm with a balance or a payment."""
    return alongside(levels(_level_sums(balances, on)), _flow_sums(stretches, on), "customer_id")


def account_flows(sums: Frame) -> Frame:
    """With the share of electronic payments, and growth."""
    return sums.with_columns(
        share("electronic_12m", "transactions_12m").alias("electronic_share"),
        (share("inflow_90d", "inflow_prior_90d") - 1).alias("inflow_growth_90d"),
    )


def alongside(one: Frame, other: Frame, *keys: str) -> Frame:
    """Two themes' rows joined, those of one theme alone with nulls for the other."""
    mine = [nw.coalesce(nw.col(key), nw.col(f"{key}_right")).alias(key) for key in keys]
    joined = one.join(other, on=list(keys), how="full").with_columns(*mine)
    return joined.drop(*(f"{key}_right" for key in keys))


def balance_lines(balances: Frame, *more: str) -> Frame:
    """What was held on which account and day (a date): customer_id, day, held (fen), and `more` columns."""
    held = nw.coalesce(nw.col("average_balance"), nw.col("balance"))
    return balances.select("customer_id", nw.col("balance_date").alias("day"), held.alias("held"), *more)


def held_by_day(balances: Frame, *more: str) -> Frame:
    """The firm's total per reported day (fen): customer_id, day, held; per `more` columns too."""
    return balances.group_by("customer_id", "day", *more).agg(total("held").alias("held"))


def _level_sums(balances: Frame, on: Windows) -> Frame:
    days = held_by_day(balances.filter(within(on.levels["12m"])))
    reported = days.with_columns(whole(nw.lit(1)).alias("days"))
    return reported.group_by("customer_id").agg(*_sums(LEVEL_SUMS, on.levels))


def levels(sums: Frame) -> Frame:
    """Means over the reported days: the firm's total per day, then the mean of the days (fen)."""
    spans = ("90d", "prior_90d", "12m")
    means = [whole(share(f"held_{span}", f"days_{span}").floor()).alias(f"balance_{span}") for span in spans]
    return sums.with_columns(*means).drop(*LEVEL_SUMS)


def standing(transactions: Frame) -> Frame:
    """Payments that were not reversed."""
    return transactions.filter(~nw.coalesce(nw.col("reversed"), nw.lit(value=False)))


def payment_lines(transactions: Frame) -> Frame:
    """Payments as lines, one row each, reversed ones left out.

    Columns: customer_id, sale (money came in), counterparty_id (null for an unknown one), day (a date), month, amount,
    fee (fen), trade, electronic, counter, moved (the firm's own doing), own (to or from its name at another bank),
    owner (with its owner), wages.
    """
    trade, purpose = nw.col("purpose") == "trade", nw.coalesce(nw.col("purpose"), nw.lit("other"))
    return standing(transactions).select(
        "customer_id",
        "counterparty_id",
        nw.col("booked_date").alias("day"),
        month_no("booked_date").cast(nw.Int32).alias("month"),
        "amount",
        nw.coalesce(trade, nw.lit(value=False)).alias("trade"),
        **TOLD,
        moved=purpose != FEE,
        own=purpose == OWN,
        owner=purpose == OWNER,
        wages=purpose == PAYROLL,
    )


def payment_stretches(payments: Frame, on: Windows, group: Grouping = grouped) -> Frame:
    """Payments per firm, month and stretch between the windows' edges; days are day numbers.

    Sums of inflow, outflow, fees, own_out, owner_out, wages (fen), transactions, electronic, counter, moves; day: the
    last one, move_day: the last one of the firm's own doing.
    """
    told = {**payment_sums(PAYMENT_SUMS), "day": most("day"), **LIVING_SUMS}
    known = payments.with_columns(stretch(on.flows.values()))
    return group(known, ("customer_id", "month", "stretch"), told).drop("stretch")


def payment_sums(names: Iterable[str]) -> dict[str, Told]:
    """The named sums of lines."""
    return {name: PAYMENT_SUMS[name][1] for name in names}


def _flow_sums(stretches: Frame, on: Windows) -> Frame:
    return stretches.group_by("customer_id").agg(*_sums(FLOW_SUMS, on.flows))


def _sums(sums: Mapping[str, Sum], spans: Mapping[str, Span]) -> list[nw.Expr]:
    return [
        total(one.column, within(spans[one.span]) if one.span else None).alias(name)
        for name, one in sums.items()
    ]


def monthly_flows(stretches: Frame) -> Frame:
    """Money in and out (fen) per firm and month number, for the cash-flow chart."""
    months = stretches.group_by("customer_id", "month").agg(
        total("inflow").alias("inflow"), total("outflow").alias("outflow")
    )
    return months.with_columns(whole(nw.col("month")))
