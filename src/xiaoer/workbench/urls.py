"""The desk's addresses."""

from django.urls import path

from xiaoer.workbench import (
    check_pages,
    due_pages,
    guarantee_pages,
    model_pages,
    pages,
    plan_pages,
    renewal_pages,
    risk_pages,
    trial_pages,
)

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
    path("loans/due/", due_pages.due_list, name="due"),
    path("loans/overdue/", pages.overdue, name="overdue"),
    path("loans/classes/", risk_pages.classes, name="classes"),
    path("loans/classes/<uuid:case>/", risk_pages.class_case, name="class-case"),
    path("loans/notes/<path:note_id>/class/", risk_pages.class_change, name="class-change"),
    path("loans/checks/", check_pages.checks, name="checks"),
    path("loans/notes/<path:note_id>/check/", check_pages.check, name="check"),
    path("loans/renewals/", renewal_pages.board, name="renewals"),
    path("loans/renewals/<path:note_id>/", renewal_pages.renewal, name="renewal"),
    path("loans/migration/", risk_pages.migration, name="migration"),
    path("loans/vintages/", risk_pages.vintages, name="vintages"),
    path("loans/concentration/", risk_pages.concentration, name="concentration"),
    path("loans/guarantees/", guarantee_pages.guarantees, name="guarantees"),
    path("loans/plans/", plan_pages.plans, name="plans"),
    path("loans/return/", risk_pages.monthly_return, name="monthly-return"),
    path("models/", model_pages.models, name="models"),
    path("models/promotions/<uuid:case>/", model_pages.promotion, name="promotion"),
    path("models/<str:name>/ask/", model_pages.model_ask, name="model-ask"),
    path("models/<str:name>/", model_pages.model, name="model"),
    path("trials/", trial_pages.trials, name="trials"),
    path("trials/<uuid:key>/", trial_pages.trial, name="trial"),
    path("segments/", pages.segments, name="segments"),
    path("data/", pages.data, name="data"),
    path("search/", pages.search, name="search"),
    path("views/<str:page>/", pages.save_view, name="save-view"),
    path("views/<str:page>/<int:view_id>/remove/", pages.remove_view, name="remove-view"),
]
