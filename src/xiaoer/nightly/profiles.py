"""What a firm's page draws: months, main buyers and suppliers, firms to compare with."""

import json
from collections.abc import Iterator

import polars as pl
import pyarrow as pa

from xiaoer.features.night import similar
from xiaoer.kit.text import reason
from xiaoer.network.night import TIE
from xiaoer.nightly import seam
from xiaoer.nightly.directory import Directory
from xiaoer.nightly.pieces import Part, as_json, in_parts, monthly
from xiaoer.nightly.run import Night
from xiaoer.nightly.shaping import SPARK_MONTHS, first_spark_month
from xiaoer.nightly.standing import CONSENTS, OPEN
from xiaoer.nightly.standins import staff_rows

MONTHS, MOST_CONTACTS = 36, 12
COLUMNS = (
    "customer_id", "months", "sales", "purchases", "inflow", "outflow", "buyers", "suppliers", "similar", "contacts",
    "standing",
)  # fmt: skip


def profiles(night: Night, called: Directory) -> seam.Rows:
    """One row per firm, JSON columns as text; amounts in fen."""
    last = night.business_date.year * 12 + night.business_date.month - 1
    staff = pl.DataFrame(
        [(row["staff_id"], row["name"]) for row in staff_rows(night)],
        {"staff_id": pl.String, "staff": pl.String},
        orient="row",
    )
    shown = in_parts(night, COLUMNS, lambda part: _profiles(part, called, staff, last))

    def pieces() -> Iterator[pa.Table]:
        night.keep("similar", similar(night.made("features")))
        yield from shown.pieces()

    return seam.Rows(shown.column_names, pieces)


def _profiles(part: Part, called: Directory, staff: pl.DataFrame, last: int) -> pl.DataFrame:
    firms, first = part.firms, last - MONTHS + 1
    months = [f"{month // 12}-{month % 12 + 1:02d}" for month in range(first, last + 1)]
    trade = monthly(firms, part.made("months"), ("sales", "purchases"), first, MONTHS)
    flows = monthly(firms, part.made("flow_months"), ("inflow", "outflow"), first, MONTHS)
    partners = _partners(part, called)
    told = [_texts(trade, "sales", "purchases"), _texts(flows, "inflow", "outflow")]
    for direction, name in (("sale", "buyers"), ("purchase", "suppliers")):
        told.append(partners.filter(direction=direction).select("customer_id", pl.col("entries").alias(name)))
    told += [_similar(part), _contacts(part, staff), _standing(part)]
    rows = firms.with_columns(months=pl.lit(json.dumps(months)))
    for one in told:
        rows = rows.join(one, on="customer_id", how="left", maintain_order="left")
    return rows.with_columns(pl.col("similar", "contacts").fill_null("[]"))


def _texts(series: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Monthly figures as JSON text; none where nobody delivered any."""
    return series.filter("known").select(
        "customer_id", *(as_json(pl.col(name)).alias(name) for name in names)
    )


def _partners(part: Part, called: Directory) -> pl.DataFrame:
    """customer_id, direction, entries; a counterparty that banks with us carries its customer number."""
    main = part.made("main_partners").sort("customer_id", "direction", "rank")
    sparks = monthly(
        main.select(TIE),
        part.made("partner_months"),
        ("amount",),
        first_spark_month(part.night),
        SPARK_MONTHS,
    )
    rows = called.called(main).join(sparks, on=TIE, how="left", maintain_order="left")
    spaces = (pl.col("last_day") - pl.col("first_day")) / (pl.col("days") - 1)
    entry = pl.struct(
        pl.col("counterparty_id").alias("id"),
        "name",
        pl.col("known_as").alias("customer_id"),
        pl.col("amount_12m").alias("amount"),
        pl.col("share").round(4),
        _iso(pl.col("last_day").cast(pl.Int32).cast(pl.Date)).alias("last_date"),
        pl.when(pl.col("days") > 1).then(spaces.round().cast(pl.Int64).clip(1)).alias("gap_days"),
        pl.col("amount").alias("spark"),
    )
    return _listed(rows, entry, "customer_id", "direction")


def _iso(day: pl.Expr) -> pl.Expr:
    return day.dt.strftime("%Y-%m-%d")


def _listed(rows: pl.DataFrame, entry: pl.Expr, *key: str) -> pl.DataFrame:
    """Per key its entries in the rows' order, as JSON text in `entries`."""
    texts = rows.select(*key, entries=entry.struct.json_encode())
    return (
        texts.group_by(key, maintain_order=True)
        .agg(pl.col("entries").str.join(","))
        .with_columns(pl.format("[{}]", "entries").alias("entries"))
    )


def _similar(part: Part) -> pl.DataFrame:
    """Firms in the same industry, or without one merely alike in size; the desk names them in the reader's scope."""
    # A firm and its neighbours share the division of their industries: where one has none, none of them has.
    industry = part.rows(part.night.made("features").select("customer_id", "industry_code"))
    pairs = part.made("similar").sort("customer_id", "place")
    known = pairs.join(industry, on="customer_id", how="left", maintain_order="left")
    alike = pl.when(pl.col("industry_code").str.len_bytes() > 0)
    why = alike.then(pl.lit(_why("similar_in_industry"))).otherwise(pl.lit(_why("similar_in_size")))
    number = pl.struct(customer_id=pl.col("neighbour_id")).struct.json_encode().str.strip_suffix("}")
    entries = known.select("customer_id", entries=number + pl.lit(', "why": ') + why + pl.lit("}"))
    return entries.group_by("customer_id").agg(
        pl.format("[{}]", pl.col("entries").str.join(",")).alias("similar")
    )


def _why(code: str) -> str:
    return json.dumps(reason(code), ensure_ascii=False)


def _contacts(part: Part, staff: pl.DataFrame) -> pl.DataFrame:
    """What the bank's files tell of contacts, newest first; the desk shows its own records itself."""
    rows = part.made("contacts").filter(by="bank").join(staff, on="staff_id", how="left")
    newest = rows.sort(
        "customer_id", "day", "channel", "outcome", descending=[False, True, False, False], nulls_last=True
    )
    entry = pl.struct(
        _iso(pl.col("contact_date")).alias("date"),
        "channel",
        "outcome",
        "purpose",
        pl.col("staff").fill_null(""),
    )
    shown = newest.group_by("customer_id", maintain_order=True).head(MOST_CONTACTS)
    return _listed(shown, entry, "customer_id").rename({"entries": "contacts"})


def _standing(part: Part) -> pl.DataFrame:
    """What the desk must know to ask the contact policy: consents, since when a complaint is open, its circles.

    Of the other firms of a circle only numbers, and the days and ways of contacts; whose they are is not told.
    """
    asked = part.rows(part.night.delivered("service_requests"))
    complained = (
        asked.filter(pl.col("requested_date") <= part.night.business_date, kind="complaint", status=OPEN)
        .group_by("customer_id")
        .agg(complaint_date=_iso(pl.col("requested_date").min()))
    )
    customers = part.rows(part.night.delivered("customers")).unique("customer_id", keep="last")
    group, met = _circles(part)
    told = customers.join(complained, on="customer_id", how="left")
    told = told.join(group, on="customer_id", how="left").join(met, on="customer_id", how="left")
    consents = pl.struct(pl.col(f"consent_{use}").alias(use) for use in CONSENTS)
    as_of = pl.lit(part.night.business_date.isoformat()).alias("as_of")
    standing = pl.struct(consents.alias("consents"), "complaint_date", "group", "group_contacts", as_of)
    return told.select("customer_id", standing=standing.struct.json_encode())


def _circles(part: Part) -> tuple[pl.DataFrame, pl.DataFrame]:
    """customer_id and `group`, the others' numbers; customer_id and `group_contacts`, contacts with them."""
    others = part.made("neighbours").sort("customer_id", "other_id")
    contacts = part.made("group_contacts").sort("customer_id", "contact_date", "channel", "purpose")
    entry = pl.struct(_iso(pl.col("contact_date")).alias("date"), pl.col("channel", "purpose").fill_null(""))
    return (
        others.group_by("customer_id", maintain_order=True).agg(group=pl.col("other_id")),
        contacts.group_by("customer_id", maintain_order=True).agg(group_contacts=entry),
    )
