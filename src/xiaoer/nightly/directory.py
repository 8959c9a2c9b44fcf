"""What firms and counterparties are called; names are looked up last, so that the night works on numbers alone."""

from dataclasses import dataclass

import polars as pl

from xiaoer.nightly.pieces import said
from xiaoer.nightly.run import Night


@dataclass(frozen=True)
class Directory:
    """Names by number; a number nobody named stands for itself.

    `firms`: customer_id, name, in order of the numbers. `partners`: counterparty_id, name, customer_id (null where
    it is not ours); our own firms are among them under their own number.
    """

    firms: pl.DataFrame
    partners: pl.DataFrame

    def called(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` with their counterparty's `name` and `known_as`, its customer number."""
        listed = self.partners.rename({"customer_id": "known_as"})
        named = rows.join(listed, on="counterparty_id", how="left", maintain_order="left")
        return named.with_columns(said("name", pl.col("counterparty_id")))

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
    return Directory(firms, _partners(numbers, names, firms))


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
