"""Facts whose absence blurs a decision: by how many tiers it could move."""

import narwhals as nw

from xiaoer.events.night.seen import not_met_since, rows
from xiaoer.events.rules import TIERS
from xiaoer.events.terms import Rule, Rules
from xiaoer.kit.tables import Frame

APART = ","  # between the names of size_missing


def missing_facts(firms: Frame, asked_since: int, rules: Rules) -> Frame:
    """Firms that what is missing could move by several tiers, once since `asked_since` (a day number).

    A firm somebody was in touch with since is not asked again; at stake is what it could bring.
    """
    ranks = {name: number for number, name in enumerate(TIERS)}
    rank = {end: _rank(f"tier_{end}", ranks) for end in ("low", "high")}
    wide = firms.filter(rank["high"] - rank["low"] >= rules.of(Rule.MISSING_FACTS)["least_tiers"])
    asked = wide.filter(not_met_since(nw.lit(asked_since)))
    missing = nw.col("size_missing")
    return rows(
        asked,
        Rule.MISSING_FACTS,
        nw.col("potential"),
        variant=nw.concat_str([nw.col("tier_low"), nw.col("tier_high")], separator="_"),
        about=nw.concat_str([nw.lit("missing_"), missing.str.split(APART).list.get(0)]),
        count=missing.str.len_chars() - missing.str.replace_all(APART, "", literal=True).str.len_chars() + 1,
        began=nw.lit(asked_since, dtype=nw.Int64),
    )


def _rank(column: str, ranks: dict[str, int]) -> nw.Expr:
    return nw.coalesce(*(nw.when(nw.col(column) == name).then(nw.lit(rank)) for name, rank in ranks.items()))
