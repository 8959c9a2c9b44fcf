"""How simulated firms trade: each mechanism on its own, within ranges it would leave if it were switched off."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tests.simulator.conftest import Read
from xiaoer.kit.dates import Feast, feast_day
from xiaoer.simulator.carried import Carried
from xiaoer.simulator.corrections import void_share
from xiaoer.simulator.counterparties import core_count, outside_count, parties
from xiaoer.simulator.days import DayBook, day_book
from xiaoer.simulator.draws import Floats
from xiaoer.simulator.fates import Fates, draw_fates
from xiaoer.simulator.firms import column_of, draw_firms
from xiaoer.simulator.manners import manners_of
from xiaoer.simulator.network import FOREVER, Ties, lasting_sales, weave
from xiaoer.simulator.organisation import found
from xiaoer.simulator.passing import arrivals_per_month
from xiaoer.simulator.rules import months_of
from xiaoer.simulator.terms import Month, Plan
from xiaoer.simulator.trade import due_by_passing, due_by_tie, invoices_of, taken_over, trade_month

PLAN = Plan(firms=700, months=24, seed=5, end=date(2026, 10, 31))
FIRM_TIE = ("customer_id", "counterparty_id")


@dataclass(frozen=True)
class Lived:
    """Two years of trade, without the rest of the bank."""

    months: list[Month]
    firms: pl.DataFrame
    fates: Fates
    ties: Ties
    book: DayBook
    parties: pl.DataFrame
    rows: pl.DataFrame  # both sides' invoices, `month` added
    owed: Floats  # per month, fen left to be paid by the month's passing trade
    paid: Floats  # per month, fen of passing trade fallen due


@pytest.fixture(scope="module")
def lived() -> Lived:
    months = months_of(PLAN)
    firms = draw_firms(PLAN, found(PLAN, months)).with_columns(
        closed_date=pl.lit(None, dtype=pl.Date), has_invoices=pl.lit(value=True)
    )
    fates = draw_fates(PLAN, months, firms)
    ties, book, everybody = weave(PLAN, firms, fates), day_book(months), parties(PLAN, firms)
    carried, frames, owed, paid = Carried(), [], [], []
    for month in months:
        trading = trade_month(PLAN, month, book, firms, fates, ties, carried)
        rows = invoices_of(PLAN, month, trading, ties, firms, everybody["counterparty_id"])
        frames.append(rows.with_columns(month=pl.lit(month.index)))
        fen = due_by_passing(trading, ties)
        carried.owe(month, trading.passing, fen)
        owed.append(fen.sum())
        paid.append(sum(part.sum() for _, part in carried.due(month)))
    rows = pl.concat(frames).with_columns(pl.col("invoice_date").cast(pl.Date))
    return Lived(months, firms, fates, ties, book, everybody, rows, np.array(owed), np.array(paid))


def _good(lived: Lived, direction: str = "sale") -> pl.DataFrame:
    return lived.rows.filter(
        (pl.col("direction") == direction) & (pl.col("status") == "valid") & (pl.col("net") > 0)
    )


def _orders(lived: Lived) -> pl.DataFrame:
    whole = (
        _good(lived).group_by(*FIRM_TIE, "invoice_date", "month").agg(pl.col("net").sum(), papers=pl.len())
    )
    return whole.with_columns(log=pl.col("net").log())


@pytest.mark.parametrize(("direction", "low", "high"), [("sale", 0.43, 0.65), ("purchase", 0.52, 0.76)])
def test_most_partners_are_seen_in_one_month_only(
    lived: Lived, direction: str, low: float, high: float
) -> None:
    seen = _good(lived, direction).group_by(FIRM_TIE).agg(months=pl.col("month").n_unique())
    once = seen.group_by("customer_id").agg(once=(pl.col("months") == 1).mean())
    assert low < once["once"].mean() < high


def test_some_newcomers_stay_for_long(lived: Lived) -> None:
    seen = _good(lived).group_by(FIRM_TIE).agg(first=pl.col("month").min(), last=pl.col("month").max())
    new = seen.filter(pl.col("first").is_between(6, 11))
    stayed = new["last"] - new["first"]
    assert 0.15 < (stayed >= 6).mean() < 0.36
    assert 0.06 < (stayed >= 12).mean() < 0.22


def test_firms_differ_in_how_much_passes_by(lived: Lived) -> None:
    tie = _good(lived).group_by(FIRM_TIE).agg(pl.col("net").sum(), months=pl.col("month").n_unique())
    part = tie.group_by("customer_id").agg(
        part=pl.col("net").filter(pl.col("months") <= 2).sum() / pl.col("net").sum()
    )
    manners = manners_of(PLAN, lived.firms).passing
    assert np.quantile(manners, 0.1) < 0.08
    assert np.quantile(manners, 0.9) > 0.75
    own = dict(zip(lived.firms["customer_id"], manners, strict=True))
    assert np.corrcoef(part["customer_id"].replace_strict(own), part["part"])[0, 1] > 0.45


def test_orders_spread_within_firms_ties_and_between_ties(lived: Lived) -> None:
    orders = _orders(lived)
    firm = (
        orders.group_by("customer_id")
        .agg(count=pl.len(), spread=pl.col("log").std())
        .filter(pl.col("count") >= 12)
    )
    tie = orders.group_by(FIRM_TIE).agg(
        count=pl.len(), spread=pl.col("log").std(), middle=pl.col("log").mean()
    )
    between = (
        tie.group_by("customer_id").agg(pl.col("middle").std(), count=pl.len()).filter(pl.col("count") >= 3)
    )
    within = tie.filter(pl.col("count") >= 6).group_by("customer_id").agg(pl.col("spread").median())["spread"]
    assert 1.05 < firm["spread"].median() < 1.5
    assert firm["spread"].quantile(0.9) - firm["spread"].quantile(0.1) > 0.6
    assert 0.6 < within.median() < 1.0
    assert 1.0 < between["middle"].median() < 1.6


def test_busy_months_bring_more_orders_not_larger_ones(lived: Lived) -> None:
    by_month = _orders(lived).group_by("month").agg(pl.len(), pl.col("log").mean()).sort("month")
    assert by_month["len"].max() > 1.8 * by_month["len"].min()
    assert by_month["log"].std() < 0.12


def test_spring_festival_by_day(lived: Lived) -> None:
    days = dict(_good(lived).group_by("invoice_date").len().iter_rows())
    average = sum(days.values()) / len(days | {month.first: 0 for month in lived.months})

    def about(low: int, high: int) -> float:
        feasts = [feast_day(Feast.SPRING_FESTIVAL, year) for year in (2025, 2026)]
        found_ = [days.get(feast + timedelta(away), 0) for feast in feasts for away in range(low, high + 1)]
        return float(np.mean(found_)) / average

    assert 1.35 < about(-25, -12) < 2.1
    assert 0.4 < about(-7, -3) < 1.1
    assert about(-2, 6) < 0.05
    assert 0.35 < about(7, 13) < 0.75
    assert 0.55 < about(14, 40) < 0.85


def test_mondays_lead_and_firms_differ_on_weekends(lived: Lived) -> None:
    rows = _good(lived).with_columns(weekday=pl.col("invoice_date").dt.weekday())
    shares = rows.group_by("weekday").len().sort("weekday")["len"].to_numpy() / len(rows)
    assert shares[0] > shares[4] * 1.08
    assert 0.02 < shares[5:].mean() < 0.06
    own = (
        rows.group_by("customer_id")
        .agg(pl.len(), free=(pl.col("weekday") > 5).mean())
        .filter(pl.col("len") > 40)
    )
    assert own["free"].quantile(0.1) < 0.02
    assert own["free"].quantile(0.9) > 0.12


def test_red_invoices_take_back_an_earlier_one_also_of_another_month(lived: Lived) -> None:
    rows = lived.rows.filter(pl.col("direction") == "sale")
    red = rows.filter(pl.col("net") < 0)
    pair = red.join(
        rows.select(*FIRM_TIE, "invoice_no", "invoice_date", "net", "month", "tax_rate", "status", "goods"),
        left_on=[*FIRM_TIE, "corrects"],
        right_on=[*FIRM_TIE, "invoice_no"],
        suffix="_first",
    )
    assert len(pair) == len(red) > 400
    assert (pair["invoice_date"] >= pair["invoice_date_first"]).all()
    assert (-pair["net"] <= pair["net_first"]).all()
    assert (pair["tax_rate"] == pair["tax_rate_first"]).all()
    assert (pair["status_first"] == "valid").all()
    assert 0.25 < (pair["month"] > pair["month_first"]).mean() < 0.6
    assert 0.45 < (-pair["net"] == pair["net_first"]).mean() < 0.8
    assert red["corrects"].is_unique().all()


def test_red_invoices_are_many_void_ones_few_and_falling(lived: Lived) -> None:
    sales = lived.rows.filter(pl.col("direction") == "sale")
    own = (
        sales.group_by("customer_id").agg(pl.len(), red=(pl.col("net") < 0).mean()).filter(pl.col("len") > 40)
    )
    assert 0.03 < own["red"].median() < 0.09
    assert own["red"].quantile(0.9) > 2 * own["red"].median()
    assert 0.003 < (sales["status"] == "void").mean() < 0.02
    assert void_share(date(2026, 7, 1)) < 0.7 * void_share(date(2025, 7, 1)) < void_share(date(2024, 7, 1))


def test_what_was_wrong_is_written_anew(lived: Lived) -> None:
    sales = lived.rows.filter(pl.col("direction") == "sale")
    void = sales.filter(pl.col("status") == "void")
    both = void.join(sales.filter(pl.col("status") == "valid"), on=[*FIRM_TIE, "net"])
    wait = (both["invoice_date_right"] - both["invoice_date"]).dt.total_days()
    again = both.filter(wait.is_between(0, 12))["invoice_no"].n_unique() / len(void)
    assert 0.35 < again < 0.85


def test_both_sides_of_an_internal_sale_see_the_same_invoice(lived: Lived) -> None:
    code_of = dict(
        lived.parties.filter(pl.col("customer_id").is_not_null())
        .select("customer_id", "counterparty_id")
        .iter_rows()
    )
    columns = ["invoice_no", "invoice_date", "net", "tax", "gross", "status", "tax_rate", "goods", "corrects"]
    rows = lived.rows.with_columns(own=pl.col("customer_id").replace_strict(code_of))
    inside = pl.col("counterparty_id").is_in(list(code_of.values()))
    sold = rows.filter(inside & (pl.col("direction") == "sale")).select("own", "counterparty_id", *columns)
    bought = rows.filter(inside & (pl.col("direction") == "purchase")).select(
        pl.col("counterparty_id").alias("own"), pl.col("own").alias("counterparty_id"), *columns
    )
    assert len(sold) > 1000
    assert sold.sort(columns).equals(bought.sort(columns))


def test_fixed_sums_come_every_month_and_do_not_change(lived: Lived) -> None:
    fixed = lived.ties.only(
        lived.ties.fixed & lived.ties.sale & (lived.ties.begins == 0) & (lived.ties.ends >= 24)
    )
    steady = (lived.fates.level[fixed.owner] > 0.1).all(axis=1)
    codes, numbers = lived.parties["counterparty_id"], lived.firms["customer_id"]
    pairs = pl.DataFrame(
        {
            "customer_id": numbers.gather(fixed.owner[steady]),
            "counterparty_id": codes.gather(fixed.other[steady]),
        }
    )
    good = _good(lived).join(pairs, on=FIRM_TIE)
    most = good.group_by(*FIRM_TIE, "gross").agg(months=pl.col("month").n_unique()).group_by(FIRM_TIE).max()
    assert len(most) > 0.95 * len(pairs) > 20
    assert most["months"].mean() > len(lived.months) - 2


def test_some_orders_are_written_as_several_invoices(lived: Lived) -> None:
    papers = _orders(lived)["papers"]
    assert 0.11 < (papers > 1).mean() < 0.24


def test_round_prices_are_a_habit(lived: Lived) -> None:
    own = (
        _good(lived)
        .group_by("customer_id")
        .agg(
            pl.len(), round=(pl.col("gross") % 10_000 == 0).mean(), whole=(pl.col("gross") % 100 == 0).mean()
        )
        .filter(pl.col("len") > 40)
    )
    assert own["round"].quantile(0.9) - own["round"].quantile(0.1) > 0.4
    assert 0.7 < own["whole"].mean() < 0.9


def test_small_purchases_stand_beside_a_few_large_ones(lived: Lived) -> None:
    bought = _good(lived, "purchase").with_columns(log=pl.col("net").log())
    own = bought.group_by("customer_id").agg(pl.len(), pl.col("log").std()).filter(pl.col("len") > 24)
    assert 1.6 < own["log"].median() < 2.6
    utilities = lived.parties["counterparty_id"][PLAN.firms + outside_count(PLAN) :]
    near = bought.filter(pl.col("counterparty_id").is_in(utilities.implode()))
    assert near["customer_id"].n_unique() > 0.9 * PLAN.firms
    assert 20_000 < near["net"].median() < 60_000


def test_part_of_what_is_bought_has_no_invoice(lived: Lived) -> None:
    makers = lived.firms.filter(pl.col("industry_code").str.starts_with("C"))["customer_id"]
    sums = lived.rows.filter((pl.col("status") == "valid") & pl.col("customer_id").is_in(makers.implode()))
    sold = sums.group_by("customer_id").agg(
        part=pl.col("net").filter(pl.col("direction") == "purchase").sum()
        / pl.col("net").filter(pl.col("direction") == "sale").sum()
    )
    assert 0.25 < sold["part"].median() < 0.6
    assert sold["part"].quantile(0.1) < 0.2


def test_passing_trade_is_paid_by_its_terms(lived: Lived) -> None:
    assert lived.paid[:-4].sum() <= lived.owed[:-4].sum()
    assert lived.paid.sum() > 0.93 * lived.owed.sum()
    assert lived.paid[0] < 0.95 * lived.owed[0]


def test_what_will_be_taken_back_is_not_paid(lived: Lived) -> None:
    month = lived.months[3]
    trading = trade_month(PLAN, month, lived.book, lived.firms, lived.fates, lived.ties)
    due = due_by_tie(trading, lived.ties).sum() + due_by_passing(trading, lived.ties).sum()
    valid = ~trading.void & (trading.net > 0)
    gross = (trading.net + trading.tax)[valid].sum()
    assert 0.85 * gross < due < 0.985 * gross
    assert trading.due[trading.void].sum() == 0


def test_cash_traders_have_no_bank_and_pay_through_no_account(read: Read) -> None:
    others = read("counterparties").filter(pl.col("客户号").is_null())
    unbanked = others.filter(pl.col("主要开户行").is_null())
    assert 0.04 < len(unbanked) / len(others) < 0.08
    traded = set(read("invoices")["对方编号"])
    assert len(traded & set(unbanked["对手编号"])) > 20
    assert not set(read("transactions")["对方编号"]) & set(unbanked["对手编号"])


def test_utilities_are_paid_through_accounts(read: Read) -> None:
    power = read("counterparties").filter(pl.col("行业代码") == "D4420")["对手编号"]
    assert read("transactions").filter(pl.col("对方编号").is_in(power.implode())).height > 50


def test_the_loyal_keep_their_partners_longer(lived: Lived) -> None:
    loyal = lived.firms["loyalty"].to_numpy()[lived.ties.owner]
    first = (lived.ties.begins == 0) & (lived.ties.ends != FOREVER)
    kept = lived.ties.ends - lived.ties.begins
    assert np.median(kept[first & (loyal > 1)]) > 1.8 * np.median(kept[first & (loyal < -1)])


def test_lost_partners_are_replaced_sooner_by_those_who_find_others(lived: Lived) -> None:
    finds = lived.firms["substitution"].to_numpy()[lived.ties.owner]
    ended = lived.ties.refilled < FOREVER
    gap = lived.ties.refilled - lived.ties.ends
    assert gap[ended].min() >= 1
    assert gap[ended & (finds < 0.3)].mean() > 1.6 * gap[ended & (finds > 0.7)].mean()


def test_other_buyers_take_over_a_part_of_a_lost_one_after_some_months(lived: Lived) -> None:
    two = lived.ties.only(np.flatnonzero(lived.ties.sale & (lived.ties.owner == lived.ties.owner[0]))[:2])
    lost = replace(
        two,
        rate=np.array([1.0, 1.0]),
        ticket=np.array([3000.0, 1000.0]),
        begins=np.array([0, 0]),
        ends=np.array([5, FOREVER]),
        refilled=np.array([FOREVER, FOREVER]),
    )
    firms = lived.firms.with_columns(substitution=pl.lit(0.5))
    factors = [taken_over(month, firms, lost)[two.owner[0]] for month in lived.months]
    assert factors[:8] == [1.0] * 8
    assert factors[8:] == pytest.approx([2.5] * 16)


def test_the_worked_example_of_the_rules(lived: Lived) -> None:
    one = manners_of(PLAN, lived.firms)
    whole = np.ones(PLAN.firms)
    firm = replace(one, sales=100_000 * whole, orders=4 * whole, passing=0.5 * whole)
    assert lasting_sales(firm)[0] == pytest.approx(64_516, abs=1)
    assert arrivals_per_month(firm, sale=True)[0] == pytest.approx(0.86, abs=0.005)


def test_a_lost_main_buyer_is_not_replaced(lived: Lived) -> None:
    hit = np.flatnonzero(lived.fates.shock == 1)
    mine = np.isin(lived.ties.owner, hit) & lived.ties.sale
    at = lived.fates.shock_month[lived.ties.owner]
    gone = mine & (lived.ties.ends == at) & (lived.ties.refilled == FOREVER)
    assert set(lived.ties.owner[gone]) == set(hit)


def test_many_firms_sell_to_core_enterprises(lived: Lived) -> None:
    sold = lived.ties.only(lived.ties.sale & ~lived.ties.internal)
    core = (sold.other - PLAN.firms) < core_count(PLAN)
    assert core.mean() > 4 * core_count(PLAN) / outside_count(PLAN)
    main = np.unique(sold.owner, return_index=True)[1]
    makers = (manners_of(PLAN, lived.firms).passing < 0.15)[sold.owner[main]]
    assert core[main][makers].mean() > 0.2
    assert core[main][~makers].mean() < 0.1


def _share(book: DayBook, code: str, begin: date, end: date) -> float:
    """Of an industry's business in two years, against the share of all industries."""
    span = slice((begin - book.first).days, (end - book.first).days + 1)
    parts = book.weights[:, span].sum(axis=1) / book.weights.sum(axis=1)
    return float(parts[column_of("code").tolist().index(code)] / parts.mean())


def test_industries_have_their_seasons(lived: Lived) -> None:
    assert (
        _share(lived.book, "F5127", date(2026, 1, 8), date(2026, 2, 13)) > 1.5
    )  # drink before Spring Festival
    assert _share(lived.book, "F5127", date(2025, 8, 27), date(2025, 10, 2)) > 1.4  # and before Mid-Autumn
    assert _share(lived.book, "C1411", date(2025, 8, 27), date(2025, 10, 2)) > 1.7  # mooncakes
    assert _share(lived.book, "F5141", date(2025, 8, 2), date(2025, 8, 31)) > 1.5  # school things
    assert _share(lived.book, "F5141", date(2025, 2, 1), date(2025, 2, 28)) > 1.5
    assert _share(lived.book, "C1311", date(2025, 9, 15), date(2025, 11, 15)) > 1.2  # rice after the harvest
    assert _share(lived.book, "C2624", date(2025, 3, 1), date(2025, 4, 30)) > 1.3  # fertiliser in spring


def test_drink_wholesalers_get_rebates_at_quarter_ends(lived: Lived) -> None:
    rebate = lived.rows.filter((pl.col("net") < 0) & pl.col("corrects").is_null())
    assert set(rebate["direction"]) == {"purchase"}
    assert set(rebate["invoice_date"].dt.month()) == {3, 6, 9, 12}
    paid_to = lived.firms.filter(pl.col("customer_id").is_in(rebate["customer_id"].implode()))
    assert set(paid_to["industry_code"]) == {"F5127", "C1411"}
    assert len(rebate) > 50


def test_parts_of_a_large_bank_share_no_counterparty() -> None:
    codes = []
    for part in Plan(firms=300, months=2, seed=1, end=PLAN.end).divided(150):
        firms = draw_firms(part, found(part, months_of(part)))
        codes += parties(part, firms)["counterparty_id"].to_list()
    assert len(set(codes)) == len(codes)
