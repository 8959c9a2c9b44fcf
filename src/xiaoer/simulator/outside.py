"""What others know of the firms: taxes, statements, public records, debts at other banks."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from xiaoer.simulator.counterparties import BANKS
from xiaoer.simulator.draws import Array, Days, Flags, Floats, Ints, choose, codes, flips, stream, texts
from xiaoer.simulator.fates import NO_DAY, Fates
from xiaoer.simulator.lending import WAN
from xiaoer.simulator.terms import Month, Plan

QUARTER = 3
LEAST_DECLARED = 50_000  # fen
STATEMENT_MONTH = 4
RECORDS = np.array(
    [
        "litigation",
        "enforcement",
        "penalty",
        "tax_arrears",
        "share_freeze",
        "abnormal_operation",
        "registration_change",
        "award",
        "tender_won",
    ],
    dtype=object,
)
GOOD = {"award", "tender_won", "registration_change"}
BY_A_COURT = {"litigation", "enforcement", "share_freeze"}
SOURCES = {
    "litigation": "裁判文书网",
    "enforcement": "执行信息公开网",
    "tax_arrears": "税务局公告",
    "tender_won": "公共资源交易网",
}
SUMMARIES = {
    "litigation": "买卖合同纠纷",
    "enforcement": "被列为被执行人",
    "penalty": "行政处罚决定",
    "tax_arrears": "欠税公告",
    "share_freeze": "股东股权被冻结",
    "abnormal_operation": "列入经营异常名录",
    "registration_change": "经营范围变更",
    "award": "获评诚信经营示范户",
    "tender_won": "中标采购项目",
}


def tax_records_of(plan: Plan, month: Month, firms: pl.DataFrame, quarter_net: Floats) -> pl.DataFrame:
    """VAT of the quarter before, filed in the first month of the next one; `quarter_net` is sales in fen."""
    rng = stream(plan.seed, "tax", month.index)
    here = ~(firms["closed_date"].to_numpy() < np.datetime64(month.first))
    firm = np.flatnonzero((quarter_net > LEAST_DECLARED) & firms["has_invoices"].to_numpy() & here)
    quality = firms["quality"].to_numpy()[firm]
    declared = quarter_net[firm] * np.where(
        flips(rng, 0.8, len(firm)), 1.0, rng.uniform(0.8, 1.02, len(firm))
    )
    late = np.where(
        flips(rng, (0.05 * np.exp(-0.5 * quality)).clip(0, 0.4), len(firm)), rng.geometric(0.12, len(firm)), 0
    )
    filed = np.datetime64(month.first) + rng.integers(5, 15, len(firm)).astype("timedelta64[D]")
    paid = filed + late.astype("timedelta64[D]")
    done = paid <= np.datetime64(month.last)
    tax = np.round(declared * 0.024)
    return pl.DataFrame(
        {
            "customer_id": firms["customer_id"].gather(firm),
            "tax_kind": ["vat"] * len(firm),
            "period_end": [month.first - timedelta(1)] * len(firm),
            "filed_date": filed,
            "declared_sales": declared.round().astype(np.int64),
            "tax_due": tax.astype(np.int64),
            "tax_paid": np.where(done, tax, 0).astype(np.int64),
            "paid_date": np.where(done, paid, NO_DAY),
            "late_days": late,
            "tax_rating": texts(_ratings(plan, month, firms, firm)),
        }
    ).filter(pl.col("filed_date") <= month.last)


def _ratings(plan: Plan, month: Month, firms: pl.DataFrame, firm: Ints) -> Array:
    """The tax office rates each firm once a year."""
    rng = stream(plan.seed, "tax rating", month.first.year)
    mark = (firms["quality"].to_numpy() + rng.normal(0, 0.5, len(firms)))[firm]
    return np.select([mark > 1.1, mark > -0.6, mark > -1.4, mark > -2.3], ["A", "B", "M", "C"], "D").astype(
        object
    )


def statements_of(plan: Plan, month: Month, firms: pl.DataFrame, fates: Fates) -> pl.DataFrame:
    """Year-end statements of the year before, received in April, of borrowers and some others."""
    rng = stream(plan.seed, "statements", month.index)
    known = fates.borrower | flips(rng, 0.3, len(firms))
    firm = np.flatnonzero(known & (firms["kind"].to_numpy() == "enterprise"))
    year_end = date(month.first.year - 1, 12, 31)
    firm = firm[firms["founded_date"].to_numpy()[firm] < np.datetime64(year_end - timedelta(200))]
    filed = np.datetime64(month.first) + rng.integers(2, 28, len(firm)).astype("timedelta64[D]")
    frame = pl.DataFrame(
        {
            "customer_id": firms["customer_id"].gather(firm),
            "period": ["year"] * len(firm),
            "period_end": [year_end] * len(firm),
            "source": texts(np.where(flips(rng, 0.12, len(firm)), "audited", "submitted")),
            "filed_date": filed,
            **{name: np.round(fen).astype(np.int64) for name, fen in _items(rng, firms, firm).items()},
            "staff_count": firms["staff_count"].to_numpy()[firm],
        }
    )
    return frame.filter(pl.col("filed_date") <= month.last)


def _items(rng: np.random.Generator, firms: pl.DataFrame, firm: Ints) -> dict[str, Array]:
    """Statements that add up: assets equal liabilities and equity, profit follows from its lines."""

    def spread(low: float, high: float) -> Floats:
        return rng.uniform(low, high, len(firm))

    quality = firms["quality"].to_numpy()[firm]
    revenue = firms["sales"].to_numpy()[firm] * 1200 * spread(0.85, 1.2)
    cost = revenue * (1 - firms["margin"].to_numpy()[firm])
    running = (revenue - cost) * (spread(0.55, 0.9) - 0.06 * quality)
    cash, owed_to = revenue * spread(0.02, 0.12), revenue * spread(0.05, 0.25)
    stock, fixed = cost * spread(0.04, 0.25), revenue * spread(0.03, 0.4)
    owned = _owned(cash, owed_to, stock, fixed)
    debts = owned["total_assets"] * (0.52 - 0.09 * quality + rng.normal(0, 0.1, len(firm))).clip(0.08, 1.1)
    short = debts * spread(0.1, 0.6)
    interest = short * spread(0.035, 0.065)
    profit = revenue - cost - running - interest
    net = profit - np.maximum(profit, 0) * 0.05
    return {
        "revenue": revenue,
        "cost_of_sales": cost,
        "operating_costs": running,
        "depreciation": fixed * 0.1,
        "interest_expense": interest,
        "profit_before_tax": profit,
        "net_profit": net,
        **owned,
        **_owing(debts, short, owned["total_assets"]),
        "operating_cash_flow": net + fixed * 0.1 - owed_to * spread(-0.2, 0.3),
        "withdrawals": np.maximum(net, 0) * spread(0.1, 0.7),
    }


def _owned(cash: Floats, owed_to: Floats, stock: Floats, fixed: Floats) -> dict[str, Floats]:
    return {
        "cash": cash,
        "receivables": owed_to,
        "inventory": stock,
        "current_assets": cash + owed_to + stock,
        "fixed_assets": fixed,
        "total_assets": cash + owed_to + stock + fixed,
    }


def _owing(debts: Floats, short: Floats, assets: Floats) -> dict[str, Floats]:
    return {
        "payables": debts - short,
        "short_debt": short,
        "current_liabilities": debts,
        "long_debt": debts * 0,
        "total_liabilities": debts,
        "equity": assets - debts,
    }


def public_records_of(plan: Plan, month: Month, firms: pl.DataFrame, stops: Days) -> pl.DataFrame:
    """What courts, authorities and newspapers published in the month."""
    rng = stream(plan.seed, "records", month.index)
    trouble = ~np.isnat(stops) & (stops < np.datetime64(month.last) + np.timedelta64(60, "D"))
    firm, kind = _published(rng, firms["quality"].to_numpy(), trouble)
    day = np.datetime64(month.first) + rng.integers(0, month.days, len(firm)).astype("timedelta64[D]")
    sued = np.where(flips(rng, 0.6, len(firm)), "defendant", "plaintiff")
    amount = np.round(firms["sales"].to_numpy()[firm] * rng.uniform(0.05, 0.9, len(firm))) * 100
    names = kind.tolist()
    frame = pl.DataFrame(
        {
            "customer_id": firms["customer_id"].gather(firm),
            "kind": texts(names),
            "published_date": day,
            "event_date": day - rng.integers(2, 60, len(firm)).astype("timedelta64[D]"),
            "role": texts(np.where(kind == "litigation", sued, "subject")),
            "amount": pl.Series(amount.astype(np.int64)),
            "authority": firms["district"].gather(firm) + texts([_authority(name) for name in names]),
            "status": ["closed" if name in GOOD else "open" for name in names],
            "source": texts([SOURCES.get(name, "企业信用信息公示系统") for name in names]),
            "summary": texts([SUMMARIES[name] for name in names]),
        }
    ).sort("published_date", "customer_id", maintain_order=True)
    return frame.with_columns(
        amount=pl.when(~pl.col("kind").is_in(["award", "registration_change", "abnormal_operation"])).then(
            "amount"
        ),
        record_id=pl.concat_str(
            pl.lit(f"{plan.mark('Z')}{month.first:%Y%m}"), pl.int_range(pl.len()).cast(pl.String).str.zfill(6)
        ),
    )


def _published(rng: np.random.Generator, quality: Floats, trouble: Flags) -> tuple[Ints, Array]:
    """Which firms are written of, and what: weak ones and those in trouble oftener, and worse."""
    chance = 0.005 * np.exp(-0.45 * quality) + 0.05 * trouble
    firm = np.flatnonzero(flips(rng, chance, len(quality)))
    count = len(firm)
    bad = flips(rng, (0.55 - 0.15 * quality[firm] + 0.3 * trouble[firm]).clip(0.1, 0.97), count)
    worse, better = choose(rng, [8, 3, 3, 2, 1, 3], count), 6 + choose(rng, [4, 2, 3], count)
    return firm, RECORDS[np.where(bad, worse, better)]


def _authority(record: str) -> str:
    return "人民法院" if record in BY_A_COURT else "市场监督管理局"


def other_debts_of(plan: Plan, month: Month, firms: pl.DataFrame, fates: Fates, stops: Days) -> pl.DataFrame:
    """Credit reports read in the month, for borrowers, each under its authorisation."""
    rng = stream(plan.seed, "reports", month.index)
    firm = _reported(firms, fates, month)
    number = rng.poisson(1.1 - 0.25 * firms["quality"].to_numpy()[firm].clip(-2, 2))
    at = np.repeat(np.arange(len(firm)), number)
    who = firm[at]
    day = np.datetime64(month.first) + rng.integers(0, month.days, len(firm)).astype("timedelta64[D]")
    limit = (
        np.round(firms["sales"].to_numpy()[who] * rng.uniform(0.2, 1.6, len(who)) / 10_000)
        .clip(2)
        .astype(np.int64)
        * WAN
    )
    late = _days_late(rng, stops[who], month)
    return pl.DataFrame(
        {
            "customer_id": firms["customer_id"].gather(who),
            "report_date": day[at],
            "debt_no": pl.Series(np.arange(len(at)) - np.repeat(np.cumsum(number) - number, number) + 1).cast(
                pl.String
            ),
            "authorisation_id": codes(plan.mark("Q"), who + 1, 7),
            "authorised_date": day[at] - np.timedelta64(5, "D"),
            "authorised_until": day[at] + np.timedelta64(360, "D"),
            "lender": texts(np.array(BANKS, dtype=object)[rng.integers(0, len(BANKS), len(who))]),
            "kind": texts(
                np.array(["loan", "card", "guarantee"], dtype=object)[choose(rng, [7, 2, 1], len(who))]
            ),
            "limit": limit,
            "balance": np.round(limit * rng.uniform(0.3, 1.0, len(who)) / 1e6).astype(np.int64) * WAN,
            "days_past_due": late,
            "classification": np.where(
                late > 90, "substandard", np.where(late > 0, "special_mention", "normal")
            ),
            "end_date": day[at] + rng.integers(30, 700, len(who)).astype("timedelta64[D]"),
        }
    )


def _reported(firms: pl.DataFrame, fates: Fates, month: Month) -> Ints:
    """Borrowers whose report is read this month: each twice a year, as long as it is a customer."""
    here = ~(firms["closed_date"].to_numpy() < np.datetime64(month.first))
    turn = np.arange(len(firms)) % 6 == month.index % 6
    return np.flatnonzero(here & fates.borrower & turn & (fates.level[:, month.index] > 0))


def _days_late(rng: np.random.Generator, stops: Array, month: Month) -> Ints:
    """Days since a firm stopped paying, at the month's end; not all stop paying everybody."""
    end = np.datetime64(month.last)
    stuck = ~np.isnat(stops) & (stops < end) & flips(rng, 0.55, len(stops))
    return np.where(stuck, (end - np.where(np.isnat(stops), end, stops)).astype(int), 0)


def quarter_before(month: Month) -> bool:
    """Whether taxes of a quarter are filed in this month."""
    return (month.first.month - 1) % QUARTER == 0
