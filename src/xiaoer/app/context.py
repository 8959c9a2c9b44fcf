"""What every page's frame shows."""

from typing import Any

from django.http import HttpRequest


def desk(request: HttpRequest) -> dict[str, Any]:
    """The desk's day and the day the figures are from."""
    shown = getattr(request, "pointer", None)
    return {
        "today": getattr(request, "today", None),
        "as_of": shown and shown.business_date,
        "scope": getattr(request, "scope", None),
    }
