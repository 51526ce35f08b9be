"""Pages of the public host."""

from django.urls import path

from pages.views import outbox, public

urlpatterns = [
    path("", public.landing, name="landing"),
    path("sign-up/", public.sign_up_page, name="sign-up"),
    path("sign-up/check/", public.subdomain_check, name="subdomain-check"),
    path("outbox/", outbox.outbox, name="outbox"),
]
