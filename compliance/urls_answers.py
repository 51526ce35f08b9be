"""Addresses of answers: officers' deeds on a request, and the link in the mail."""

from django.urls import URLPattern, path

from compliance.views import answers

ANSWER = "compliance/cases/<uuid:pk>/answer/"

patterns: list[URLPattern] = [
    path("privacy/answers/<str:token>/", answers.download, name="answer-download"),
    path(f"{ANSWER}progress/", answers.progress, name="answer-progress"),
    path(f"{ANSWER}collect/", answers.collect, name="answer-collect"),
    path(f"{ANSWER}review/", answers.review, name="answer-review"),
    path(f"{ANSWER}withhold/", answers.withhold, name="answer-withhold"),
    path(f"{ANSWER}looked-through/", answers.looked, name="answer-looked"),
    path(f"{ANSWER}deliver/", answers.deliver, name="answer-deliver"),
    path(f"{ANSWER}passphrase/", answers.passphrase, name="answer-passphrase"),
]
