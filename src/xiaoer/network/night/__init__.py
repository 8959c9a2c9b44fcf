"""Who trades with whom, and who stands for whom."""

from xiaoer.network.night.guarantees import sides, sureties, ties
from xiaoer.network.night.trade import (
    TIE,
    acquainted,
    invoice_lines,
    main_partners,
    partner_months,
    partners,
    shared,
    trade_days,
    trade_lines,
)

__all__ = [
    "TIE",
    "acquainted",
    "invoice_lines",
    "main_partners",
    "partner_months",
    "partners",
    "shared",
    "sides",
    "sureties",
    "ties",
    "trade_days",
    "trade_lines",
]
