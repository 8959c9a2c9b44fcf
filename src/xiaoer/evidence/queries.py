"""Photos, for whoever may see their firm."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from xiaoer.evidence.models import Photo
from xiaoer.evidence.terms import Subject
from xiaoer.kit.scope import Scope


def photo(scope: Scope, photo_id: int) -> Photo | None:
    """One photo, or None when somebody else answers for its firm."""
    return Photo.objects.seen_by(scope).filter(pk=photo_id).first()


def photos(scope: Scope, subject: Subject, keys: Collection[object]) -> Mapping[str, list[Photo]]:
    """Photos by what they are evidence of, in the order they were filed."""
    found: dict[str, list[Photo]] = defaultdict(list)
    wanted = [str(key) for key in keys]
    rows = Photo.objects.seen_by(scope).filter(subject=subject.value, subject_key__in=wanted).order_by("pk")
    for one in rows:
        found[one.subject_key].append(one)
    return found
