"""Whether a maturing note may be renewed without repaying principal: each condition with evidence and gaps.

The machine says what it knows; a gap is closed by a person, and nothing here refuses a loan.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from xiaoer.kit.text import Reason, reason
from xiaoer.renewals.terms import Condition, Finding, Maturing, Stage, State, Terms


def findings(note: Maturing, terms: Terms, today: date) -> tuple[Finding, ...]:
    """Every condition in the notice's order."""
    return (
        _finding(Condition.LAWFUL, _lawful(note)),
        _finding(Condition.GOING, _going(note, terms)),
        _finding(Condition.CREDIT, _credit(note, terms, today)),
        _finding(Condition.STANDARD, _standard(note, terms)),
        _finding(Condition.OWN, _own(note, terms, today)),
        _finding(Condition.NORMAL, _normal(note)),
        _finding(Condition.IN_TIME, _in_time(note, today)),
    )


def stage(held: Iterable[Finding], signed: date | None, confirmed: Collection[str] = ()) -> Stage:
    """Where the note stands; people close gaps (`confirmed`), never what failed."""
    rows = list(held)
    if signed is not None:
        return Stage.SIGNED
    if any(one.state is State.FAILED for one in rows):
        return Stage.FAILING
    gaps = {one.condition.value for one in rows if one.state is State.GAP}
    return Stage.OPEN if gaps - set(confirmed) else Stage.FIT


Told = list[tuple[State, Reason]]


def _finding(condition: Condition, told: Told) -> Finding:
    """The worst of what was found; all of it is evidence."""
    order = (State.FAILED, State.GAP, State.MET)
    worst = min((state for state, _ in told), key=order.index)
    return Finding(condition, worst, tuple(words for _, words in told))


def _lawful(note: Maturing) -> Told:
    if note.records is None:
        return [(State.GAP, reason("records_not_delivered"))]
    if note.records:
        return [
            (
                State.FAILED,
                reason("grave_records", tone="bad", kinds_words=[f"record_{one}" for one in note.records]),
            )
        ]
    return [(State.MET, reason("no_grave_records"))]


def _going(note: Maturing, terms: Terms) -> Told:
    if note.days_since_sale is None:
        return [(State.GAP, reason("sales_not_delivered"))]
    quiet = note.days_since_sale > terms.most_quiet_days
    told = [(State.FAILED if quiet else State.MET,
             reason("sold_lately", tone="bad" if quiet else "plain", days=note.days_since_sale))]  # fmt: skip
    if note.sales_share is None:
        return [*told, (State.GAP, reason("no_year_before"))]
    fell = note.sales_share < terms.least_of_before
    words = reason("sales_of_before", tone="bad" if fell else "plain", now_share=note.sales_share)
    return [*told, (State.FAILED if fell else State.MET, words)]


def _credit(note: Maturing, terms: Terms, today: date) -> Told:
    """Arrears now and lately, other banks; the use of the money is a person's to look at."""
    if note.late_days > terms.most_late_days:
        told: Told = [(State.FAILED, reason("late_now", tone="bad", days=note.late_days))]
    elif note.last_late_date and today - note.last_late_date < timedelta(days=terms.clean_days):
        told = [(State.FAILED, reason("late_lately", tone="bad", last_date=note.last_late_date))]
    else:
        told = [(State.MET, reason("paid_on_time", days=terms.clean_days))]
    if note.bad_elsewhere:
        told.append((State.FAILED, reason("bad_elsewhere", tone="bad")))
    elif note.bad_elsewhere is None:
        told.append((State.GAP, reason("elsewhere_not_known")))
    return [*told, (State.GAP, reason("use_not_traced"))]


def _standard(note: Maturing, terms: Terms) -> Told:
    if note.pd is None:
        return [(State.GAP, reason("no_score"))]
    above = note.pd > terms.most_pd
    words = reason("score_of", tone="bad" if above else "plain", chance_rate=note.pd, most_rate=terms.most_pd)
    return [(State.FAILED if above else State.MET, words)]


def _own(note: Maturing, terms: Terms, today: date) -> Told:
    if not note.secured_by_mortgage:
        return [(State.MET, reason("no_mortgage"))]
    if note.valued_date is None:
        return [(State.GAP, reason("not_valued"))]
    old = today - note.valued_date > timedelta(days=terms.valuation_days)
    return [
        (
            State.GAP if old else State.MET,
            reason("valued", tone="warn" if old else "plain", valued_date=note.valued_date),
        )
    ]


def _normal(note: Maturing) -> Told:
    return [
        (State.FAILED, reason("not_normal", tone="bad")) if note.grade else (State.MET, reason("is_normal"))
    ]


def _in_time(note: Maturing, today: date) -> Told:
    """The new contract is signed before the old one ends."""
    if note.signed_date is not None:
        late = note.signed_date > note.due_date
        words = reason("signed_on", tone="bad" if late else "plain", signed_date=note.signed_date)
        return [(State.FAILED if late else State.MET, words)]
    over = today > note.due_date
    return [
        (
            State.FAILED if over else State.MET,
            reason("ends_on", tone="bad" if over else "plain", end_date=note.due_date),
        )
    ]
