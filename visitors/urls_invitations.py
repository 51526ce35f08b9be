"""Invitations, groups and series, and the visitor's own page."""

from django.urls import URLPattern, path

from visitors.views import coming, groups, inviting, visit_page

urlpatterns: list[URLPattern] = [
    path("visitors/invite/", inviting.invite_page, name="visit-invite"),
    path("visitors/invite/hosts/", inviting.hosts, name="visit-hosts"),
    path("visitors/invite/file/", groups.file_page, name="visit-file"),
    path("visitors/groups/<uuid:pk>/", groups.group, name="visit-group"),
    path("visitors/groups/<uuid:pk>/progress/", groups.progress, name="visit-group-progress"),
    path("visitors/groups/<uuid:pk>/begin/", groups.begin, name="visit-group-begin"),
    path("visitors/groups/<uuid:pk>/drop/", groups.drop, name="visit-group-drop"),
    path("visitors/groups/<uuid:pk>/cancel/", groups.cancel, name="visit-group-cancel"),
    path("visitors/groups/<uuid:pk>/failures/", groups.failures, name="visit-group-failures"),
    path("visitors/coming/", coming.coming_list, name="visits-coming"),
    path("visit/<str:token>/", visit_page.page, name="visit-page"),
    path("visit/<str:token>/coming/", visit_page.accept, name="visit-accept"),
    path("visit/<str:token>/cannot/", visit_page.cannot, name="visit-cannot"),
    path("visit/<str:token>/sign/", visit_page.sign, name="visit-sign"),
    path("visitors/<uuid:pk>/cancel/", coming.cancel_visit, name="visit-cancel"),
    path("visitors/<uuid:pk>/move/", coming.move, name="visit-move"),
    path("visitors/<uuid:pk>/resend/", coming.send_again, name="visit-resend"),
    path("visitors/<uuid:pk>/again/", coming.again, name="visit-again"),
]
