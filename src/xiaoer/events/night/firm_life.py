"""What changed in a firm's own life: who owns it, who signs for it, where it sits, how many work there.

Each snapshot the bank delivered is held against the one before it; in words: docs/rules/firm-life.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import narwhals as nw

from xiaoer.events.night.seen import not_met_since, rows
from xiaoer.events.terms import Rule, Rules
from xiaoer.kit.dates import day_number
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no

OWNS, SIGNS = ("beneficial_owner", "shareholder"), "legal_representative"
OF = ["customer_id", "business_date"]
CUSTOMERS, ROLES = "file_customers", "file_person_roles"


@dataclass(frozen=True)
class Snapshots:
    """Snapshots of some business dates: customers, their personal side (`address`), and the roles of people."""

    customers: Frame
    personal: Frame
    roles: Frame


def looked_at(delivered: Sequence[date], first: date) -> date | None:
    """From which of the dates snapshots lie on to read, so that each from `first` on has one before it."""
    before = [day for day in delivered if day < first]
    return max(before, default=min(delivered, default=None))


def firm_life(snapshots: Snapshots, firms: Frame, today: int, rules: Rules) -> Frame:
    """What the rules of a firm's life see, each until somebody was in touch, at most `stands_days`."""
    roles = _current(snapshots.roles)
    owner = _changed(_main_owner(roles), "value").with_columns(
        was="value_before", became="value", now=_no_number()
    )
    signer = _changed(_signer(roles), "value").with_columns(
        was="value_before", became="value", now=_no_number()
    )
    found = [
        (Rule.OWNER_CHANGED, owner, ROLES),
        (Rule.LEGAL_PERSON_CHANGED, signer, ROLES),
        (Rule.ADDRESS_CHANGED, _moved(snapshots), CUSTOMERS),
        (Rule.STAFF_CHANGED, _grown(snapshots.customers, rules), CUSTOMERS),
    ]
    return nw.concat(
        [_told(rule, seen, file, firms, today=today, rules=rules) for rule, seen, file in found],
        how="vertical",
    )


def _told(rule: Rule, seen: Frame, file: str, firms: Frame, *, today: int, rules: Rules) -> Frame:
    stands = rules.of(rule)["stands_days"]
    dated = seen.with_columns(day=day_no("business_date")).filter(nw.col("day") > today - stands)
    last = dated.filter(nw.col("day") == nw.col("day").max().over("customer_id"))
    known = firms.select("customer_id", "potential", "last_contact_day")
    standing = last.join(known, on="customer_id", how="inner").filter(not_met_since(nw.col("day")))
    number = {"now": nw.col("now"), "before": nw.col("value_before")} if rule is Rule.STAFF_CHANGED else {}
    text = {} if rule is Rule.STAFF_CHANGED else {"was": nw.col("was"), "became": nw.col("became")}
    near = {"variant": nw.when(nw.col("near")).then(nw.lit("near"))} if rule is Rule.ADDRESS_CHANGED else {}
    return rows(
        standing, rule, nw.col("potential"), about=nw.lit(file), mark_day=nw.col("day"), began=nw.col("day"),
        **number, **text, **near,
    )  # fmt: skip


def _no_number() -> nw.Expr:
    return nw.lit(None, dtype=nw.Int64)


def _changed(states: Frame, *kept: str) -> Frame:
    """Rows whose value is another than in the firm's snapshot before; what is not told changes nothing.

    `states`: customer_id, business_date, value and what else is `kept`; each with its `…_before`.
    """
    known = states.filter(~nw.col("value").is_null())
    names = dict.fromkeys(("value", *kept))
    before = {
        f"{name}_before": nw.col(name).shift(1).over("customer_id", order_by="business_date")
        for name in names
    }
    return known.with_columns(**before).filter(nw.col("value") != nw.col("value_before"))


def _current(roles: Frame) -> Frame:
    return roles.filter(nw.col("to_date").is_null() | (nw.col("to_date") >= nw.col("business_date")))


def _main_owner(roles: Frame) -> Frame:
    """Who holds the largest share; of equals the first by number."""
    owners = roles.filter(nw.col("role").is_in(OWNS)).with_columns(
        held=nw.coalesce(nw.col("share"), nw.lit(0.0))
    )
    largest = owners.filter(nw.col("held") == nw.col("held").max().over(*OF))
    return largest.group_by(OF).agg(nw.col("person_id").min().alias("value"))


def _signer(roles: Frame) -> Frame:
    signers = roles.filter(nw.col("role") == SIGNS)
    return signers.group_by(OF).agg(nw.col("person_id").min().alias("value"))


def _moved(snapshots: Snapshots) -> Frame:
    """Another address, told by region and district alone: the address itself stays on the personal side."""
    blank = nw.lit("")
    place = nw.concat_str(nw.coalesce(nw.col("region"), blank), nw.coalesce(nw.col("district"), blank))
    plain = nw.col("address").str.replace_all(" ", "", literal=True)
    addresses = snapshots.personal.select(*OF, address=plain)
    states = snapshots.customers.select(*OF, place=place).join(addresses, on=OF, how="left")
    told = states.with_columns(
        value=nw.coalesce("address", nw.when(nw.col("place") != "").then(nw.col("place")))
    )
    both = _changed(told, "place", "address").filter(
        nw.col("address").is_null() == nw.col("address_before").is_null()  # else one side is not told
    )
    return both.with_columns(
        was="place_before", became="place", now=_no_number(), near=nw.col("place") == nw.col("place_before")
    )


def _grown(customers: Frame, rules: Rules) -> Frame:
    """Many more or fewer people than in the snapshot before."""
    held = rules.of(Rule.STAFF_CHANGED)
    states = customers.select(*OF, value=nw.col("staff_count").cast(nw.Int64))
    moved = (nw.col("value") - nw.col("value_before")).abs()
    return (
        _changed(states)
        .filter(moved >= held["least_people"], moved >= nw.col("value_before") * held["least_share"])
        .with_columns(now=nw.col("value"))
    )


def record_month(months: Frame, firms: Frame, on: date, rules: Rules) -> Frame:
    """The month just over was the firm's best in years by what it invoiced, well above the former best.

    `months`: customer_id, month (number), sales (fen). Good news begins on the month's last day.
    """
    rule, held = Rule.RECORD_MONTH, rules.of(Rule.RECORD_MONTH)
    number, last_day = _month_over(on)
    stands = nw.lit(day_number(on) - last_day < held["stands_days"])
    earlier = months.filter(nw.col("month") < number, nw.col("month") >= number - 12 * held["years"])
    best = earlier.group_by("customer_id").agg(
        nw.col("sales").max().alias("best"), nw.col("month").min().alias("first"),
        nw.len().cast(nw.Int64).alias("known"),
    )  # fmt: skip
    over = months.filter(nw.col("month") == number).select("customer_id", "sales")
    now = over.join(best, on="customer_id", how="inner")
    known = firms.select("customer_id", "potential", "last_contact_day")
    found = now.join(known, on="customer_id", how="inner").filter(
        (nw.col("known") >= held["least_months"]) & stands,
        nw.col("sales") >= rules.fen(rule, "least_sales_wan"),
        nw.col("sales") >= nw.col("best") * held["least_times"],
        not_met_since(nw.lit(last_day)),
    )
    return rows(
        found, rule, nw.col("sales") - nw.col("best"), now=nw.col("sales"), before=nw.col("best"),
        count=nw.lit(number, dtype=nw.Int64) - nw.col("first"), about=nw.lit("file_invoices"),
        mark_day=nw.lit(last_day, dtype=nw.Int64), began=nw.lit(last_day, dtype=nw.Int64),
    )  # fmt: skip


def _month_over(on: date) -> tuple[int, int]:
    """The number of the last month that is over on a day, and its last day's."""
    over = date.fromordinal(on.toordinal() + 1)
    first = over.replace(day=1)
    return first.year * 12 + first.month - 2, day_number(first) - 1


def new_line(sold: Frame, firms: Frame, today: int, rules: Rules) -> Frame:
    """A kind of goods a firm never invoiced before, now a good part of its sales; of several the largest.

    `sold` as `goods_sold` gives it.
    """
    rule, held = Rule.NEW_LINE, rules.of(Rule.NEW_LINE)
    fresh = sold.filter(nw.col("first_day") > today - held["within_days"])
    largest = fresh.filter(nw.col("amount") == nw.col("amount").max().over("customer_id"))
    one = largest.filter(nw.col("goods") == nw.col("goods").min().over("customer_id"))
    columns = ("customer_id", "potential", "last_contact_day", "sales_90d", "known_days")
    found = one.join(firms.select(columns), on="customer_id", how="inner").filter(
        nw.col("known_days") >= held["least_known_days"],
        nw.col("papers") >= held["least_papers"],
        nw.col("amount") >= rules.fen(rule, "least_amount_wan"),
        nw.col("amount") >= nw.col("sales_90d") * held["least_share"],
        not_met_since(nw.col("first_day")),
    )
    part = nw.when(nw.col("sales_90d") > 0).then(nw.col("amount").cast(nw.Float64) / nw.col("sales_90d"))
    return rows(
        found, rule, nw.col("amount"), product=nw.col("goods"), now=nw.col("amount"), part=part,
        count=nw.col("papers"), about=nw.lit("file_invoices"), mark_day=nw.col("first_day"), began=nw.col("first_day"),
    )  # fmt: skip


def goods_sold(invoices: Frame, today: int, within_days: int) -> Frame:
    """Kinds of goods first invoiced within some days: customer_id, goods, first_day, papers, amount (fen)."""
    valid = nw.coalesce(nw.col("status"), nw.lit("valid")) == "valid"
    sales = invoices.filter(
        nw.col("direction") == "sale", valid, ~nw.col("goods").is_null(), nw.col("gross") > 0
    ).with_columns(day=day_no("invoice_date"))
    kinds = sales.group_by("customer_id", "goods").agg(
        nw.col("day").min().alias("first_day"), nw.len().cast(nw.Int64).alias("papers"),
        nw.col("gross").sum().cast(nw.Int64).alias("amount"),
    )  # fmt: skip
    return kinds.filter(nw.col("first_day") > today - within_days)
