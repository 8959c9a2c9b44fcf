"""Words to what changed in a firm's own life; each names the file that told it, and the day of that file."""

from collections.abc import Callable, Mapping
from typing import Any

from xiaoer.events.terms import Rule
from xiaoer.kit.dates import from_day_number
from xiaoer.kit.text import Reason, reason

Seen = Mapping[str, Any]


def _file(seen: Seen) -> dict[str, object]:
    """Which file told it, of which day."""
    return {"about_words": seen["about"], "seen_date": from_day_number(seen["mark_day"])}


def _person(code: str) -> Callable[[Seen], Reason]:
    return lambda seen: reason(
        code, "warn", was_person=seen["was"], became_person=seen["became"], **_file(seen)
    )


def _address(code: str) -> Callable[[Seen], Reason]:
    return lambda seen: reason(
        code, "warn", was_place=seen["was"], became_place=seen["became"], **_file(seen)
    )


def _staff(seen: Seen) -> Reason:
    return reason(
        "staff_changed", "warn", was_people=seen["before"], became_people=seen["now"], **_file(seen)
    )


def _record_month(seen: Seen) -> Reason:
    amounts = {"now_amount": seen["now"], "before_amount": seen["before"]}
    return reason("record_month", "good", months=seen["count"], **amounts, **_file(seen))


def _new_line(seen: Seen) -> Reason:
    told = {"product": seen["product"], "papers": seen["count"], "now_amount": seen["now"]}
    return reason("new_line", "good", **told, part_share=seen["part"], **_file(seen))


OF_FIRM_LIFE: Mapping[str, Callable[[Seen], Reason]] = {
    Rule.OWNER_CHANGED: _person("owner_changed"),
    Rule.LEGAL_PERSON_CHANGED: _person("legal_person_changed"),
    Rule.ADDRESS_CHANGED: _address("address_changed"),
    "address_changed_near": _address("address_changed_near"),
    Rule.STAFF_CHANGED: _staff,
    Rule.RECORD_MONTH: _record_month,
    Rule.NEW_LINE: _new_line,
}
