"""What somebody arranges on the desk for themselves."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

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
        raise Refusal(
            _("a view needs a name"),
            expected=_("%(least)s to %(most)s characters") % {"least": 1, "most": LONGEST_NAME},
        )
    mine = SavedView.objects.filter(staff_id=scope.staff_id, page=page)
    if mine.exclude(name=typed(name)).count() >= VIEWS_PER_PAGE:
        raise Refusal(
            _("there are %(n)s views already") % {"n": VIEWS_PER_PAGE},
            next_step=_("Remove one you no longer use"),
        )
    view, _made = mine.update_or_create(
        staff_id=scope.staff_id, page=page, name=typed(name), defaults={"query": dict(query)}
    )
    return view


@transaction.atomic
def remove_view(scope: Scope, view_id: int) -> bool:
    """Forget one of one's own views; False when there was none."""
    removed, _each = SavedView.objects.filter(staff_id=scope.staff_id, pk=view_id).delete()
    return bool(removed)
