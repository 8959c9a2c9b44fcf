"""Four flows of every firm: components, points, indices; and what a first appraisal is drafted from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import narwhals as nw

from xiaoer.applications.terms import ROOM
from xiaoer.kit.parameters import in_force
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import share, whole

FLOWS = ("credit", "funds", "cash", "information")
BASIS = 10_000
FULL = 100
KNOWN = ("sales_12m", "purchases_12m", "inflow_12m", "outflow_12m", "balance_90d", "loan_balance")


@dataclass(frozen=True, slots=True)
class Component:
    """One figure of a flow: no points at `low`, all at `high`."""

    flow: str
    code: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class FlowTable:
    """The components of one day."""

    components: tuple[Component, ...]
    least_known: int
    sector_digits: int
    sector_firms: int

    @classmethod
    def in_force(cls, on: date) -> "FlowTable":
        """As parameters.toml has them on a day."""
        told = in_force(ROOM, "four_flows", on)
        parts = tuple(Component(**one) for one in told["components"])
        return cls(parts, told["least_known"], told["sector_digits"], told["sector_firms"])

    def of(self, flow: str) -> tuple[Component, ...]:
        """One flow's components, in the order of the page."""
        return tuple(one for one in self.components if one.flow == flow)


def four_flows(firms: Frame, table: FlowTable) -> Frame:
    """One row per firm: credit, funds, cash, information (Int64, 0–100, null), each component and its points, KNOWN.

    `firms` is the night's wide table: features beside borrowing and scores. Amounts in fen.
    """
    valued = firms.select("customer_id", "industry_code", "margin", *KNOWN, *_figures())
    pointed = valued.with_columns(*(_points(one).alias(f"{one.code}_points") for one in table.components))
    codes = [one.code for one in table.components]
    indices = [_index(table.of(flow), table.least_known).alias(flow) for flow in FLOWS]
    placed = pointed.with_columns(*indices, _sector(table.sector_digits).alias("sector"))
    margins = _sector_margins(placed, table.sector_firms)
    points = [f"{code}_points" for code in codes]
    return placed.join(margins, on="sector", how="left").select(
        "customer_id", *FLOWS, *codes, *points, *KNOWN, "sector_margin_bp", "sector_known"
    )


def _figures() -> list[nw.Expr]:
    inflow, sales = nw.col("inflow_12m"), nw.col("sales_12m")
    return [
        nw.col("value").alias("pd"),
        nw.col("days_past_due").cast(nw.Float64).alias("days_past_due"),
        nw.col("void_share"),
        nw.col("red_amount_share"),
        share(inflow, sales).alias("settlement_share"),
        nw.col("inflow_growth_90d"),
        share(nw.col("balance_90d"), inflow).alias("balance_share"),
        share(inflow - nw.col("outflow_12m"), inflow).alias("surplus_share"),
        share(nw.col("balance_90d") * 12, nw.col("outflow_12m")).alias("cover_months"),
        share(nw.col("loan_balance"), sales).alias("debt_share"),
        nw.col("known_days").cast(nw.Float64).alias("known_days"),
        nw.col("sale_month_share"),
        nw.col("buyer_loyal_share"),
        nw.col("electronic_share"),
    ]


def _points(one: Component) -> nw.Expr:
    """Whole points on the straight line, null where the figure is not known."""
    at = (nw.col(one.code) - one.low) / (one.high - one.low) * FULL
    kept = (
        nw.when(at > FULL)
        .then(nw.lit(float(FULL)))
        .otherwise(nw.when(at < 0).then(nw.lit(0.0)).otherwise(at))
    )
    return nw.when(~nw.col(one.code).is_null()).then(whole(kept.floor()))


def _index(parts: Sequence[Component], least: int) -> nw.Expr:
    """The mean of the known points, rounded down; null where too few are known."""
    points = [nw.col(f"{one.code}_points") for one in parts]
    known = sum((whole(~one.is_null()) for one in points[1:]), whole(~points[0].is_null()))
    total = sum((nw.coalesce(one, nw.lit(0)) for one in points[1:]), nw.coalesce(points[0], nw.lit(0)))
    return nw.when(known >= least).then(whole(total // known))


def _sector(digits: int) -> nw.Expr:
    return nw.col("industry_code").str.slice(0, digits)


def _sector_margins(placed: Frame, fewest: int) -> Frame:
    """sector, sector_margin_bp, sector_known: the median of the margins, where enough firms of it are known."""
    known = placed.filter(
        ~nw.col("sector").is_null(), nw.col("sector") != "", ~nw.col("margin").is_null()
    ).with_columns((nw.col("margin") * BASIS).floor().cast(nw.Int64).alias("margin_bp"))
    counted = known.group_by("sector").agg(
        whole(nw.col("margin_bp").median().floor()).alias("sector_margin_bp"),
        whole(nw.len()).alias("sector_known"),
    )
    return counted.filter(nw.col("sector_known") >= fewest)
