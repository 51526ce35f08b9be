"""Today at reception, a visit, the roll-call, the watch list, badges."""

from django.urls import URLPattern, path

from visitors.views import roll_call, today, visit, watch

VISIT, TYPE = "visitors/<uuid:pk>/", "visitors/types/<uuid:pk>/badge/"
urlpatterns: list[URLPattern] = [
    path("visitors/", today.today_page, name="visitors"),
    path("visitors/list/", today.today_list, name="visitors-list"),
    path("visitors/sign-out-all/", today.sign_out_all, name="visitors-sign-out-all"),
    path(VISIT, visit.visit_page, name="visit"),
    path(f"{VISIT}arrived/", today.arrived, name="visit-arrived"),
    path(f"{VISIT}admit/", today.admit_visit, name="visit-admit"),
    path(f"{VISIT}refuse/", today.refuse_visit, name="visit-refuse"),
    path(f"{VISIT}sign-out/", today.sign_out_visit, name="visit-sign-out"),
    path(f"{VISIT}extend/", today.extend_visit, name="visit-extend"),
    path(f"{VISIT}expect/", today.expect_visit, name="visit-expect"),
    path(f"{VISIT}day-pass/", visit.day_pass, name="visit-day-pass"),
    path(f"{VISIT}badge/", visit.badge, name="visit-badge"),
    path(f"{VISIT}badge/preview/", visit.badge_preview, name="visit-badge-preview"),
    path(f"{VISIT}photo/", visit.photo, name="visit-photo"),
    path("visitors/roll-call/", roll_call.page, name="roll-call"),
    path("visitors/roll-call/worker.js", roll_call.worker, name="roll-call-worker"),
    path("visitors/watch/", watch.watch_list, name="watch"),
    path("visitors/watch/add/", watch.watch_add, name="watch-add"),
    path("visitors/watch/try/", watch.watch_try, name="watch-try"),
    path("visitors/watch/<uuid:pk>/", watch.watch_edit, name="watch-edit"),
    path("visitors/watch/<uuid:pk>/remove/", watch.watch_remove, name="watch-remove"),
    path("visitors/watch/matches/<uuid:pk>/", watch.watch_match, name="watch-match"),
    path("visitors/signed/<uuid:pk>/", visit.signed_document, name="visit-signed"),
    path(TYPE, visit.type_badge, name="visit-type-badge"),
    path(f"{TYPE}picture/", visit.type_badge_picture, name="visit-type-badge-picture"),
]
