"""Forms quick enough to be fitted many times."""

from dataclasses import replace

import pytest

from xiaoer.scores.forms import glassbox, trees
from xiaoer.scores.forms.fitting import FITS
from xiaoer.scores.terms import Form


@pytest.fixture
def small_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same forms of fewer trees, where it is the judging that is judged."""
    shape = glassbox.Shape(rounds=120, pairs=2, pair_rounds=60, bags=1)
    monkeypatch.setitem(
        FITS, Form.GLASS_BOX, lambda fields, sample, seed: glassbox.fit(fields, sample, seed, shape)
    )
    monkeypatch.setattr(trees, "SIZES", (replace(trees.SIZES[0], rounds=120),))
