"""What the bank's files tell of a firm's own life: changes of registration, a record month, a new line of goods."""

from datetime import date

import narwhals as nw

from xiaoer.events.night import Snapshots, firm_life, goods_sold, looked_at, new_line, record_month
from xiaoer.events.terms import REGISTERED, Rule, Rules
from xiaoer.kit.dates import from_day_number
from xiaoer.kit.tables import Frame
from xiaoer.nightly.run import Night
from xiaoer.sources.contracts import contract


def lives(night: Night, firms: Frame, rules: Rules) -> list[Frame]:
    """Rows of `events.night.rows` of every rule that tells of a firm's life; `firms` are open ones."""
    months = night.made("months").select("customer_id", "month", "sales")
    within = rules.of(Rule.NEW_LINE)["within_days"]
    sold = night.keep("goods_sold", goods_sold(night.delivered("invoices"), night.on.today, within))
    return [
        firm_life(_snapshots(night, rules), firms, night.on.today, rules),
        record_month(months, firms, night.business_date, rules),
        new_line(sold, firms, night.on.today, rules),
    ]


def _snapshots(night: Night, rules: Rules) -> Snapshots:
    stands = max(rules.of(rule)["stands_days"] for rule in REGISTERED)
    first = from_day_number(night.on.today - stands + 1)
    read = {name: _from(night, name, first) for name in ("customers", "person_roles")}
    schema, engine = contract("customers").schema, night.engine
    personal = night.lake.personal_snapshots(schema, night.business_date, engine)
    return Snapshots(read["customers"], _since(personal, night, "customers", first), read["person_roles"])


def _from(night: Night, table: str, first: date) -> Frame:
    frame = night.lake.snapshots(contract(table).schema, night.business_date, night.engine)
    return _since(frame, night, table, first)


def _since(frame: Frame, night: Night, table: str, first: date) -> Frame:
    parts = night.lake.manifest.known_on(table, night.business_date)
    days = [part.business_date for part in parts if part.business_date <= night.business_date]
    start = looked_at(days, first)
    return frame.filter(nw.col("business_date") >= start) if start else frame
