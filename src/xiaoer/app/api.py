"""The interface for programs: the same queries and actions as the pages, typed, behind the same session."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.parser import Parser
from ninja.security import django_auth

from xiaoer.applications.api import router as applications
from xiaoer.events.api import router as records
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.typed import UNSTORABLE, storable
from xiaoer.workbench.absence_api import router as absences_router
from xiaoer.workbench.api import router
from xiaoer.workbench.balance_api import router as balance_router
from xiaoer.workbench.event_api import router as events_router
from xiaoer.workbench.figure_api import router as figures_router
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


class Bodies(Parser):
    """JSON whose every text PostgreSQL can keep; what cannot be is refused here, for all of the interface."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The value sent; raises Refusal for what is no JSON, or holds a text nobody can keep."""
        try:
            told = super().parse_body(request)
        except (ValueError, RecursionError) as fault:
            raise Refusal(f"the body is not JSON: {fault}", expected="one JSON value in UTF-8") from None
        if not storable(told):
            raise Refusal(UNSTORABLE, expected="text without them", next_step="Send it again without them")
        return told


api = NinjaAPI(
    title="Xiaoer 店小二",
    version="1",
    auth=django_auth,
    docs_url=None,  # its page would load scripts from elsewhere; the description itself is /api/openapi.json
    docs_decorator=signed_in_only,
    urls_namespace="api",
    parser=Bodies(),
)
api.add_router(
    "", loans_router
)  # before the desk's: a firm's number may hold "/", and its notes come after it
api.add_router("", router)
api.add_router("", rules_router)
api.add_router("", absences_router)
api.add_router("", balance_router)
api.add_router("", figures_router)
api.add_router("/applications", applications)
api.add_router("/v1", records)  # for systems of the bank, by a key of their own
api.add_router("/v1", requests_router)
api.add_router("/v1", events_router)  # for programs of people, behind their session
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


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, fault: HttpError) -> HttpResponse:
    """Ninja wraps what its parser raises; a refusal in it is told as one."""
    if isinstance(fault.__cause__, Refusal):
        return refused(request, fault.__cause__)
    return api.create_response(request, {"detail": str(fault)}, status=fault.status_code)


@api.exception_handler(PermissionDenied)
def not_for_this_post(request: HttpRequest, _denied: PermissionDenied) -> HttpResponse:
    """403 in the interface's own form."""
    return api.create_response(request, {"detail": "your post does not read firms"}, status=403)
