"""What a firm will need money for, by its own last year and the trade's calendar."""

from collections.abc import Sequence
from datetime import date
from functools import reduce

import narwhals as nw

from xiaoer.events.night.seen import not_met_since, rows
from xiaoer.events.seasons import Season
from xiaoer.events.terms import Rule, Rules
from xiaoer.kit.dates import day_number
from xiaoer.kit.tables import Frame

YEAR, COMING = 365, 60
WAGES = "wages"


def needs(firms: Frame, seasons: Sequence[Season], rules: Rules, on: date) -> Frame:
    """Of each firm the nearest of some seasons (one or more) it will need money for.

    `amount`: what its balance does not cover (fen).

    Purchases: those of the coming 60 days of last year (moved with the Spring Festival), grown as its sales did, above
    its usual 60 days. Wages: so many months of what it pays through us. A firm somebody was in touch with since the
    season is spoken of is left in peace.
    """
    found = [
        _season(firms, one, rules).with_columns(order=nw.lit(number)) for number, one in enumerate(seasons)
    ]
    both = nw.concat(found, how="vertical")
    nearest = both.filter(nw.col("order") == nw.col("order").min().over("customer_id"))
    return rows(
        nearest,
        Rule.NEED_AHEAD,
        nw.col("gap"),
        variant=nw.col("variant"),
        about=nw.col("about"),
        now=nw.col("forecast"),
        before=nw.col("before"),
        days=nw.col("season_day") - day_number(on),
        mark_day=nw.col("season_day"),
        began=nw.col("begins"),
    )


def _season(firms: Frame, season: Season, rules: Rules) -> Frame:
    theirs = firms.filter(not_met_since(nw.lit(day_number(season.begins))))
    if season.industries:
        begins = [nw.col("industry_code").str.starts_with(code) for code in season.industries]
        theirs = theirs.filter(reduce(lambda one, other: one | other, begins))
    needed = _wages(theirs, rules) if season.looks_at == WAGES else _purchases(theirs, rules)
    return needed.select(
        "customer_id", "forecast", "before", "gap",
        variant=nw.lit(WAGES if season.looks_at == WAGES else None, dtype=nw.String),
        about=nw.lit(f"season_{season.name}"),
        season_day=nw.lit(day_number(season.day), dtype=nw.Int64),
        begins=nw.lit(day_number(season.begins), dtype=nw.Int64),
    )  # fmt: skip


def _purchases(firms: Frame, rules: Rules) -> Frame:
    rule, held = Rule.NEED_AHEAD, rules.of(Rule.NEED_AHEAD)
    growth = nw.coalesce(nw.col("growth_12m"), nw.lit(0.0)).clip(held["least_growth"], held["most_growth"])
    usual = nw.col("purchases_12m").cast(nw.Float64) * COMING / YEAR
    seen = firms.with_columns(
        usual_60d=usual, coming=nw.col("purchases_coming_60d_last_year").cast(nw.Float64) * (1 + growth)
    ).filter(
        nw.col("known_days") >= YEAR + COMING,
        nw.col("quiet_purchase_days") <= COMING,
        nw.col("coming") >= nw.col("usual_60d") * held["least_times"],
    )
    gap = nw.col("coming") - nw.col("usual_60d") - nw.coalesce(nw.col("balance_90d"), nw.lit(0))
    told = seen.with_columns(
        forecast=_fen(nw.col("coming")), before=nw.col("purchases_coming_60d_last_year"), gap=_fen(gap)
    )
    return told.filter(nw.col("gap") >= rules.fen(rule, "least_gap_wan"))


def _wages(firms: Frame, rules: Rules) -> Frame:
    rule, held = Rule.NEED_AHEAD, rules.of(Rule.NEED_AHEAD)
    monthly = nw.col("wages_90d").cast(nw.Float64) / 3
    gap = monthly * held["wage_months"] - nw.col("balance_90d")
    told = firms.with_columns(
        forecast=_fen(monthly * held["wage_months"]), before=nw.col("balance_90d"), gap=_fen(gap)
    )
    return told.filter(nw.col("gap") >= rules.fen(rule, "least_wage_gap_wan"))


def _fen(amount: nw.Expr) -> nw.Expr:
    return amount.round().cast(nw.Int64)
