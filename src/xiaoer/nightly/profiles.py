"""What a firm's page draws: months, main buyers and suppliers, contacts; and how it may be approached."""

import polars as pl

from xiaoer.kit.jsontext import day, finite, quoted, whole, written
from xiaoer.network.night import TIE
from xiaoer.nightly import seam
from xiaoer.nightly.directory import Directory
from xiaoer.nightly.pieces import Part, as_json, in_parts, monthly
from xiaoer.nightly.run import Night
from xiaoer.nightly.shaping import SPARK_MONTHS, first_spark_month
from xiaoer.nightly.standing import CONSENTS
from xiaoer.nightly.standins import staff_rows

MONTHS, MOST_CONTACTS = 36, 12
COLUMNS = (
    "customer_id", "last_month", "sales", "purchases", "inflow", "outflow", "buyers", "suppliers", "contacts",
    "standing",
)  # fmt: skip


def profiles(night: Night, called: Directory) -> seam.Rows:
    """One row per firm, lists of months and JSON columns as text; amounts in fen."""
    last = night.business_date.year * 12 + night.business_date.month - 1
    staff = pl.DataFrame(
        [(row["staff_id"], row["name"]) for row in staff_rows(night)],
        {"staff_id": pl.String, "staff": pl.String},
        orient="row",
    )
    return in_parts(night, COLUMNS, lambda part: _profiles(part, called, staff, last))


def _profiles(part: Part, called: Directory, staff: pl.DataFrame, last: int) -> pl.DataFrame:
    firms, first = part.firms, last - MONTHS + 1
    trade = monthly(firms, part.made("months"), ("sales", "purchases"), first, MONTHS)
    flows = monthly(firms, part.made("flow_months"), ("inflow", "outflow"), first, MONTHS)
    partners = _partners(part, called)
    told = [_texts(trade, "sales", "purchases"), _texts(flows, "inflow", "outflow")]
    for direction, name in (("sale", "buyers"), ("purchase", "suppliers")):
        told.append(partners.filter(direction=direction).select("customer_id", pl.col("entries").alias(name)))
    told += [_contacts(part, staff), _standing(part)]
    rows = firms.with_columns(last_month=pl.lit(part.night.business_date.replace(day=1)))
    for one in told:
        rows = rows.join(one, on="customer_id", how="left", maintain_order="left")
    return rows.with_columns(pl.col("contacts").fill_null("[]"))


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
    entry = [
        quoted(pl.col("name")),
        quoted(pl.col("known_as")),
        whole(pl.col("amount_12m")),
        finite(pl.col("share").round(4)),
        day(pl.col("last_day").cast(pl.Int32).cast(pl.Date)),
        whole(pl.when(pl.col("days") > 1).then(spaces.round().cast(pl.Int64).clip(1))),
        as_json(pl.col("amount")),
    ]
    return _listed(rows, written(entry), "customer_id", "direction")


def _iso(day: pl.Expr) -> pl.Expr:
    return day.dt.strftime("%Y-%m-%d")


def _listed(rows: pl.DataFrame, entry: pl.Expr, *key: str) -> pl.DataFrame:
    """Per key its entries, JSON texts in the rows' order, as one in `entries`."""
    texts = rows.select(*key, entries=entry)
    return (
        texts.group_by(key, maintain_order=True)
        .agg(pl.col("entries").str.join(","))
        .with_columns(pl.format("[{}]", "entries").alias("entries"))
    )


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
    return _listed(shown, entry.struct.json_encode(), "customer_id").rename({"entries": "contacts"})


def _standing(part: Part) -> pl.DataFrame:
    """What the desk must know to ask the contact policy: consents, and its circles.

    Of the other firms of a circle only numbers, and the days and ways of contacts; whose they are is not told.
    """
    customers = part.rows(part.night.delivered("customers")).unique("customer_id", keep="last")
    group, met = _circles(part)
    told = customers.join(group, on="customer_id", how="left").join(met, on="customer_id", how="left")
    consents = pl.struct(pl.col(f"consent_{use}").alias(use) for use in CONSENTS)
    standing = pl.struct(consents.alias("consents"), "group", "group_contacts")
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
