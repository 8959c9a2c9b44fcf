"""What somebody arranged on the desk."""

from django.db.models import QuerySet

from xiaoer.kit.scope import Scope
from xiaoer.workbench.models import SavedView


def saved_views(scope: Scope, page: str) -> QuerySet[SavedView]:
    """One's own views of a page, in the order they were arranged."""
    return SavedView.objects.filter(staff_id=scope.staff_id, page=page).order_by("position", "name")
