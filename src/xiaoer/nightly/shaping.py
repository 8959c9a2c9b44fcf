"""Shape: one table each for trade, loans, holdings, contacts, satisfaction."""

from xiaoer.contacts.night import history, touched
from xiaoer.features.night import monthly, monthly_flows
from xiaoer.loans.night import borrowing
from xiaoer.network.night import partners, trade_days
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.run import Night
from xiaoer.products.night import held
from xiaoer.satisfaction.night import satisfaction


def shape(night: Night) -> None:
    today = night.on.today
    trade = night.keep("trade", trade_days(night.delivered("invoices"), night.delivered("transactions")))
    night.keep("partners", partners(trade, today))
    night.keep("months", monthly(trade))
    night.keep("flow_months", monthly_flows(night.delivered("transactions")))
    night.keep("borrowing", borrowing(night.delivered("drawdown_notes"), today))
    night.keep("held", held(night.delivered("holdings")))
    contacts = night.keep("contacts", history(night.delivered("contacts"), recorded(night, "desk_contacts")))
    night.keep("touched", touched(contacts, today))
    night.keep("satisfaction", satisfaction(night.delivered("surveys"), today))
