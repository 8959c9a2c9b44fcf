"""Filters of the room's templates: codes in words."""

from collections.abc import Mapping

from django import template

from xiaoer.applications.models import Paper
from xiaoer.applications.shown.record import ApplicationPage
from xiaoer.applications.shown.words import word
from xiaoer.evidence.shown import Shown

register = template.Library()


@register.filter
def paper_word(kind: str) -> str:
    return word("paper", kind)


@register.filter
def stage_word(stage: str) -> str:
    return word("stage", stage)


@register.filter
def product_word(product: str) -> str:
    return word("product", product)


@register.filter
def named(staff_id: str, people: Mapping[str, str]) -> str:
    """A member of staff by name, by number where nobody knows it."""
    return people.get(staff_id, staff_id)


@register.filter
def state_word(state: str) -> str:
    return word("state", state)


@register.filter
def photos_of(paper: Paper, page: ApplicationPage) -> list[Shown]:
    """The photos filed with an entry about a paper."""
    return page.photos_of(paper)
