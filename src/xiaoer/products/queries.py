"""The catalogue, and checklists of openings, as the desk reads them."""

from dataclasses import dataclass
from datetime import date, timedelta

from xiaoer.kit.scope import Scope
from xiaoer.products.models import Lesson, Opening, Product
from xiaoer.products.terms import Education


@dataclass(frozen=True)
class Step:
    """A step of a checklist; `lesson` once it is finished."""

    code: str
    due_date: date
    lesson: Lesson | None = None


@dataclass(frozen=True)
class Checklist:
    """An opening with its steps in order."""

    opening: Opening
    steps: tuple[Step, ...]

    @property
    def open_steps(self) -> tuple[Step, ...]:
        return tuple(one for one in self.steps if one.lesson is None)


def names(scope: Scope) -> dict[str, str]:
    """Every product of the catalogue by number, in the order of the numbers."""
    return dict(Product.objects.at(scope.edition).order_by("product_id").values_list("product_id", "name"))


def openings(scope: Scope, customer_id: str) -> list[Opening]:
    """Products the firm opened lately, the newest first."""
    rows = Opening.objects.seen_by(scope).filter(customer_id=customer_id)
    return list(rows.order_by("-opened_date", "product_id"))


def checklists(scope: Scope, customer_id: str) -> list[Checklist]:
    """What is to be shown of products opened lately, as the rule of the opening's day has it."""
    found = openings(scope, customer_id)
    finished = Lesson.objects.seen_by(scope).filter(customer_id=customer_id) if found else ()
    done = {(one.product_id, one.opened_date, one.step): one for one in finished}
    return [_checklist(one, done) for one in found]


def _checklist(one: Opening, done: dict[tuple[str, date, str], Lesson]) -> Checklist:
    steps = Education.in_force(one.opened_date).of(one.category, high_value=one.high_value)
    lessons = {code: done.get((one.product_id, one.opened_date, code)) for code, _ in steps}
    rows = (Step(code, one.opened_date + timedelta(days=days), lessons[code]) for code, days in steps)
    return Checklist(one, tuple(rows))
