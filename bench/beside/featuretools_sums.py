"""Windowed sums with featuretools at cut-off times: transactions.parquet target.parquet day... prints its seconds."""

import sys
import time
import warnings

import featuretools as ft
import pandas as pd
from featuretools.primitives import Count, Sum

warnings.filterwarnings("ignore")
YEAR, QUARTER = "365 days", "90 days"


def entities(rows: pd.DataFrame) -> ft.EntitySet:
    """Firms and their payments; each direction's amount stands in a column of its own."""
    rows = rows[~rows["reversed"].fillna(False).astype(bool)].copy()
    for direction, name in (("in", "inflow"), ("out", "outflow")):
        rows[name] = rows["amount"].where(rows["direction"] == direction, 0)
    rows["booked_date"] = pd.to_datetime(rows["booked_date"])
    payments = rows[["customer_id", "booked_date", "inflow", "outflow"]].reset_index(drop=True)
    payments["payment"] = payments.index
    held = ft.EntitySet("bank")
    held.add_dataframe(payments, "payments", index="payment", time_index="booked_date")
    held.normalize_dataframe("payments", "firms", index="customer_id", make_time_index=False)
    return held


def features(held: ft.EntitySet, names: tuple[str, ...], cutoffs: pd.DataFrame, window: str) -> pd.DataFrame:
    """One window's features; a window of n days ends with the cut-off's own day."""
    wanted = [
        ft.Feature(held["payments"].ww[name], parent_dataframe_name="firms", primitive=Sum) for name in names
    ]
    if window == YEAR:
        wanted.append(
            ft.Feature(held["payments"].ww["payment"], parent_dataframe_name="firms", primitive=Count)
        )
    return ft.calculate_feature_matrix(
        wanted,
        held,
        cutoff_time=cutoffs,
        training_window=window,
        include_cutoff_time=True,
        cutoff_time_in_index=True,
        verbose=False,
    )


def main() -> None:
    """Compute, write, print."""
    source, target, *days = sys.argv[1:]
    rows = pd.read_parquet(source)
    started = time.perf_counter()
    held = entities(rows)
    firms = held["firms"]["customer_id"].tolist()
    cutoffs = pd.DataFrame(
        {"customer_id": firms * len(days), "time": pd.to_datetime(sorted(days * len(firms)))}
    )
    parts = {window: features(held, ("inflow", "outflow"), cutoffs, window) for window in (YEAR, QUARTER)}
    seconds = time.perf_counter() - started
    year = parts[YEAR].set_axis(["inflow_12m", "outflow_12m", "transactions_12m"], axis=1)
    quarter = parts[QUARTER].set_axis(["inflow_90d", "outflow_90d"], axis=1)
    found = year.join(quarter).rename_axis(["customer_id", "day"]).reset_index()
    found["day"] = found["day"].dt.date
    found.to_parquet(target)
    print(seconds)


if __name__ == "__main__":
    main()
