"""Answering a fact the bank's files are silent on."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext as _

from xiaoer.customers.models import Answer
from xiaoer.customers.queries import firm
from xiaoer.customers.terms import Asked
from xiaoer.kit.money import LARGEST_FEN, rounded_fen
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope

WRITING = "contacts.write"
INDUSTRY = re.compile(r"[A-T][0-9]{2,4}", re.ASCII)
MOST_STAFF, PER_WAN = 1_000_000, 10_000


@transaction.atomic
def answer(scope: Scope, customer_id: str, fact: str, typed: str, today: date) -> Answer:
    """Keep what was found out: persons, amounts in 万元, or an industry code; the next night counts with it.

    Raises Refusal for a firm out of scope, a post that only reads, a fact nobody asks for, and text that is none.
    """
    found = firm(scope, customer_id)
    if found is None or not scope.may(WRITING):
        raise Refusal(_("this firm's facts are not yours to answer"), customer_id)
    if fact not in set(Asked):
        raise Refusal(_("“%(fact)s” is not asked for") % {"fact": fact}, expected=", ".join(Asked))
    number, text = _read(Asked(fact), typed.strip())
    return Answer.objects.create(
        customer_id=customer_id, branch_id=found.branch_id, manager_id=found.manager_id, fact=fact, number=number,
        text=text, staff_id=scope.staff_id, day=today,
    )  # fmt: skip


def _read(fact: Asked, typed: str) -> tuple[int | None, str]:
    if fact is Asked.INDUSTRY:
        code = typed.upper()
        if not INDUSTRY.fullmatch(code):
            raise Refusal(
                _("“%(typed)s” is no industry code") % {"typed": typed},
                expected=_("a letter and two to four digits, as F51"),
            )
        return None, code
    return _number(fact, typed), ""


def _number(fact: Asked, typed: str) -> int:
    try:
        number = Decimal(typed.replace(",", "").replace("，", ""))
    except InvalidOperation:
        number = Decimal(-1)
    most = MOST_STAFF if fact is Asked.STAFF else Decimal(LARGEST_FEN) / 100 / PER_WAN
    if not number.is_finite() or not 0 <= number <= most:
        raise Refusal(
            _("“%(typed)s” is no number that can be") % {"typed": typed}, expected=_("a number from 0 on")
        )
    return int(number) if fact is Asked.STAFF else rounded_fen(number * PER_WAN)
