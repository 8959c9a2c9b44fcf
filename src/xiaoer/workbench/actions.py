"""What somebody arranges on the desk for themselves."""

from collections.abc import Mapping

from django.db import transaction

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.typed import typed
from xiaoer.workbench.models import SavedView

LONGEST_NAME = 40
VIEWS_PER_PAGE = 20


@transaction.atomic
def save_view(scope: Scope, page: str, name: str, query: Mapping[str, str]) -> SavedView:
    """Keep a list's state under a name; the same name is overwritten."""
    if not typed(name) or len(name) > LONGEST_NAME:
        raise Refusal("a view needs a name", expected=f"1 to {LONGEST_NAME} characters")
    mine = SavedView.objects.filter(staff_id=scope.staff_id, page=page)
    if mine.exclude(name=typed(name)).count() >= VIEWS_PER_PAGE:
        raise Refusal(f"there are {VIEWS_PER_PAGE} views already", next_step="Remove one you no longer use")
    view, _ = mine.update_or_create(
        staff_id=scope.staff_id, page=page, name=typed(name), defaults={"query": dict(query)}
    )
    return view


@transaction.atomic
def remove_view(scope: Scope, view_id: int) -> bool:
    """Forget one of one's own views; False when there was none."""
    removed, _ = SavedView.objects.filter(staff_id=scope.staff_id, pk=view_id).delete()
    return bool(removed)
