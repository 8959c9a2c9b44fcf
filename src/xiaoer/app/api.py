"""The interface for programs: the same queries and actions as the pages, typed, behind the same session."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.security import django_auth

from xiaoer.applications.api import router as applications
from xiaoer.events.api import router as records
from xiaoer.kit.refusal import Refusal
from xiaoer.workbench.absence_api import router as absences_router
from xiaoer.workbench.api import router
from xiaoer.workbench.balance_api import router as balance_router
from xiaoer.workbench.model_api import router as models_router
from xiaoer.workbench.request_api import router as requests_router
from xiaoer.workbench.risk_api import router as loans_router
from xiaoer.workbench.rule_api import router as rules_router


def signed_in_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The description of the interface is for whoever may use it."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        return view(request, *args, **named) if request.user.is_authenticated else HttpResponse(status=401)

    return shown


api = NinjaAPI(
    title="Xiaoer 店小二",
    version="1",
    auth=django_auth,
    docs_url=None,  # its page would load scripts from elsewhere; the description itself is /api/openapi.json
    docs_decorator=signed_in_only,
    urls_namespace="api",
)
api.add_router(
    "", loans_router
)  # before the desk's: a firm's number may hold "/", and its notes come after it
api.add_router("", router)
api.add_router("", rules_router)
api.add_router("", absences_router)
api.add_router("", balance_router)
api.add_router("/applications", applications)
api.add_router("/v1", records)  # for systems of the bank, by a key of their own
api.add_router("/v1", requests_router)
api.add_router("/models", models_router)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal is the asker's to put right: 422 with the sentence and the next step."""
    told = {
        "detail": str(refusal),
        "what": refusal.what,
        "expected": refusal.expected,
        "next_step": refusal.next_step,
    }
    return api.create_response(request, told, status=422)


@api.exception_handler(PermissionDenied)
def not_for_this_post(request: HttpRequest, _denied: PermissionDenied) -> HttpResponse:
    """403 in the interface's own form."""
    return api.create_response(request, {"detail": "your post does not read firms"}, status=403)
