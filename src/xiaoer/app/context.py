"""What every page's frame shows."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from xiaoer.workbench import frame
from xiaoer.workbench.desk import desk_of


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
            "firms": reverse("firms"),
            "sign_out": reverse("sign-out"),
            "language": reverse("language"),
        },
    }


def around(request: HttpRequest) -> dict[str, Any]:
    """The frame for pages of the rooms below the workbench; nothing is asked where no frame is drawn."""
    if not getattr(request, "scope", None) or not request.user.is_authenticated:
        return {}
    here = request.path.strip("/").partition("/")[0]
    found = SimpleLazyObject(lambda: frame.around(request, desk_of(request), here))
    return {
        name: SimpleLazyObject(lambda name=name: found[name])  # type: ignore[misc]
        for name in ("rooms", "who", "told", "as_of_is_old")
    }
