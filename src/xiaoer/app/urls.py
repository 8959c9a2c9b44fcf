"""Addresses: the door, the interface, and the workbench's pages."""

from django.urls import include, path

from xiaoer.app import pages
from xiaoer.app.api import api

urlpatterns = [
    path("sign-in/", pages.sign_in, name="sign-in"),
    path("sign-out/", pages.sign_out, name="sign-out"),
    path("language/", pages.language, name="language"),
    path("api/", api.urls),
    path("photos/", include("xiaoer.evidence.urls")),
    path("applications/", include("xiaoer.applications.urls")),
    path("", include("xiaoer.workbench.urls")),
]
