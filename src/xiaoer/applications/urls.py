"""Addresses of applications."""

from django.urls import path

from xiaoer.applications import pages

urlpatterns = [
    path("", pages.standing, name="applications"),
    path("list/", pages.listed, name="application-list"),
    path("bank/", pages.brought_list, name="application-brought-list"),
    path("bank/<path:number>/", pages.brought, name="application-brought"),
    path("time/", pages.bottleneck, name="application-time"),
    path("exceptions/", pages.exceptions, name="application-exceptions"),
    path("exceptions/<int:exemption_id>/", pages.exception, name="application-exception"),
    path("begin/<path:customer_id>/", pages.begin, name="application-begin"),
    path("<int:application_id>/", pages.application, name="application"),
    path("<int:application_id>/file/", pages.credit_file, name="application-file"),
    path("<int:application_id>/appraisal/", pages.worksheet, name="application-appraisal"),
    path("<int:application_id>/papers/<str:kind>/", pages.paper, name="application-paper"),
    path("<int:application_id>/explain/", pages.explain, name="application-explain"),
    path("<int:application_id>/<str:verb>/", pages.step, name="application-step"),
]
