"""Addresses: the door, the interface, and the workbench's pages."""

from django.urls import include, path
from django.views.i18n import set_language

from xiaoer.app import pages
from xiaoer.app.api import api


def language(request, **kwargs):  # type: ignore[no-untyped-def]
    """Switch between 中文 and English; open to everybody, the door included."""
    return set_language(request, **kwargs)


language.login_required = False  # type: ignore[attr-defined]

urlpatterns = [
    path("sign-in/", pages.sign_in, name="sign-in"),
    path("sign-out/", pages.sign_out, name="sign-out"),
    path("language/", language, name="language"),
    path("api/", api.urls),
    path("", include("xiaoer.workbench.urls")),
]
