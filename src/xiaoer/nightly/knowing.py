"""Know and judge: features, the risk score, contribution, size and tier."""

import narwhals as nw

from xiaoer.applications.night import FlowTable, four_flows
from xiaoer.customers.terms import OWN_LINE
from xiaoer.features.night import (
    account_flows,
    partner_features,
    shared_amounts,
    together,
    turnover,
)
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables.expressions import day_no
from xiaoer.nightly.answers import told_customers
from xiaoer.nightly.modelling import train_risk
from xiaoer.nightly.run import Night
from xiaoer.products.night import products_per_firm
from xiaoer.scores.night import empty_scores, read_by, scoring
from xiaoer.scores.registry import Registry
from xiaoer.scores.terms import specification
from xiaoer.segments.night import places, rhythms, size_classes, tier_range
from xiaoer.segments.terms import Grid, SizeTable
from xiaoer.value.night import contribution
from xiaoer.value.terms import Margins


def features(night: Night) -> None:
    on = night.on
    both = shared_amounts(night.made("partners"), night.made("shared"))
    themes = [
        night.keep("turnover", turnover(night.made("turnover_sums"), on)),
        night.made("rhythm"),
        night.keep("concentration", partner_features(night.made("concentrated"), both)),
        night.keep("accounts", account_flows(night.made("account_sums"))),
    ]
    night.keep("features", together(told_customers(night), themes, on.today))


def scores(night: Night) -> None:
    """The card in use; the first night trains one, and without enough known outcomes there is no score."""
    registry, spec = Registry(night.models), specification("risk")
    card = registry.in_use(spec.name, night.business_date.isoformat())
    if card is None:
        try:
            card = train_risk(night, registry, use=registry.in_use(spec.name) is None)
        except Refusal:
            night.keep_rows("scores", empty_scores())
            return
    read = night.made("features").select(read_by(card, spec.requires))
    scored = night.engine.map_batches(read, scoring(card, spec.requires), night.path("scores"))
    night.rows += night.engine.collect(scored.select(nw.len().alias("firms")))["firms"][0].as_py()


def segments(night: Night) -> None:
    known = night.made("features").join(night.made("borrowing"), on="customer_id", how="left")
    worth = night.keep("value", contribution(known, Margins.in_force(night.business_date)))
    customers, table = told_customers(night), SizeTable.in_force(night.business_date)
    grid, sizes = Grid.in_force(night.business_date), size_classes(customers, table)
    sales = known.select("customer_id", nw.col("sales_12m").alias("turnover_12m"))
    worths = worth.select("customer_id", "contribution_12m").join(sales, on="customer_id", how="left")
    placed = places(sizes.join(worths, on="customer_id", how="left"), grid)
    between = tier_range(customers, worths, table, grid)
    beside = placed.join(sizes, on="customer_id", how="left").join(between, on="customer_id", how="left")
    night.keep("segments", rhythms(beside, night.business_date))
    firms = night.keep("firms", _firms(night))
    night.keep("four_flows", four_flows(firms, FlowTable.in_force(night.business_date)))


def _passed(night: Night) -> nw.LazyFrame:
    """customer_id and the line it was passed over from; null for our own, and where no line is delivered."""
    line = nw.col("line").fill_null("").str.strip_chars().str.to_lowercase()
    other = nw.when(~line.is_in(["", OWN_LINE])).then(line)
    return night.delivered("customers").select("customer_id", other.alias("passed_from"))


def _firms(night: Night) -> nw.LazyFrame:
    """All that is known of a firm, side by side, for events and offers."""
    frame = night.made("features")
    for name in ("borrowing", "value", "segments", "touched", "satisfaction", "living", "sign_ins"):
        frame = frame.join(night.made(name), on="customer_id", how="left")
    frame = frame.join(_passed(night), on="customer_id", how="left")
    scored = night.made("scores").select("customer_id", "value", "points", "band", "state")
    counted = products_per_firm(night.made("held"))
    return (
        frame.join(scored, on="customer_id", how="left")
        .join(counted, on="customer_id", how="left")
        .with_columns(day_no("matures_date").alias("matures_day"))
    )
