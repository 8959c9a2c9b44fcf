"""Each entry of a mapping's source held to its kind, so that a slip is a sentence and not a crash."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from xiaoer.kit.refusal import Refusal

UNITS = ("yuan", "fen", "wan")
RATES = ("fraction", "percent")
Test = Callable[[Any], bool]


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(word, str | int | float) for word in value.values())


def _tables(value: Any) -> bool:
    return isinstance(value, dict) and all(_texts(words) for words in value.values())


def _dated(value: Any) -> bool:
    try:
        return "date" in re.compile(value).groupindex
    except (re.error, TypeError):
        return False


def _list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


KINDS: Mapping[str, tuple[Test, str]] = {
    "files": (_list, 'a list of patterns, such as ["customers_*.csv"]'),
    "key": (_list, 'a list of columns, such as ["customer_id"]'),
    "delimiter": (lambda v: isinstance(v, str) and len(v) == 1, "one character, such as , ; | or a tab"),
    "tolerated_bad_share": (
        lambda v: isinstance(v, int | float) and 0 <= v <= 1,
        "a share between 0 and 1, such as 0.05",
    ),
    "rename": (_texts, "contract column = file header"),
    "constants": (_texts, "contract column = value"),
    "dates": (_texts, "contract column = date format"),
    "unpivot": (_texts, "columns, into and value"),
    "values": (_tables, 'per column, word in the file = our word: values.status = { "有效" = "valid" }'),
    "patterns": (_tables, "per column, pattern = our word"),
    "dated": (_dated, r"a pattern with a group called date, such as invoices_(?P<date>\d{8})"),
    "header_row": (lambda v: isinstance(v, int) and v > 0, "the number of the header's line, from 1"),
    "date_format": (lambda v: isinstance(v, str) and "%" in v, "a format such as %Y-%m-%d"),
    "numbers": (lambda v: isinstance(v, dict), 'such as { thousands = ",", money_unit = "yuan" }'),
    "may_be_empty": (lambda v: isinstance(v, bool), "true or false"),
}
NUMBERS: Mapping[str, tuple[Test, str]] = {
    "money_unit": (lambda v: v in UNITS, "yuan (元), fen (分) or wan (万元)"),
    "rates": (lambda v: v in RATES, "fraction or percent"),
    "thousands": (lambda v: isinstance(v, str), "the mark between thousands, such as a comma"),
}


def check_entries(entry: Mapping[str, Any], where: str) -> None:
    """Raises Refusal naming the first entry that is not what it must be."""
    _check(entry, KINDS, where)
    _check(entry.get("numbers") or {}, NUMBERS, f"{where} numbers")


def _check(entry: Mapping[str, Any], kinds: Mapping[str, tuple[Test, str]], where: str) -> None:
    for word, (fits, expected) in kinds.items():
        if entry.get(word) is not None and not fits(entry[word]):
            raise Refusal(f"{word} = {entry[word]!r} does not fit", where, expected)
