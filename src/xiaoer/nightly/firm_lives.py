"""What the bank's files tell of a firm's own life: changes of registration, a record month, a new line of goods."""

from datetime import date

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
    customers, roles = (contract(name).schema for name in ("customers", "person_roles"))
    lake, day, engine = night.lake, night.business_date, night.engine
    first = first_read(night, "customers", rules)
    return Snapshots(
        lake.snapshots(customers, day, engine, since=first),
        lake.personal_snapshots(customers, day, engine, since=first),
        lake.snapshots(roles, day, engine, since=first_read(night, "person_roles", rules)),
    )


def first_read(night: Night, table: str, rules: Rules) -> date | None:
    """The business date of the first snapshot that a change of tonight may be held against."""
    stands = max(rules.of(rule)["stands_days"] for rule in REGISTERED)
    parts = night.lake.manifest.known_on(table, night.business_date)
    days = [part.business_date for part in parts if part.business_date <= night.business_date]
    return looked_at(days, from_day_number(night.on.today - stands + 1))
