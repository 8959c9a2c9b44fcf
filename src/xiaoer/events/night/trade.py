"""What happens to a firm's trade, its balances and its loans."""

import narwhals as nw

from xiaoer.events.night.seen import rows
from xiaoer.events.terms import Rule, Rules
from xiaoer.features.terms import Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import share, stacked


def noticed(firms: Frame, buyers: Frame, on: Windows, rules: Rules) -> Frame:
    """Rows of customer_id, rule, amount (fen at stake) and what the rule saw.

    `firms` is the night's knowledge of every firm; `buyers` the sale side of partners joined with their
    firms. What a rule saw: partner, days, habit (days), now, before (fen), part, usual (shares), mark_day.
    """
    by_firm = [
        finder(firms, on, rules)
        for finder in (_falls, _grows, _silence, _season, _reds, _balance, _overdue, _matures)
    ]
    return stacked([*by_firm, _buyer_lost(buyers, on, rules), _buyer_new(buyers, on, rules)])


def with_book(firms: Frame, rules: Rules) -> Frame:
    """Firms beside the whole book, so that what happens to all is not held against one.

    Adds kept (share of last year's 90 days), book_kept (the median of firms with enough sales) and
    book_quiet (median days without sales of firms that sold within a year).
    """
    least = rules.fen(Rule.TURNOVER_FALLS, "least_before_wan")
    longest = rules.of(Rule.SILENCE)["longest_days"]
    kept = firms.with_columns(
        nw.when(~nw.col("growth_90d").is_null()).then(share("sales_90d", "sales_90d_last_year")).alias("kept")
    )
    enough = nw.when(nw.col("sales_90d_last_year") >= least).then(nw.col("kept"))
    alive = nw.when(nw.col("days_since_sale") <= longest).then(nw.col("quiet_sale_days"))
    book = kept.select(enough.alias("kept"), alive.alias("quiet")).select(
        nw.coalesce(nw.col("kept").median(), nw.lit(1.0)).alias("book_kept"),
        nw.coalesce(nw.col("quiet").median(), nw.lit(0.0)).alias("book_quiet"),
    )
    return kept.join(book, how="cross")


def sale_side(partners: Frame, firms: Frame, on: Windows) -> Frame:
    """Each firm's buyers with the firm's own sums, their habit (days between purchases) and present quiet."""
    sums = firms.select(
        "customer_id", "sales_90d", "sales_year_before_90d", "quiet_sale_days", "sale_gap_median"
    )
    feast = nw.when(nw.col("last_day") < on.feast_first).then(on.feast_days_passed).otherwise(0)
    habit = (nw.col("last_day") - nw.col("first_day")) / nw.when(nw.col("days") > 1).then(nw.col("days") - 1)
    return (
        partners.filter(nw.col("direction") == "sale")
        .join(sums, on="customer_id", how="inner")
        .with_columns(
            (on.today - nw.col("last_day") - feast).cast(nw.Int64).alias("quiet"),
            habit.alias("buyer_habit"),
            share("year_before_90d", "sales_year_before_90d").alias("year_share"),
            share("amount_90d", "sales_90d").alias("quarter_share"),
        )
    )


def _falls(firms: Frame, on: Windows, rules: Rules) -> Frame:
    rule, held = Rule.TURNOVER_FALLS, rules.of(Rule.TURNOVER_FALLS)
    found = firms.filter(
        nw.col("sales_90d_last_year") >= rules.fen(rule, "least_before_wan"),
        nw.col("sales_90d") > 0,
        nw.col("kept") <= held["most_of_before"],
        nw.col("kept") <= nw.col("book_kept") * held["most_of_book"],
    )
    lost = nw.col("sales_90d_last_year") - nw.col("sales_90d")
    return rows(
        found,
        rule,
        lost,
        now=nw.col("sales_90d"),
        before=nw.col("sales_90d_last_year"),
        part=nw.col("kept") - 1,
        usual=nw.col("book_kept") - 1,
    )


def _grows(firms: Frame, on: Windows, rules: Rules) -> Frame:
    rule, held = Rule.TURNOVER_GROWS, rules.of(Rule.TURNOVER_GROWS)
    found = firms.filter(
        nw.col("sales_90d_last_year") >= rules.fen(rule, "least_before_wan"),
        nw.col("kept") >= held["least_of_before"],
        nw.col("kept") >= nw.col("book_kept") * held["least_of_book"],
    )
    gained = nw.col("sales_90d") - nw.col("sales_90d_last_year")
    return rows(
        found,
        rule,
        gained,
        now=nw.col("sales_90d"),
        before=nw.col("sales_90d_last_year"),
        part=nw.col("kept") - 1,
    )


def _silence(firms: Frame, on: Windows, rules: Rules) -> Frame:
    held = rules.of(Rule.SILENCE)
    found = firms.filter(
        nw.col("sale_days") >= held["least_sale_days"],
        nw.col("quiet_sale_days") >= held["least_quiet_days"],
        nw.col("quiet_sale_days") - nw.col("book_quiet")
        >= nw.col("sale_gap_usual_longest") * held["habit_times"],
        nw.col("days_since_sale") <= held["longest_days"],
    )
    return rows(
        found,
        Rule.SILENCE,
        nw.col("sales_a_month"),
        days=nw.col("quiet_sale_days"),
        habit=nw.col("sale_gap_median"),
        mark_day=on.today - nw.col("days_since_sale"),
    )


def _season(firms: Frame, on: Windows, rules: Rules) -> Frame:
    rule, held = Rule.SEASON_AHEAD, rules.of(Rule.SEASON_AHEAD)
    usual = nw.col("purchases_year_to_last_year") * 60 / 365
    times = nw.when(usual > 0).then(nw.col("purchases_coming_60d_last_year") / usual)
    found = firms.with_columns(times.alias("times")).filter(
        nw.col("known_days") >= held["least_known_days"] + 365,
        nw.col("quiet_purchase_days") <= 60,
        nw.col("purchases_coming_60d_last_year") >= rules.fen(rule, "least_amount_wan"),
        nw.col("times") >= held["least_times"],
    )
    return rows(
        found,
        rule,
        nw.col("purchases_coming_60d_last_year"),
        before=nw.col("purchases_coming_60d_last_year"),
        part=nw.col("times"),
    )


def _reds(firms: Frame, on: Windows, rules: Rules) -> Frame:
    rule, held = Rule.RED_PAPERS, rules.of(Rule.RED_PAPERS)
    now = share("sale_reds_90d", "sale_papers_90d")
    found = firms.with_columns(now.alias("red_now")).filter(
        nw.col("sale_reds_90d") >= held["least_papers"],
        nw.col("red_now") >= held["least_share"],
        nw.col("red_now") >= nw.col("red_share") * held["least_times"],
    )
    return rows(
        found,
        rule,
        nw.col("sales_90d"),
        days=nw.col("sale_reds_90d"),
        part=nw.col("red_now"),
        usual=nw.col("red_share"),
    )


def _balance(firms: Frame, on: Windows, rules: Rules) -> Frame:
    rule, held = Rule.BALANCE_FALLS, rules.of(Rule.BALANCE_FALLS)
    found = firms.filter(
        nw.col("balance_prior_90d") >= rules.fen(rule, "least_before_wan"),
        nw.col("balance_90d") <= nw.col("balance_prior_90d") * held["most_of_before"],
    )
    gone = nw.col("balance_prior_90d") - nw.col("balance_90d")
    return rows(found, rule, gone, now=nw.col("balance_90d"), before=nw.col("balance_prior_90d"))


def _overdue(firms: Frame, on: Windows, rules: Rules) -> Frame:
    found = firms.filter(nw.col("days_past_due") >= rules.of(Rule.OVERDUE)["least_days"])
    return rows(
        found, Rule.OVERDUE, nw.col("loan_balance"), days=nw.col("days_past_due"), now=nw.col("loan_balance")
    )


def _matures(firms: Frame, on: Windows, rules: Rules) -> Frame:
    ahead = nw.col("matures_day") - on.today
    found = firms.filter(ahead > 0, ahead <= rules.of(Rule.LOAN_MATURES)["days_ahead"])
    return rows(
        found,
        Rule.LOAN_MATURES,
        nw.col("loan_balance"),
        days=ahead,
        now=nw.col("loan_balance"),
        mark_day=nw.col("matures_day"),
    )


def _buyer_lost(buyers: Frame, on: Windows, rules: Rules) -> Frame:
    rule, held = Rule.MAIN_BUYER_LOST, rules.of(Rule.MAIN_BUYER_LOST)
    found = buyers.filter(
        nw.col("year_share") >= held["least_share"],
        nw.col("year_before_90d") >= rules.fen(rule, "least_amount_wan"),
        nw.col("days") >= held["least_days"],
        nw.col("quiet") >= held["least_quiet_days"],
        nw.col("quiet") <= held["longest_quiet_days"],
        nw.col("quiet") >= nw.col("buyer_habit") * held["habit_times"],
        nw.col("quiet_sale_days") < nw.col("quiet"),
    )
    return rows(
        found,
        rule,
        nw.col("year_before_90d"),
        partner=nw.col("counterparty_id"),
        days=nw.col("quiet"),
        habit=nw.col("buyer_habit"),
        before=nw.col("year_before_90d"),
        part=nw.col("year_share"),
        mark_day=nw.col("last_day"),
    )


def _buyer_new(buyers: Frame, on: Windows, rules: Rules) -> Frame:
    rule, held = Rule.MAIN_BUYER_NEW, rules.of(Rule.MAIN_BUYER_NEW)
    found = buyers.filter(
        nw.col("first_day") > on.today - 90,
        nw.col("amount_90d") >= rules.fen(rule, "least_amount_wan"),
        nw.col("quarter_share") >= held["least_share"],
        nw.col("sales_year_before_90d") > 0,
    )
    return rows(
        found,
        rule,
        nw.col("amount_90d"),
        partner=nw.col("counterparty_id"),
        now=nw.col("amount_90d"),
        part=nw.col("quarter_share"),
        mark_day=nw.col("first_day"),
    )
