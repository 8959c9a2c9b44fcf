"""Products a firm opened: what it has still to be shown, and which it hardly uses, with the likely cause."""

from collections.abc import Mapping

import narwhals as nw

from xiaoer.events.night.seen import first_true, not_met_since, rows
from xiaoer.events.terms import Rule, Rules
from xiaoer.features.terms import Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import share, whole

ELECTRONIC, PAYROLL = "electronic", "payroll"
SEEN = (
    "customer_id", "potential", "last_contact_day", "logins_90d", "moves_90d", "owner_out_90d", "outflow_90d",
    "inflow_90d", "sales_90d", "counter_12m", "wages_90d", "staff_count",
)  # fmt: skip


def still_to_show(lessons: Frame, finished: Frame, on: Windows) -> Frame:
    """The openings with a step past its day: one of a firm, the longest due, equals by product number.

    `lessons` as `products.night.lessons` gives them; `finished`: customer_id, product_id, opened_day, step.
    """
    key = ["customer_id", "product_id", "opened_day", "step"]
    waiting = lessons.join(finished.select(key).unique(), on=key, how="anti")
    due = waiting.filter(nw.col("due_day") <= on.today)
    by_product = due.group_by("customer_id", "product_id", "product", "opened_day", "high_value").agg(
        whole(nw.len()).alias("steps"), whole(nw.col("due_day").min()).alias("due_day")
    )
    first = by_product.filter(nw.col("due_day") == nw.col("due_day").min().over("customer_id"))
    return first.filter(nw.col("product_id") == nw.col("product_id").min().over("customer_id"))


def opening(waiting: Frame, firms: Frame, on: Windows) -> Frame:
    """What the rule saw of openings `still_to_show`."""
    known = waiting.join(firms.select("customer_id", "potential"), on="customer_id", how="inner")
    return rows(
        known,
        Rule.OPENING,
        nw.col("potential"),
        variant=nw.when(nw.col("high_value")).then(nw.lit("visit")),
        product=nw.col("product"),
        days=on.today - nw.col("opened_day"),
        count=nw.col("steps"),
        mark_day=nw.col("opened_day"),
        began=nw.col("due_day"),
    )


def to_check(fresh: Frame, firms: Frame, on: Windows, rules: Rules) -> Frame:
    """Products at a checkpoint tonight that are hardly used, one of a firm: the least used, then the first by number.

    `fresh` as `products.night.opened_lately` gives it. Adds checked (day number of the checkpoint) and what `firms`
    knows of their firm.
    """
    held = rules.of(Rule.ACTIVATION)
    low = nw.concat(
        [_hardly_used(fresh, held, number, on.today) for number in range(len(held["after_days"]))]
    )
    beside = low.join(firms.select(SEEN), on="customer_id", how="inner")
    asked = beside.filter(not_met_since(nw.col("checked")))
    least = asked.filter(nw.col("uses") == nw.col("uses").min().over("customer_id"))
    return least.filter(nw.col("product_id") == nw.col("product_id").min().over("customer_id"))


def _hardly_used(fresh: Frame, held: Mapping[str, object], number: int, today: int) -> Frame:
    after, stands, least = held["after_days"], held["stands_days"], held["least_uses"]
    known = fresh.with_columns(checked=nw.col("opened_day") + after[number])  # type: ignore[index]
    due = known.filter(nw.col("checked") <= today, nw.col("checked") > today - stands)  # type: ignore[operator]
    few = [
        (nw.col("category") == category) & (nw.col("uses") < uses * (number + 1))
        for category, uses in least.items()  # type: ignore[attr-defined]
    ]
    return due.filter(nw.any_horizontal(*few, ignore_nulls=True))


def activation(checked: Frame, partners: Frame, on: Windows, rules: Rules) -> Frame:
    """What the rule saw of products `to_check`; `partners`: customer_id, partners_90d, of the firms with payments."""
    held = rules.of(Rule.ACTIVATION)
    met = checked.join(partners, on="customer_id", how="left").with_columns(
        owner_share=share("owner_out_90d", "outflow_90d"), settled=share("inflow_90d", "sales_90d")
    )
    traded = nw.coalesce(nw.col("partners_90d"), nw.lit(0))
    causes = [
        ((nw.col("category") == ELECTRONIC) & (nw.col("logins_90d") == 0), "never_signed_in"),
        (nw.col("moves_90d") == 0, "still"),
        ((nw.col("category") == ELECTRONIC) & (nw.col("counter_12m") >= held["least_counter"]), "counter"),
        (
            (nw.col("category") == PAYROLL) & (nw.col("wages_90d") == 0) & (nw.col("staff_count") > 0),
            "no_wages",
        ),
        (nw.col("owner_share") >= held["owner_share"], "owner_account"),
        (nw.col("settled") <= held["settled_share"], "elsewhere"),
        (~nw.col("moves_90d").is_null() & (traded <= held["most_partners"]), "no_partners"),
    ]
    caused = met.with_columns(cause=first_true(causes, "unknown"), traded=traded)
    return _told(caused, on)


def _told(caused: Frame, on: Windows) -> Frame:
    paid = nw.when(nw.col("cause") == "owner_account").then(nw.col("owner_out_90d"))
    sold = nw.when(nw.col("cause") == "elsewhere").then(nw.col("sales_90d"))
    at_counter = nw.when(nw.col("cause") == "counter").then(nw.col("counter_12m"))
    staff = nw.when(nw.col("cause") == "no_wages").then(nw.col("staff_count"))
    return rows(
        caused,
        Rule.ACTIVATION,
        nw.col("potential"),
        variant=nw.col("cause"),
        product=nw.col("product"),
        days=on.today - nw.col("opened_day"),
        count=nw.col("uses"),
        now=nw.coalesce(paid, sold),
        before=nw.col("inflow_90d"),
        part=nw.col("owner_share"),
        usual=nw.coalesce(at_counter, staff, nw.col("traded")),
        mark_day=nw.col("opened_day"),
        began=nw.col("checked"),
    )
