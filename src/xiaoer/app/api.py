"""The interface for programs: the same queries and actions as the pages, typed, behind the same session."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.security import django_auth

from xiaoer.kit.refusal import Refusal
from xiaoer.workbench.api import router

api = NinjaAPI(
    title="Xiaoer 店小二",
    version="1",
    auth=django_auth,
    docs_url=None,  # its page would load scripts from elsewhere; the description itself is /api/openapi.json
    urls_namespace="api",
)
api.add_router("", router)


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
