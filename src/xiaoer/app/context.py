"""What every page's frame shows."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse


def desk(request: HttpRequest) -> dict[str, Any]:
    """The desk's day, the day the figures are from, and the addresses the frame links to."""
    shown = getattr(request, "pointer", None)
    return {
        "today": getattr(request, "today", None),
        "as_of": shown and shown.business_date,
        "scope": getattr(request, "scope", None),
        "doors": {
            "home": reverse("today"),
            "search": reverse("search"),
            "sign_out": reverse("sign-out"),
            "language": reverse("language"),
        },
    }
