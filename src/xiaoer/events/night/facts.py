"""Facts whose absence blurs a decision: by how many tiers it could move."""

from functools import reduce

import narwhals as nw

from xiaoer.events.night.seen import first_true, not_met_since, rows
from xiaoer.events.rules import TIERS
from xiaoer.events.terms import Rule, Rules
from xiaoer.kit.tables import Frame

MISSING = ("industry", "staff", "revenue", "assets")  # names in size_missing, as their words are coded


def missing_facts(firms: Frame, asked_since: int, rules: Rules) -> Frame:
    """Firms that what is missing could move by several tiers, once since `asked_since` (a day number).

    Of a firm passed over from another line fewer tiers are enough: it is placed by our standard for the first time.
    A firm somebody was in touch with since is not asked again; at stake is what it could bring.
    """
    ranks = {name: number for number, name in enumerate(TIERS)}
    rank = {end: _rank(f"tier_{end}", ranks) for end in ("low", "high")}
    told = rules.of(Rule.MISSING_FACTS)
    passed = ~nw.col("passed_from").is_null()
    least = nw.when(passed).then(nw.lit(told["least_tiers_passed"])).otherwise(nw.lit(told["least_tiers"]))
    wide = firms.filter(rank["high"] - rank["low"] >= least)
    asked = wide.filter(not_met_since(nw.lit(asked_since)))
    named = {name: nw.col("size_missing").str.contains(name, literal=True) for name in MISSING}
    many = reduce(
        lambda one, other: one + other, (nw.when(is_).then(1).otherwise(0) for is_ in named.values())
    )
    return rows(
        asked,
        Rule.MISSING_FACTS,
        nw.col("potential"),
        variant=nw.concat_str([nw.col("tier_low"), nw.col("tier_high")], separator="_"),
        about=first_true([(is_, f"missing_{name}") for name, is_ in named.items()], None),
        count=many,
        began=nw.lit(asked_since, dtype=nw.Int64),
    )


def _rank(column: str, ranks: dict[str, int]) -> nw.Expr:
    return nw.coalesce(*(nw.when(nw.col(column) == name).then(nw.lit(rank)) for name, rank in ranks.items()))
