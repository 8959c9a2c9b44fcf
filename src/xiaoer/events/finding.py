"""Which firms a rule of the bank names tonight: tables in, tables out, on any engine."""

from functools import reduce

import narwhals as nw

from xiaoer.events.expressions import BEFORE, holds
from xiaoer.events.written import Population, WrittenRule
from xiaoer.kit.tables import Frame


def named(firms: Frame, before: Frame | None, held: Frame, rule: WrittenRule) -> Frame:
    """Rows of customer_id, tier, amount (fen at stake) and what the rule's sentence shows.

    `firms` are open ones tonight, `before` the same table of the night before (None on a bank's first night:
    then nothing of it is known), `held` the products (customer_id, product_id).
    """
    beside = _beside(among(firms, held, rule.population), before, rule)
    stake = nw.col(rule.stake) if rule.stake else nw.lit(0)
    found = beside.filter(holds(rule.tree))
    shown = [nw.col(name) for name in rule.evidence if name not in ("customer_id", "tier", "amount")]
    return found.select(
        "customer_id", "tier", nw.coalesce(stake.cast(nw.Int64), nw.lit(0)).alias("amount"), *shown
    )


def among(firms: Frame, held: Frame, people: Population) -> Frame:
    """The firms a population names."""
    kept = firms
    for column, values in (("tier", people.tiers), ("kind", people.kinds)):
        if values:
            kept = kept.filter(nw.col(column).is_in(list(values)))
    if people.industries:
        begins = [nw.col("industry_code").str.starts_with(code) for code in people.industries]
        kept = kept.filter(reduce(lambda one, other: one | other, begins))
    for product in people.holds:
        kept = kept.join(_holders(held, [product]), on="customer_id", how="semi")
    if people.holds_not:
        kept = kept.join(_holders(held, list(people.holds_not)), on="customer_id", how="anti")
    return kept


def _holders(held: Frame, products: list[str]) -> Frame:
    return held.filter(nw.col("product_id").is_in(products)).select("customer_id")


def _beside(firms: Frame, before: Frame | None, rule: WrittenRule) -> Frame:
    columns = sorted(rule.reads_before)
    if not columns:
        return firms
    if before is None:
        return firms.with_columns(nw.lit(None).cast(nw.Float64).alias(BEFORE + name) for name in columns)
    known = before.select("customer_id", *(nw.col(name).alias(BEFORE + name) for name in columns))
    return firms.join(known, on="customer_id", how="left")
