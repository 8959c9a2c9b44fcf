"""Whether a firm lives with us: what it last did of itself, whether it signs in, where its money goes."""

import narwhals as nw

from xiaoer.features.night.accounts import standing
from xiaoer.features.night.lending import QUARTER
from xiaoer.features.night.stretches import within
from xiaoer.features.terms import Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, total, whole


def living(stretches: Frame, on: Windows) -> Frame:
    """One row per firm with a payment, from `payment_stretches`.

    Columns: last_move_day (day number, null where only fees were booked), moves_90d, moves_12m (payments of its own
    doing), own_out_90d, own_out_12m, owner_out_90d, wages_90d (fen).
    """
    now, year = (within(on.flows[span]) for span in ("90d", "12m"))
    return stretches.group_by("customer_id").agg(
        whole(nw.col("move_day").max()).alias("last_move_day"),
        total("moves", now).alias("moves_90d"),
        total("moves", year).alias("moves_12m"),
        total("own_out", now).alias("own_out_90d"),
        total("own_out", year).alias("own_out_12m"),
        total("owner_out", now).alias("owner_out_90d"),
        total("wages", now).alias("wages_90d"),
    )


def sign_ins(channel_uses: Frame, today: int) -> Frame:
    """One row per firm told of in channel use: logins_90d, last_login_day (day number, null for never)."""
    rows = channel_uses.with_columns(
        day=day_no("used_date"), logins=nw.coalesce(nw.col("logins"), nw.lit(0))
    ).filter(nw.col("day") <= today)
    return rows.group_by("customer_id").agg(
        total("logins", nw.col("day") > today - QUARTER).alias("logins_90d"),
        whole(nw.when(nw.col("logins") > 0).then(nw.col("day")).max()).alias("last_login_day"),
    )


def payees(transactions: Frame, firms: Frame, today: int) -> Frame:
    """Of these firms only: customer_id, partners_90d (different ones it traded with through its accounts)."""
    lately = (
        standing(transactions)
        .filter(~nw.col("counterparty_id").is_null(), nw.col("purpose") == "trade")
        .with_columns(day=day_no("booked_date"))
    )
    mine = lately.filter(nw.col("day") > today - QUARTER, nw.col("day") <= today).join(
        firms.select("customer_id"), on="customer_id", how="semi"
    )
    return mine.group_by("customer_id").agg(whole(nw.col("counterparty_id").n_unique()).alias("partners_90d"))
