"""Around a view: who may open it, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xiaoer.kit.refusal import Refusal

View = Callable[..., HttpResponse]


def refusals_told(view: View) -> View:
    """A refusal is said in its own words: beside the sheet for htmx, else on a page."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except Refusal as refusal:
            if request.headers.get("HX-Request"):
                return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
            return render(request, "400.html", {"reason": str(refusal)}, status=422)

    return told


def needs(right: str) -> Callable[[View], View]:
    """Only for posts with this right; others are told so, with 403."""

    def guarded(view: View) -> View:
        @wraps(view)
        def asked_first(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            if request.scope.may(right):  # type: ignore[attr-defined]
                return view(request, *args, **named)
            return render(request, "403.html", status=403)

        return asked_first

    return guarded
