"""Pages of this room. The list of consents shows names and belongs to `pages`."""

from django.urls import path

from compliance import public, urls_answers, urls_cases, urls_erasure, urls_papers, urls_retention
from compliance.views import notices

urlpatterns = [
    path("privacy/", public.privacy, name="privacy"),
    path("compliance/", notices.overview, name="compliance"),
    path("compliance/policy/", notices.policy, name="compliance-policy"),
    path("compliance/notices/", notices.notice, name="notice"),
    path("compliance/notices/draft/", notices.draft, name="notice-draft"),
    path("compliance/notices/publish/", notices.publish, name="notice-publish"),
    *urls_cases.patterns,
    *urls_erasure.patterns,
    *urls_papers.patterns,
    *urls_answers.patterns,
    *urls_retention.patterns,
]
