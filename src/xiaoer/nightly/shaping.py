"""Shape: one table each for trade, loans, holdings, contacts, satisfaction."""

from collections.abc import Mapping

import narwhals as nw

from xiaoer.contact_policy.night import circles, group_touches, neighbours
from xiaoer.contacts.night import history, touched
from xiaoer.features.night import (
    account_sums,
    balance_lines,
    concentration,
    habits,
    living,
    monthly,
    monthly_flows,
    paid_days,
    payment_lines,
    payment_stretches,
    rhythm,
    sign_ins,
    trade_stretches,
    turnover_sums,
)
from xiaoer.kit.dates import add_months, day_number
from xiaoer.kit.tables import Frame, Hold
from xiaoer.loans.night import borrowing
from xiaoer.network.night import (
    acquainted,
    invoice_lines,
    main_partners,
    partner_months,
    partners,
    shared,
    trade_days,
    trade_lines,
)
from xiaoer.nightly import adopted
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.run import Night
from xiaoer.products.night import held
from xiaoer.satisfaction.night import requests, satisfaction
from xiaoer.satisfaction.terms import RequestRule

MOST_PARTNERS, SPARK_MONTHS = 8, 12  # a firm's page shows so many buyers and suppliers, and their months
MET_IN_PARTS = "met_in_parts"  # counted over as many firms as were worked on at a time
TRADE = (
    "months",
    "turnover_sums",
    "rhythm",
    "partners",
    "concentrated",
    MET_IN_PARTS,
    "main_partners",
    "partner_months",
)
TOUCH = ("customer_id", "contact_date", "channel", "purpose")
ACCOUNTS = ("flow_months", "account_sums", "living")


def shape(night: Night) -> None:
    today = night.on.today
    lines = {
        "papers": invoice_lines(night.lines("invoices")),
        "payments": payment_lines(night.lines("transactions")),
        "balances": balance_lines(night.lines("balances")),
    }

    def of_firms(lines: Mapping[str, Frame], hold: Hold) -> dict[str, Frame]:
        return _trade(night, lines, hold) | _accounts(night, lines, hold)

    night.keep_by_firm(lines, of_firms, (*TRADE, *ACCOUNTS))
    night.keep("shared", shared(night.made(MET_IN_PARTS)))
    night.drop(MET_IN_PARTS)
    night.keep("borrowing", borrowing(night.delivered("drawdown_notes"), today))
    night.keep("held", held(night.delivered("holdings")))
    contacts = night.keep("contacts", history(night.delivered("contacts"), recorded(night, "desk_contacts")))
    night.keep("touched", touched(contacts, today))
    _circles(night, contacts)
    said = recorded(night, "desk_surveys")
    night.keep("satisfaction", satisfaction(night.delivered("surveys"), said, today))
    _requests(night)
    night.keep("sign_ins", sign_ins(night.delivered("channel_uses"), today))


def _requests(night: Night) -> None:
    """What firms came with, of the bank's file and of the desk, as the day left it."""
    rule = RequestRule.in_force(night.business_date)
    kept_from = day_number(add_months(night.business_date, -rule.kept_months))
    told, written = night.delivered("service_requests"), recorded(night, "desk_requests")
    done = recorded(night, "desk_request_steps")
    night.keep("requests", requests(told, written, done, night.on.today, kept_from))


def _circles(night: Night, contacts: Frame) -> None:
    """Who stands with whom in a circle, and the contacts with the others that its caps still count."""
    policy = adopted.policy(night)
    ties = night.delivered("relationships").filter(nw.col("kind") == "group")
    known = night.keep("neighbours", neighbours(circles(ties, night.delivered("person_roles"), policy)))
    longest = max((cap.days for cap in policy.group_caps.values()), default=0)
    recent = contacts.filter(nw.col("day") > night.on.today - longest)
    night.keep("group_contacts", group_touches(known, recent.select(TOUCH)))


def _trade(night: Night, lines: Mapping[str, Frame], hold: Hold) -> dict[str, Frame]:
    """All that is told from a firm's own trade, day by day."""
    on = night.on
    trade = hold(trade_lines(lines["papers"], lines["payments"]))
    days = hold(trade_days(trade, hold.grouped))
    stretches = hold(trade_stretches(trade, on, hold.grouped))
    months, ties = monthly(stretches, hold.grouped), hold(partners(days, on.today, hold.grouped))
    main = hold(main_partners(ties, MOST_PARTNERS))
    made = (
        months,
        turnover_sums(stretches, months, on),
        rhythm(hold(hold.through(paid_days(days), habits, "customer_id")), on),
        ties,
        concentration(ties, on.today),
        acquainted(ties, hold.grouped),
        main,
        partner_months(days, main, first_spark_month(night), hold.grouped),
    )
    return dict(zip(TRADE, made, strict=True))


def _accounts(night: Night, lines: Mapping[str, Frame], hold: Hold) -> dict[str, Frame]:
    """All that is told from a firm's own accounts."""
    stretches = hold(payment_stretches(lines["payments"], night.on, hold.grouped))
    sums = account_sums(lines["balances"], stretches, night.on)
    made = (monthly_flows(stretches), sums, living(stretches, night.on))
    return dict(zip(ACCOUNTS, made, strict=True))


def first_spark_month(night: Night) -> int:
    """The first of the months, as month numbers, that a partner's line shows."""
    return night.business_date.year * 12 + night.business_date.month - SPARK_MONTHS
