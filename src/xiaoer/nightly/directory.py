"""What firms and counterparties are called; names are looked up last, so that the night works on numbers alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from xiaoer.nightly.run import Night


@dataclass(frozen=True)
class Partner:
    """A counterparty: its name, and its customer number where it banks with us."""

    name: str
    customer_id: str | None


@dataclass(frozen=True)
class Directory:
    """Names by number; a number nobody named stands for itself."""

    firms: Mapping[str, str]
    partners: Mapping[str, Partner]

    def firm(self, customer_id: str) -> str:
        return self.firms.get(customer_id, customer_id)

    def partner(self, number: str) -> Partner:
        if number in self.firms:
            return Partner(self.firms[number], number)
        return self.partners.get(number, Partner(number, None))


def directory(night: Night) -> Directory:
    """Names as known on the business date: firms' from the personal side, partners' from the bank's list."""
    people = night.engine.collect(night.personal("customers")).to_pylist()
    firms = {row["customer_id"]: row["name"] or row["customer_id"] for row in people}
    listed = night.engine.collect(night.delivered("counterparties")).to_pylist()
    named = night.engine.collect(night.personal("counterparties")).to_pylist()
    names = {row["counterparty_id"]: row["name"] for row in named}
    partners = {
        row["counterparty_id"]: Partner(
            names.get(row["counterparty_id"]) or firms.get(row["customer_id"] or "", row["counterparty_id"]),
            row["customer_id"] if row["customer_id"] in firms else None,
        )
        for row in listed
    }
    return Directory(firms, partners)
