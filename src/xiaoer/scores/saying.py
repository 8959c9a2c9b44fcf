"""What pushed a score of the shelf, as reasons: an input, what it is, and its points."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xiaoer.features.terms import catalogue
from xiaoer.kit.text import Reason, Tone, reason, wording
from xiaoer.scores.specifications import ASKED

PAIR = " × "


@dataclass(frozen=True)
class Pushed:
    """An input, or two together, that moved a score by so many points."""

    reasons: tuple[Reason, ...]
    points: int


def pushed(push: Mapping[str, Any]) -> Pushed:
    """A push as it was published: {of, is, points}."""
    tone: Tone = "bad" if push["points"] < 0 else "good"
    of_each = zip(push["of"].split(PAIR), push["is"].split(PAIR), strict=True)
    return Pushed(tuple(_one(name, value, tone) for name, value in of_each), push["points"])


def _one(name: str, value: str, tone: Tone) -> Reason:
    if value == "":
        return reason("push_missing", tone, feature_words=name)
    unit = (catalogue() | ASKED)[name].unit
    if unit == "flag":
        return reason("push_flag", tone, feature_words=name, value_words=_flag(value))
    if unit == "code":
        coded = f"is_{value}"
        if coded in wording():
            return reason("push_coded", tone, feature_words=name, value_words=coded)
        return reason("push_code", tone, feature_words=name, value=value)
    if unit in ("amount", "share", "rate"):
        number = round(float(value)) if unit == "amount" else float(value)
        return reason(f"push_{unit}", tone, feature_words=name, **{f"value_{unit}": number})
    return reason(f"push_{unit}", tone, feature_words=name, value=_plain(value))


def _flag(value: str) -> str:
    return "is_yes" if float(value) else "is_no"


def _plain(value: str) -> float | int:
    number = float(value)
    return int(number) if number.is_integer() else round(number, 2)
