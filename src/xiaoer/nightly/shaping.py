"""Shape: one table each for trade, loans, holdings, contacts, satisfaction."""

from collections.abc import Mapping

from xiaoer.contacts.night import history, touched
from xiaoer.features.night import concentration, monthly_flows, payment_stretches, rhythm, trade_stretches
from xiaoer.kit.tables import Frame, Hold, Work
from xiaoer.loans.night import borrowing
from xiaoer.network.night import (
    acquainted,
    invoice_lines,
    main_partners,
    partner_months,
    partners,
    payment_lines,
    trade_days,
)
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.run import Night
from xiaoer.products.night import held
from xiaoer.satisfaction.night import satisfaction

MOST_PARTNERS, SPARK_MONTHS = 8, 12  # a firm's page shows so many buyers and suppliers, and their months
TRADE = ("stretches", "rhythm", "partners", "concentrated", "met", "main_partners", "partner_months")


def shape(night: Night) -> None:
    today = night.on.today
    lines = {
        "papers": invoice_lines(night.delivered("invoices")),
        "payments": payment_lines(night.delivered("transactions")),
    }
    night.keep_by_firm(lines, _trade(night), TRADE)
    payments = night.keep("payment_stretches", payment_stretches(night.delivered("transactions"), night.on))
    night.keep("flow_months", monthly_flows(payments))
    night.keep("borrowing", borrowing(night.delivered("drawdown_notes"), today))
    night.keep("held", held(night.delivered("holdings")))
    contacts = night.keep("contacts", history(night.delivered("contacts"), recorded(night, "desk_contacts")))
    night.keep("touched", touched(contacts, today))
    night.keep("satisfaction", satisfaction(night.delivered("surveys"), today))


def _trade(night: Night) -> Work:
    """All that is told from a firm's own trade, day by day."""
    on, first_month = night.on, first_spark_month(night)

    def work(lines: Mapping[str, Frame], hold: Hold) -> dict[str, Frame]:
        days = hold(trade_days(lines["papers"], lines["payments"]))
        ties = hold(partners(days, on.today))
        main = main_partners(ties, MOST_PARTNERS)
        made = (
            trade_stretches(days, on),
            rhythm(days, on),
            ties,
            concentration(ties, on.today),
            acquainted(ties),
            main,
            partner_months(days, main, first_month),
        )
        return dict(zip(TRADE, made, strict=True))

    return work


def first_spark_month(night: Night) -> int:
    """The first of the months, as month numbers, that a partner's line shows."""
    return night.business_date.year * 12 + night.business_date.month - SPARK_MONTHS
