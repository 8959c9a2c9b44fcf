"""Forgetting: the personal side of everything delivered about a customer, or about a person."""

from collections.abc import Iterator

import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiaoer.kit.tables import Lake, TableSchema
from xiaoer.sources.contracts import contract, contracts
from xiaoer.sources.quarantine import forget

CUSTOMER = "customer_id"


def erase_customer(lake: Lake, customer_id: str) -> int:
    """Blank what every table keeps under the customer, drop what waits in quarantine; gives the rows touched."""
    schemas = [
        one.schema for one in contracts().values() if one.schema.personal and CUSTOMER in one.schema.columns
    ]
    blanked = sum(
        lake.erase_person(schema, key) for schema in schemas for key in _keys(lake, schema, customer_id)
    )
    return blanked + forget(lake.root, customer_id)


def erase_person(lake: Lake, person_id: str) -> int:
    """Blank a natural person's entry in all history; gives the rows touched."""
    return lake.erase_person(contract("people").schema, (person_id,)) + forget(lake.root, person_id)


def _keys(lake: Lake, schema: TableSchema, customer_id: str) -> Iterator[tuple[str, ...]]:
    """The keys under which a table's rows of the customer lie."""
    if schema.key == (CUSTOMER,):
        yield (customer_id,)
        return
    found: set[tuple[str, ...]] = set()
    for path in sorted((lake.root / "delivered" / schema.name).glob("*.parquet")):
        rows = pq.read_table(path, columns=[CUSTOMER, *schema.key])
        mine = rows.filter(pc.equal(rows[CUSTOMER], customer_id)).select(list(schema.key))
        found |= {tuple(row.values()) for row in mine.to_pylist()}
    yield from sorted(found)
