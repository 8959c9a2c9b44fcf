"""Laying checklists and tracks of parameters.toml where PostgreSQL can hold applications against them."""

import tomllib
from collections.abc import Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.db.models import Model, QuerySet

from xiaoer.applications.models import ChecklistItem, TrackLine
from xiaoer.applications.terms import PRODUCTS, Checklists
from xiaoer.applications.tracks import WHOLE, Tracks

PARAMETERS = Path(__file__).with_name("parameters.toml")


def lay_parameters(using: str = "owner") -> int:
    """Every version of lists and tracks, as the owner of the tables; gives the lines. Again changes nothing."""
    with PARAMETERS.open("rb") as file:
        told = tomllib.load(file)
    return _lay(ChecklistItem.objects.using(using), _checklists(told)) + _lay(
        TrackLine.objects.using(using), _tracks(told)
    )


def _checklists(told: Mapping[str, Any]) -> list[ChecklistItem]:
    versions = [Checklists.of(one) for one in told["checklists"]["version"]]
    return [
        ChecklistItem(product=product, kind=kind, from_date=version.from_date, from_amount=least)
        for version in versions
        for product in PRODUCTS
        for kind, least in version.papers[product]
    ]


def _tracks(told: Mapping[str, Any]) -> list[TrackLine]:
    """Each version with the whole track behind its own, so that a version that joins nothing ends an earlier one."""
    versions = [Tracks.of(one) for one in told["tracks"]["version"]]
    return [
        TrackLine(
            name=track.name,
            product=product,
            from_date=version.from_date,
            most_amount=track.most_amount,
            months=track.months,
            joins=[list(joint) for joint in track.joins],
        )
        for version in versions
        for track in (*version.tracks, WHOLE)
        for product in track.products
    ]


def _lay(held: QuerySet[Any], rows: Sequence[Model]) -> int:
    """Lines that stand already stay as they are."""
    columns = attrgetter(*(field.name for field in held.model._meta.fields if field.name != "id"))
    if sorted(map(repr, map(columns, rows))) != sorted(map(repr, map(columns, held.all()))):
        held.all().delete()
        held.bulk_create(rows)
    return len(rows)
