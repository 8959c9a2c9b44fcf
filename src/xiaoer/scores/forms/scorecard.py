"""The scorecard: inputs in bins by weight of evidence, weighed together by logistic regression (Siddiqi 2006)."""

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from xiaoer.scores.forms.axes import axis_of
from xiaoer.scores.forms.binning import cuts_of, information, weights_of_evidence
from xiaoer.scores.forms.reading import Reading, read_from
from xiaoer.scores.forms.tables import Additive, Part
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field, Sample

LEAST_INFORMATION = 0.01  # below it an input tells nothing worth a line of the card
PENALTY = 1.0


def fit(fields: Sequence[Field], sample: Sample) -> Additive:
    """Log-odds by bins. An input that would have to count against its own evidence leaves the card."""
    reading, known = read_from(fields, sample), {field.name: field for field in fields}
    parts = [part for field in fields if (part := _binned(field, reading, sample))]
    evidence = [part.worth_of(sample.columns, known) for part in parts]
    weights, start = _weighed(np.column_stack(evidence) if parts else np.empty((len(sample.hit), 0)), sample)
    kept = tuple(
        Part(part.axes, tuple(weight * worth for worth in part.worth))
        for part, weight in zip(parts, weights.tolist(), strict=True)
        if weight > 0
    )
    return Additive(start, kept, tuple(fields)).centred(sample.columns)


def _binned(field: Field, reading: Reading, sample: Sample) -> Part | None:
    values = sample.columns[field.name]
    cuts = cuts_of(reading.line(field, values), sample.hit, 1 if field.kind == "category" else field.monotone)
    axis = axis_of(field, reading, cuts)
    bins = axis.bin_of(values, field.levels)
    evidence = weights_of_evidence(bins, sample.hit, axis.bins)
    if information(bins, sample.hit, evidence) < LEAST_INFORMATION:
        return None
    return Part((axis,), tuple(evidence.tolist()))


def _weighed(evidence: Floats, sample: Sample) -> tuple[Floats, float]:
    """A weight per column, none negative: those most against their own evidence leave until all agree with it."""
    weights, kept = np.zeros(evidence.shape[1]), np.arange(evidence.shape[1])
    start = float(np.log(sample.hit.mean() / (1 - sample.hit.mean())))
    while len(kept):
        model = LogisticRegression(C=PENALTY, max_iter=1000).fit(evidence[:, kept], sample.hit)
        found = model.coef_[0]
        if found.min() > 0:
            weights[kept], start = found, float(model.intercept_[0])
            break
        kept = kept[found > min(0.0, found.min() / 2)]
    return weights, start
