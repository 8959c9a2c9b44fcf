"""Filing photos: first every one is looked at, then all are kept or none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from xiaoer.evidence.keeping import folder_of, keep
from xiaoer.evidence.models import Photo
from xiaoer.evidence.reading import looked_at
from xiaoer.evidence.rules import settled
from xiaoer.evidence.terms import Limits, Looked, Owner, Seen, Taken
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope

LONGEST_PLACE = 200


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it came, and the device's own account of it."""

    name: str
    data: bytes
    device: Seen = field(default_factory=Seen)


@dataclass(frozen=True, slots=True)
class Ready:
    """A photo that was looked at and may be filed."""

    data: bytes
    looked: Looked
    taken: Taken


def look(brought: Sequence[Brought], person: Seen, place: str, day: date) -> list[Ready]:
    """Look at every photo before anything is written; raises Refusal for the first that cannot be filed."""
    limits = Limits.in_force(day)
    if len(brought) > limits.most_photos:
        raise Refusal(
            _("%(n)s photos at once") % {"n": len(brought)},
            expected=_("at most %(most)s") % {"most": limits.most_photos},
        )
    if len(place) > LONGEST_PLACE:
        raise Refusal(
            _("the place has %(n)s characters") % {"n": len(place)},
            expected=_("at most %(most)s") % {"most": LONGEST_PLACE},
        )
    return [_ready(one, person, place, limits) for one in brought]


@transaction.atomic
def file(scope: Scope, ready: Sequence[Ready], owner: Owner, day: date, now: datetime) -> list[Photo]:
    """Keep photos of a firm; a file is on the disk before its row stands. What a failure leaves has no row."""
    return [_filed(scope, one, owner, day, now) for one in ready]


def _ready(one: Brought, person: Seen, place: str, limits: Limits) -> Ready:
    looked = looked_at(one.data, one.name, limits)
    return Ready(one.data, looked, settled(looked.seen, one.device, person, place))


def _filed(scope: Scope, one: Ready, owner: Owner, day: date, now: datetime) -> Photo:
    folder, name = folder_of(owner.customer_id), uuid4()
    keep(folder, name, one.data)
    return Photo.objects.create(
        subject=owner.subject.value, subject_key=owner.subject_key, customer_id=owner.customer_id,
        branch_id=owner.branch_id, manager_id=owner.manager_id, staff_id=scope.staff_id, at=now, day=day,
        folder=folder, name=name, kind=one.looked.kind.value, sha256=hashlib.sha256(one.data).hexdigest(),
        size=len(one.data), width=one.looked.width, height=one.looked.height, taken_at=one.taken.at,
        taken_told=one.taken.at_told.value, longitude=one.taken.longitude, latitude=one.taken.latitude,
        place_told=one.taken.place_told.value, place=one.taken.place,
    )  # fmt: skip
