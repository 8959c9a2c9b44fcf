"""Parameters the bank delivers: interest curves, unit costs, customer loss by loan rate."""

from datetime import date

import numpy as np
import polars as pl

LPR = (
    (date(2024, 7, 22), 0.0335, 0.0385),
    (date(2024, 10, 21), 0.031, 0.036),
    (date(2025, 5, 20), 0.03, 0.035),
)
FTP = {"ftp_asset": 0.0185, "ftp_liability": 0.0165, "deposit": 0.0005}
COSTS = {  # yuan a unit; chosen
    "visit": 180,
    "call": 12,
    "message": 0.1,
    "counter": 9,
    "online": 0.6,
    "mobile": 0.4,
    "qr": 0.2,
    "pos": 0.5,
    "batch": 0.2,
    "interbank": 0.3,
    "account_month": 6,
    "application": 420,
    "manager_hour": 130,
}
STEEPNESS = {"A": 15.5, "B": 14.0, "C": 13.0}  # loss grows as 1 - exp(-k (rate - 4 %)^0.85); chosen
RATES = np.round(np.arange(0.04, 0.1501, 0.004), 4)


def rate_curves() -> pl.DataFrame:
    """LPR as published, transfer prices chosen."""
    rows = [
        {"curve": "lpr", "tenor_months": tenor, "from_date": day, "rate": rate}
        for day, one, five in LPR
        for tenor, rate in ((12, one), (60, five))
    ]
    rows += [
        {
            "curve": curve,
            "tenor_months": tenor,
            "from_date": LPR[0][0],
            "rate": round(rate + 0.0001 * tenor / 6, 6),
        }
        for curve, rate in FTP.items()
        for tenor in (1, 12, 36)
    ]
    return pl.DataFrame(rows).with_columns(currency=pl.lit("CNY"))


def cost_curves() -> pl.DataFrame:
    """Unit costs in fen."""
    return pl.DataFrame(
        [
            {"activity": name, "from_date": date(2025, 1, 1), "unit_cost": round(yuan * 100), "unit": "次"}
            for name, yuan in COSTS.items()
        ]
    )


def loss_curves() -> pl.DataFrame:
    """Share of customers lost at each loan rate from 4 to 15 %, by rating."""
    return pl.DataFrame(
        [
            {
                "rating": rating,
                "rate": float(rate),
                "loss_share": round(float(1 - np.exp(-steep * (rate - 0.04) ** 0.85)), 6),
            }
            for rating, steep in STEEPNESS.items()
            for rate in RATES
        ]
    )
