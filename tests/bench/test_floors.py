"""A floor must do the same work: scikit-learn's own steps give the card's probabilities."""

import numpy as np
import pytest

from bench.floors import as_pipeline
from xiaoer.scores.terms import specification
from xiaoer.scores.training import Sample, fit, log_odds


def test_the_pipeline_is_the_card() -> None:
    draw, spec = np.random.default_rng(2), specification("risk")
    columns = {one.name: draw.lognormal(3, 2, 300) for one in spec.inputs}
    for values in columns.values():
        values[draw.random(300) < 0.1] = np.nan
    firms = Sample(tuple(map(str, range(300))), columns, draw.random(300) < 0.3)
    card = fit(spec, spec.inputs, firms)
    predicted = as_pipeline(card).predict_proba(np.column_stack(list(columns.values())))[:, 1]
    assert predicted == pytest.approx(1 / (1 + np.exp(-log_odds(card, columns))))
