"""The worksheet: lines to fill in at the left, what comes of them at the right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from xiaoer.applications.appraisal.terms import (
    ASSETS,
    BASIS,
    BESIDE,
    DEBTS,
    INCOME,
    KNOWN,
    LINES,
    SUMS,
    Cap,
    Figure,
    Inputs,
)
from xiaoer.applications.models import Appraisal
from xiaoer.applications.reader import tongue
from xiaoer.applications.shown.words import listed, word
from xiaoer.kit.money import from_fen, to_fen
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.screens import formats
from xiaoer.kit.text import reason

PERCENT = BASIS // 100
IN_PERCENT = frozenset({"stated_margin_bp"})
MAY_BE_BELOW_ZERO = frozenset({"opening_equity", "other_income"})


@dataclass(frozen=True)
class Field:
    """A line to fill in: yuan, or percent where it says so; `origin` in words where the bank's files told it."""

    code: str
    title: str
    value: str
    unit: str
    origin: str


@dataclass(frozen=True)
class Worksheet:
    """A worksheet with its result; `version` is the one it was taken from, 0 for a first draft."""

    inputs: Inputs
    result: Mapping[str, Any]
    version: int = 0

    @property
    def groups(self) -> list[tuple[str, list[Field]]]:
        titles = (_("Income, 12 months"), _("What it has"), _("What it owes"), _("Beside"))
        sides = (INCOME, ASSETS, DEBTS, BESIDE)
        return [
            (title, [self._field(line) for line in side]) for title, side in zip(titles, sides, strict=True)
        ]

    @property
    def term_months(self) -> int:
        return self.inputs.term_months

    @property
    def rate(self) -> str:
        return _percent(self.inputs.rate_bp)

    @property
    def sums(self) -> list[tuple[str, str]]:
        return [(word("sum", code), _shown(code, self.result["statement"][code])) for code in SUMS]

    @property
    def stock_unchanged(self) -> bool:
        return bool(self.result["stock_unchanged"])

    @property
    def checks(self) -> list[dict[str, Any]]:
        return [_check(one) for one in self.result["checks"]]

    @cached_property
    def limit(self) -> dict[str, Any]:
        told = self.result["limit"]
        return {
            "amount": told["amount"],
            "bound_by": word("cap", told["bound_by"]),
            "caps": [(word("cap", cap), told["caps"][cap], cap == told["bound_by"]) for cap in Cap],
            "instalment": told["instalment"],
            "service": None if told["service_bp"] is None else f"{told['service_bp'] / BASIS:.2f}",
            "missing": listed("line", told["missing"]),
        }

    def _field(self, line: str) -> Field:
        figure = self.inputs.figures.get(line, Figure())
        typed = _percent(figure.value) if line in IN_PERCENT else _yuan(figure.value)
        told = (
            word("origin", figure.origin) if figure.value is not None and figure.origin != "interview" else ""
        )
        return Field(line, word("line", line), typed, "%" if line in IN_PERCENT else _("yuan"), told)


def of_version(kept: Appraisal) -> Worksheet:
    """A kept version as a worksheet."""
    return Worksheet(Inputs.restored(kept.inputs), kept.result, kept.version)


def read(form: QueryDict, before: Inputs) -> Inputs:
    """The worksheet as typed. A figure left as the files told it keeps its origin. Raises Refusal naming the line."""
    figures = {line: figure for line in LINES if (figure := _figure(form, line, before)).value is not None}
    known = {name: before.known.get(name) for name in KNOWN}
    term = form.get("term_months", "").strip()
    if not term.isdecimal() or not 1 <= int(term) <= 120:
        raise Refusal(_("the term is a number of months"), expected="1–120")
    rate = _bp(form.get("rate", ""), _("Rate"))
    if rate is not None and not 0 <= rate <= BASIS:
        raise Refusal(_("the rate lies between 0 and 100 %"))
    return Inputs(figures, known, before.asked, int(term), rate)


def _figure(form: QueryDict, line: str, before: Inputs) -> Figure:
    title, typed = word("line", line), form.get(line, "")
    value = _bp(typed, title) if line in IN_PERCENT else _fen(typed, title)
    if value is not None and value < 0 and line not in MAY_BE_BELOW_ZERO:
        raise Refusal(_("%(line)s is not below 0") % {"line": title})
    same = before.figures.get(line)
    return Figure(value, same.origin if same and same.value == value else "interview")


def _fen(typed: str, title: str) -> int | None:
    if not typed.strip():
        return None
    try:
        return to_fen(typed)
    except Refusal as wrong:
        raise Refusal(wrong.what, title, wrong.expected) from wrong


def _bp(typed: str, title: str) -> int | None:
    """Percent as typed, in whole basis points."""
    fen = _fen(typed, title)
    return fen if fen is None else fen * PERCENT // 100


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{from_fen(fen):f}".removesuffix(".00")


def _percent(bp: int | None) -> str:
    return "" if bp is None else f"{bp / PERCENT:g}"


def _shown(code: str, value: int | None) -> str:
    if code.endswith("_bp"):
        return formats.percent(None if value is None else value / BASIS)
    return formats.money(value, tongue())


def _check(told: Mapping[str, Any]) -> dict[str, Any]:
    figures = dict(told["figures"])
    shares = {name: value for name, value in figures.items() if name.endswith("_bp")}
    shown: dict[str, object] = {
        name.replace("_bp", "_share"): None if value is None else value / BASIS
        for name, value in shares.items()
    }
    amounts = {name: value for name, value in figures.items() if name.endswith("_amount")}
    tenths = figures.get("tenths_of_months")
    more = {"of_share": shown.get("share_share"), "months": None if tenths is None else tenths / 10}
    missing = [f"application_line_{line}" for line in told["missing"]]
    told_by: Any = {**amounts, **shown, **more}
    said = (
        reason("application_told_missing", missing_words=missing)
        if told["outcome"] == "missing"
        else reason(f"application_told_{told['check']}", **told_by)
    )
    tone = {"ok": "good", "off": "bad", "missing": "warn"}[told["outcome"]]
    return {
        "title": word("check", told["check"]),
        "outcome": word("outcome", told["outcome"]),
        "tone": tone,
        "said": said,
    }
