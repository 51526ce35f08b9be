"""Pages of the readers' room."""

from django.urls import path

from readers import views

urlpatterns = [
    path("readers/", views.readers, name="readers"),
    path("readers/pair/", views.pair, name="reader-pair"),
    path("readers/pair/<uuid:pk>/", views.pairing, name="reader-pairing"),
    path("readers/<int:handle>/", views.reader, name="reader"),
    path("readers/<int:handle>/edit/", views.edit, name="reader-edit"),
    path("readers/<int:handle>/suspend/", views.suspend, name="reader-suspend"),
    path("readers/<int:handle>/resume/", views.resume, name="reader-resume"),
    path("readers/<int:handle>/renew/", views.renew, name="reader-renew"),
    path("readers/<int:handle>/wipe/", views.wipe, name="reader-wipe"),
    path("readers/<int:handle>/retire/", views.retire, name="reader-retire"),
    path("readers/<int:handle>/clear-alarm/", views.clear_alarm, name="reader-clear-alarm"),
    path("reader/", views.reader_page, name="reader-page"),
    path("reader/worker.js", views.reader_worker, name="reader-worker"),
]
