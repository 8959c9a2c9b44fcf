"""Samples for models out of a night's tables."""

from math import ceil

import narwhals as nw
import numpy as np
import pyarrow as pa

from xiaoer.nightly.run import Night
from xiaoer.scores.night import floats, thinned
from xiaoer.scores.registry import Registry
from xiaoer.scores.repeating import train_and_judge
from xiaoer.scores.samples import Sample
from xiaoer.scores.terms import Scorecard, Specification, specification


def train_risk(night: Night, registry: Registry, *, use: bool = True) -> Scorecard:
    """Train, judge and put to use the risk card on a night's features; raises Refusal when too few are known."""
    spec = specification("risk")
    card, judgement = train_and_judge(spec, sample(night, spec), night.business_date.isoformat())
    registry.keep(card, judgement, use=use)
    return card


def sample(night: Night, spec: Specification) -> Sample:
    """Firms whose outcome is known, in order of their number; chosen and cut to size where the tables lie."""
    labels = (
        night.delivered("customers").select("customer_id", spec.label).filter(~nw.col(spec.label).is_null())
    )
    known = (
        night.made("features")
        .filter(nw.col(spec.requires) > 0)
        .join(labels, on="customer_id", how="inner")
        .select("customer_id", spec.label, *(entry.name for entry in spec.inputs))
    )
    firms = night.engine.collect(known.select(nw.len().alias("firms")))["firms"][0].as_py()
    drawn = thinned(known, spec.label, ceil(firms / spec.most_firms))
    rows: pa.Table = night.engine.collect(drawn).sort_by("customer_id")
    columns = {entry.name: floats(rows[entry.name].combine_chunks()) for entry in spec.inputs}
    return Sample(
        tuple(rows["customer_id"].to_pylist()), columns, np.asarray(rows[spec.label].to_pylist(), dtype=bool)
    )
