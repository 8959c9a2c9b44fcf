"""A form fitted to a sample: the one door to scorecard, glass box and trees."""

from collections.abc import Callable, Sequence

from xiaoer.scores.forms import glassbox, scorecard, trees
from xiaoer.scores.forms.tables import Additive
from xiaoer.scores.forms.trees import Trees
from xiaoer.scores.samples import Field, Sample
from xiaoer.scores.terms import Form

FITS: dict[Form, Callable[[Sequence[Field], Sample, int], Additive | Trees]] = {
    Form.SCORECARD: lambda fields, sample, _seed: scorecard.fit(fields, sample),
    Form.GLASS_BOX: glassbox.fit,
    Form.TREES: trees.fit,
}


def fitting(form: Form, fields: Sequence[Field], seed: int = 0) -> Callable[[Sample], Additive | Trees]:
    """How a form is fitted to rows; the same rows and seed give the same model."""
    return lambda sample: FITS[form](fields, sample, seed)
