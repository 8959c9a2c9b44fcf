"""Candidates as rows of a table, from whichever engine: texts become numbers, the order becomes one that all agree on.

Candidates: `group_id`, `candidate_id` (text), `worth` (fen), and for each kind `<kind>_of` (text, null: takes none) and
`<kind>` (whole units). Limits: `kind`, `place` (text), `capacity`, and `beyond` (fen a unit, null: never).
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiaoer.kit.refusal import Refusal
from xiaoer.offers.allocation.rules import allocate
from xiaoer.offers.allocation.terms import NOWHERE, Allocation, Candidates, Limit, Use, Whole


def allocated(candidates: pa.Table, limits: pa.Table) -> tuple[pa.Table, pa.Table, Allocation]:
    """The candidates that are chosen, as they came; every limit with `used` and `price`; and how good the choice is.

    Rows may come in any order. Raises Refusal where candidates take of a place that has no limit.
    """
    ordered = candidates.sort_by([("group_id", "ascending"), ("candidate_id", "ascending")])
    places = limits.sort_by([("kind", "ascending"), ("place", "ascending")])
    by_kind = {
        kind: places.filter(pc.equal(places["kind"], kind)) for kind in pc.unique(places["kind"]).to_pylist()
    }
    found = allocate(_numbered(ordered, by_kind), {kind: _limit(held) for kind, held in by_kind.items()})
    priced = [_priced(held, found, kind) for kind, held in by_kind.items()]
    return ordered.take(pa.array(found.chosen)), pa.concat_tables(priced), found


def _numbered(rows: pa.Table, by_kind: Mapping[str, pa.Table]) -> Candidates:
    groups = rows["group_id"].combine_chunks()
    fresh = np.ones(len(groups), dtype=bool)
    fresh[1:] = pc.not_equal(groups[1:], groups[:-1]).to_numpy(zero_copy_only=False)
    uses = {kind: _use(rows, kind, held) for kind, held in by_kind.items()}
    return Candidates(np.cumsum(fresh), rows["worth"].to_numpy(), uses)


def _use(rows: pa.Table, kind: str, held: pa.Table) -> Use:
    named = rows[f"{kind}_of"].combine_chunks()
    place = pc.index_in(named, value_set=held["place"].combine_chunks())
    lost = named.filter(pc.and_(pc.is_valid(named), pc.is_null(place)))
    if len(lost):
        raise Refusal(
            f"{lost[0]} is no place of {kind!r}", "allocation", f"a limit of {kind!r} for each place named"
        )
    return Use(_whole(place, NOWHERE), _whole(rows[kind].combine_chunks(), 0))


def _whole(column: pa.Array, missing: int) -> Whole:
    told: Whole = pc.fill_null(column, missing).to_numpy(zero_copy_only=False).astype(np.int64)
    return told


def _limit(held: pa.Table) -> Limit:
    beyond = pc.unique(held["beyond"]).to_pylist()
    if len(beyond) > 1:
        raise Refusal(
            f"{held['kind'][0]!r} has several prices of going beyond", "allocation", "one for a kind"
        )
    return Limit(held["capacity"].to_numpy(), beyond[0])


def _priced(held: pa.Table, found: Allocation, kind: str) -> pa.Table:
    used = pa.array(found.used[kind], pa.int64())
    return held.append_column("used", used).append_column("price", pa.array(found.prices[kind], pa.float64()))
