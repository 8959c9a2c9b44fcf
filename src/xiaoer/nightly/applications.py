"""The published rows of lending: four flows of every firm, and the applications the bank's files tell of."""

from datetime import timedelta

import polars as pl

from xiaoer.applications.night import FLOWS, FlowTable
from xiaoer.kit.jsontext import finite, whole, written
from xiaoer.nightly import seam
from xiaoer.nightly.pieces import Part, in_parts
from xiaoer.nightly.run import Night

FLOW_COLUMNS = ("customer_id", *FLOWS, "parts", "known")
ENDED = ("drawn", "declined", "withdrawn")
SHOWN_AFTER = timedelta(days=365)  # applications that ended stay in sight for a year
BROUGHT = (
    "application_id", "customer_id", "product_id", "product_name", "received_date", "source", "amount", "term_months",
    "stage", "survey_minutes", "form_minutes", "decision", "decided_date", "decline_reason", "approved_amount",
    "approved_rate", "drawn_date", "prepared_by", "reviewed_by", "approved_by", "papers",
)  # fmt: skip
TEXTS = ("product_id", "product_name", "source", "stage", "decision", "decline_reason", "prepared_by", "reviewed_by",
         "approved_by")  # fmt: skip
DRAFTED_FROM = ("sales_12m", "purchases_12m", "inflow_12m", "outflow_12m", "balance_90d", "loan_balance",
                "sector_margin_bp", "sector_known")  # fmt: skip


def four_flows(night: Night) -> seam.Rows:
    """One row per firm, components as JSON text."""
    table = FlowTable.in_force(night.business_date)
    return in_parts(night, FLOW_COLUMNS, lambda part: _flows(part.made("four_flows"), table))


def _flows(rows: pl.DataFrame, table: FlowTable) -> pl.DataFrame:
    by_flow = {flow: [_component(one.code) for one in table.of(flow)] for flow in FLOWS}
    known = {name: whole(pl.col(name)) for name in DRAFTED_FROM}
    return rows.with_columns(parts=written(by_flow), known=written(known))


def _component(code: str) -> pl.Expr:
    return written([code, finite(pl.col(code).round(6)), whole(pl.col(f"{code}_points"))])


def brought(night: Night) -> seam.Rows:
    """Applications under way, or ended within a year, with their papers; none whose firm is not in the book."""
    names = pl.DataFrame(night.engine.collect(night.delivered("products").select("product_id", "name")))
    products = names.unique("product_id", keep="last").rename({"name": "product_name"})
    return in_parts(night, BROUGHT, lambda part: _brought(part, products))


def _brought(part: Part, products: pl.DataFrame) -> pl.DataFrame:
    since = part.night.business_date - SHOWN_AFTER
    rows = part.rows(part.night.delivered("applications")).unique("application_id", keep="last")
    shown = rows.filter(
        pl.col("received_date") <= part.night.business_date,
        ~pl.col("stage").is_in(ENDED) | pl.col("stage").is_null() | (pl.col("received_date") > since),
    )
    told = (
        shown.join(part.firms, on="customer_id", how="semi")
        .join(products, on="product_id", how="left")
        .join(_papers(part), on="application_id", how="left")
    )
    filled = told.with_columns(
        *(pl.col(name).fill_null("") for name in TEXTS), pl.col("papers").fill_null("[]")
    )
    return filled.sort("application_id").select(BROUGHT)


def _papers(part: Part) -> pl.DataFrame:
    """application_id, papers: what is known of each kind, as JSON text."""
    rows = part.rows(part.night.delivered("documents")).filter(pl.col("application_id").is_not_null())
    latest = rows.sort("document_id").unique(["application_id", "kind"], keep="last", maintain_order=True)
    until = pl.col("expires_date").dt.strftime("%Y-%m-%d")
    entry = pl.struct("kind", "status", until.alias("expires_date")).struct.json_encode()
    listed = latest.sort("application_id", "kind").select("application_id", entry=entry)
    texts = listed.group_by("application_id", maintain_order=True).agg(pl.col("entry").str.join(","))
    return texts.select("application_id", papers=pl.format("[{}]", "entry"))
