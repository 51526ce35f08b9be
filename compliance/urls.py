"""Pages of this room. The list of consents shows names and belongs to `pages`."""

from django.urls import path

from compliance import public, views

urlpatterns = [
    path("privacy/", public.privacy, name="privacy"),
    path("compliance/", views.overview, name="compliance"),
    path("compliance/policy/", views.policy, name="compliance-policy"),
    path("compliance/notices/", views.notice, name="notice"),
    path("compliance/notices/draft/", views.draft, name="notice-draft"),
    path("compliance/notices/publish/", views.publish, name="notice-publish"),
]
