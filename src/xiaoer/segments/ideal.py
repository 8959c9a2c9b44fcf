"""The ideal firm: what a firm must show to stand on the service target list, as a dated rule an analyst may change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from django.utils.translation import gettext as _

from xiaoer.kit.parameters import in_force
from xiaoer.kit.refusal import Refusal

PERCENT = 100
LONGEST_LIST = 40

Kind: TypeAlias = Literal["flag", "percent", "count", "wan", "among"]
Value: TypeAlias = bool | int | float | list[str]
Criteria: TypeAlias = dict[
    str, Value
]  # by key, in the order of CRITERIA; a criterion left out asks for nothing


@dataclass(frozen=True)
class Criterion:
    """One question asked of a firm; `least` and `most` bound what it may be set to, in percent, pieces or 万元."""

    key: str
    kind: Kind
    least: int = 0
    most: int = 0


CRITERIA = (
    Criterion("nothing_late", "flag"),
    Criterion("risk_at_most", "percent", 0, 100),
    Criterion("years_at_least", "count", 1, 50),
    Criterion("products_at_least", "count", 1, 50),
    Criterion("turnover_at_least", "wan", 1, 100_000_000),
    Criterion("growth_at_least", "percent", -100, 1000),
    Criterion("industries", "among"),
    Criterion("regions", "among"),
)


def by_default(today: date) -> Criteria:
    """What holds until somebody adopts another rule: `segments/parameters.toml [ideal]`; shares as fractions."""
    held = in_force("segments", "ideal", today)
    return {one.key: held[one.key] for one in CRITERIA if one.key in held}


def typed(given: Mapping[str, Sequence[str]]) -> Criteria:
    """What a form sent as criteria: percents as fractions, empty fields left out.

    Raises Refusal for anything that is no number, lies beyond its bounds, or asks for nothing at all.
    """
    read = {one.key: _read(one, given.get(one.key, ())) for one in CRITERIA}
    asked = {key: value for key, value in read.items() if value is not None}
    if not asked:
        raise Refusal(
            _("the rule asks for nothing"), expected=_("at least one criterion"), next_step=_("Set one")
        )
    return asked


def _read(criterion: Criterion, given: Sequence[str]) -> Value | None:
    words = [word.strip() for word in given if word.strip()]
    if not words:
        return None
    if criterion.kind == "flag":
        return True
    if criterion.kind == "among":
        if len(words) > LONGEST_LIST:
            raise Refusal(
                _("%(n)s are named") % {"n": len(words)},
                criterion.key,
                _("at most %(most)s") % {"most": LONGEST_LIST},
            )
        return sorted(set(words))
    return _number(criterion, words[0])


def _number(criterion: Criterion, text: str) -> int | float:
    expected = f"a number from {criterion.least} to {criterion.most}"
    try:
        number = float(text.replace(",", "")) if criterion.kind == "percent" else int(text.replace(",", ""))
    except ValueError:
        raise Refusal(
            _("“%(text)s” is not such a number") % {"text": text}, criterion.key, expected
        ) from None
    if not criterion.least <= number <= criterion.most:
        raise Refusal(_("%(text)s lies beyond") % {"text": text}, criterion.key, expected)
    return number / PERCENT if criterion.kind == "percent" else number
