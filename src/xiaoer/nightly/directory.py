"""What firms and counterparties are called; names are looked up last, so that the night works on numbers alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import narwhals as nw
import polars as pl

from xiaoer.events.terms import Rule, Rules
from xiaoer.nightly.firm_lives import first_read
from xiaoer.nightly.pieces import said
from xiaoer.nightly.run import Night
from xiaoer.sources.contracts import contract


@dataclass(frozen=True)
class Directory:
    """Names by number; a number nobody named stands for itself.

    `firms`: customer_id, name, in order of the numbers. `partners`: counterparty_id, name, customer_id (null where
    it is not ours); our own firms are among them under their own number. `people`: names of those that tonight's
    events tell of.
    """

    firms: pl.DataFrame
    partners: pl.DataFrame
    people: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _register(self) -> tuple[pl.Series, pl.DataFrame]:
        """The numbers under numbers of our own, and partners laid at those: hashed once, however often asked."""
        numbers = self.partners["counterparty_id"].cast(pl.Categorical(pl.Categories.random()))
        laid = self.partners.select("name", known_as="customer_id")[numbers.to_physical().arg_sort()]
        return numbers, laid  # our numbers hold for as long as a column that uses them lives

    def called(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` with their counterparty's `name` and `known_as`, its customer number."""
        numbers, laid = self._register
        places = rows["counterparty_id"].cast(numbers.dtype).to_physical()
        at = pl.select(pl.when(places < laid.height).then(places)).to_series()
        found = [laid[name].gather(at).alias(name) for name in laid.columns]
        return rows.with_columns(found).with_columns(said("name", pl.col("counterparty_id")))

    def names(self, numbers: list[str]) -> dict[str, str]:
        """What these counterparties are called."""
        found = self.called(pl.DataFrame({"counterparty_id": numbers}, {"counterparty_id": pl.String}))
        return dict(found.select("counterparty_id", "name").iter_rows())


def directory(night: Night) -> Directory:
    """Names as known on the business date: firms' from the personal side, partners' from the bank's list."""
    people = pl.DataFrame(night.engine.collect(night.personal("customers").select("customer_id", "name")))
    firms = _last(people, "customer_id").with_columns(said("name", pl.col("customer_id"))).sort("customer_id")
    listed = night.engine.collect(night.delivered("counterparties").select("counterparty_id", "customer_id"))
    named = night.engine.collect(night.personal("counterparties").select("counterparty_id", "name"))
    numbers, names = (_last(pl.DataFrame(rows), "counterparty_id") for rows in (listed, named))
    return Directory(firms, _partners(numbers, names, firms), _people(night))


def _people(night: Night) -> dict[str, str]:
    seen = pl.DataFrame(night.rows_of("noticed").select(["rule", "was", "became"]))
    mine = seen.filter(pl.col("rule").is_in([Rule.OWNER_CHANGED.value, Rule.LEGAL_PERSON_CHANGED.value]))
    numbers = sorted({*mine["was"].drop_nulls(), *mine["became"].drop_nulls()})
    if not numbers:
        return {}
    first = first_read(night, "people", Rules.in_force(night.business_date))
    schema, day = contract("people").schema, night.business_date
    told = night.lake.personal_snapshots(schema, day, night.engine, since=first)
    known = told.select("person_id", "name", "business_date").filter(nw.col("person_id").is_in(numbers))
    named = pl.DataFrame(night.engine.collect(known)).drop_nulls().sort("business_date")
    return dict(named.select("person_id", "name").iter_rows())  # whoever left is named as they last were


def _partners(listed: pl.DataFrame, named: pl.DataFrame, firms: pl.DataFrame) -> pl.DataFrame:
    """The bank's list, a firm of ours under the name it has with us where the list has none."""
    ours = firms.rename({"name": "our_name"}).with_columns(ours=pl.lit(value=True))
    own = firms.select("name", counterparty_id="customer_id", customer_id="customer_id")
    told = (
        listed.join(named, on="counterparty_id", how="left")
        .join(ours, on="customer_id", how="left")
        .with_columns(said("name", pl.coalesce("our_name", "counterparty_id")))
        .with_columns(pl.when(pl.col("ours")).then("customer_id").alias("customer_id"))
        .join(own, on="counterparty_id", how="anti")
    )
    columns = ("counterparty_id", "name", "customer_id")
    return pl.concat([told.select(columns), own.select(columns)])


def _last(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    return rows.unique(key, keep="last", maintain_order=True)
