"""The desk's addresses."""

from django.urls import path

from xiaoer.workbench import pages

urlpatterns = [
    path("", pages.today, name="today"),
    path("calendar/", pages.calendar, name="calendar"),
    path("calendar/tasks/<int:task_id>/", pages.task_move, name="task-move"),
    path("firms/", pages.firms, name="firms"),
    path("firms/<path:customer_id>/glance/", pages.firm_panel, name="firm-panel"),
    path("firms/<path:customer_id>/record/", pages.record, name="record"),
    path("firms/<path:customer_id>/plan/", pages.plan, name="plan"),
    path("firms/<path:customer_id>/", pages.firm, name="firm"),  # after its suffixes: a number may hold "/"
    path("offers/<path:offer_id>/postpone/", pages.postpone, name="postpone"),
    path("events/", pages.events, name="events"),
    path("segments/", pages.segments, name="segments"),
    path("data/", pages.data, name="data"),
    path("search/", pages.search, name="search"),
    path("views/<str:page>/", pages.save_view, name="save-view"),
    path("views/<str:page>/<int:view_id>/remove/", pages.remove_view, name="remove-view"),
]
