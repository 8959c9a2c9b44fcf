"""What a judgement says in plain English, as reasons that are worded in both languages."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from xiaoer.kit.text import Reason, reason
from xiaoer.scores.specifications import Model

Found = re.Match[str]
DAY = r"\d{4}-\d\d-\d\d"
BECAUSE: tuple[tuple[str, Callable[[Found], Reason]], ...] = (
    (r"too good to be true: (.+)", lambda found: reason("refused_leaks", "bad", columns_words=found[1].split(", "))),
    (r"no better than the order by response, .+", lambda _: reason("refused_response", "warn")),
    (r"no better than (less )?(\w+) alone", lambda found: reason("refused_rival", "warn", rival_words=found[2])),
    (r"(\d+) positives of (\d+); (\d+) of each .+", lambda found: _small(found[1], found[2], found[3])),
    (r"(\d+) where (\d+) are needed .+", lambda found: reason("small_of", "warn", n=int(found[1]), need=int(found[2]))),
    (r"(\d+) of (\d+) rows have the outcome", lambda found: _rare(found[1], found[2])),
    (r"(\d+) bad and (\d+) good firms are too few .+", lambda found: _rare(found[1], found[2])),
    (r"no two of the (\d+) days with known outcomes lie (\d+) days apart", lambda found: _short(found[1], found[2])),
    (r"no outcome is known", lambda _: reason("refused_unknown", "warn")),
    (r"every known outcome is (.+)", lambda found: reason("refused_same", "warn", value=found[1])),
)  # fmt: skip
SPLIT = re.compile(
    rf"out of time: trained on (\d+) month ends ({DAY}) to ({DAY}), judged on (\d+) from ({DAY}) to ({DAY});"
    r" outcome within (\d+) days"
)


def why(text: str | None) -> Reason | None:
    """Why a version may not be used; a sentence nobody foresaw is shown as it stands."""
    if not text:
        return None
    found = ((re.fullmatch(pattern, text), made) for pattern, made in BECAUSE)
    return next((made(one) for one, made in found if one), reason("refused_else", "warn", told=text))


def split(text: str | None) -> Reason | None:
    """How it was judged: on later days, or out of fold."""
    if not text:
        return None
    found = SPLIT.fullmatch(text)
    if found is None:
        return reason("judged_else", told=text)
    days: dict[str, Any] = {name: date.fromisoformat(found[place]) for name, place in
            (("first_date", 2), ("last_date", 3), ("from_date", 5), ("to_date", 6))}  # fmt: skip
    return reason("judged_later", n=int(found[1]), m=int(found[4]), horizon=int(found[7]), **days)


def rival(input_name: str, sign: int) -> Reason:
    """The trivial rule beside the model."""
    return reason("rival_more" if sign > 0 else "rival_less", input_words=input_name)


def rival_of(model: Model) -> Reason:
    """A specification's rival."""
    return rival(model.rival.input, model.rival.sign)


def _small(positives: str, rows: str, need: str) -> Reason:
    return reason("small_positives", "warn", n=int(positives), of=int(rows), need=int(need))


def _rare(hits: str, rows: str) -> Reason:
    return reason("refused_rare", "warn", n=int(hits), of=int(rows))


def _short(days: str, apart: str) -> Reason:
    return reason("refused_short", "warn", n=int(days), days=int(apart))
