"""Papers, sub-processors and breaches."""

from typing import Final

from django.urls import path

from compliance.views import breaches, papers, subprocessors, whose

_PAPERS: Final = "compliance/papers/"
_SUBS: Final = "compliance/papers/sub-processors/"
_BREACH: Final = "compliance/breaches/<uuid:pk>/"

patterns = [
    path(_PAPERS, papers.papers, name="papers"),
    path(f"{_PAPERS}data-map/", papers.data_map, name="data-map"),
    path(f"{_PAPERS}processing/", papers.processing, name="paper-processing"),
    path(f"{_PAPERS}impact/", papers.impact, name="paper-impact"),
    path(f"{_PAPERS}particulars/", papers.particulars, name="particulars"),
    path(_SUBS, subprocessors.subprocessors, name="sub-processors"),
    path(f"{_SUBS}add/", subprocessors.add, name="sub-processor-add"),
    path(f"{_SUBS}publish/", subprocessors.publish, name="sub-processors-publish"),
    path(f"{_SUBS}<uuid:pk>/", subprocessors.change, name="sub-processor"),
    path(f"{_SUBS}<uuid:pk>/remove/", subprocessors.remove, name="sub-processor-remove"),
    path("compliance/breaches/", breaches.breaches, name="breaches"),
    path("compliance/breaches/new/", breaches.new, name="breach-new"),
    path(_BREACH, breaches.breach, name="breach"),
    path(f"{_BREACH}clock/", breaches.clock, name="breach-clock"),
    path(f"{_BREACH}findings/", breaches.findings, name="breach-findings"),
    path(f"{_BREACH}notification/", breaches.notification, name="breach-notification"),
    path(f"{_BREACH}authority/", breaches.authority, name="breach-authority"),
    path(f"{_BREACH}persons/", breaches.persons, name="breach-persons"),
    path(f"{_BREACH}note/", breaches.note, name="breach-note"),
    path(f"{_BREACH}close/", breaches.close, name="breach-close"),
    path(f"{_BREACH}whose/", whose.whose_data, name="breach-whose"),
    path(f"{_BREACH}whose/export/", whose.export, name="breach-whose-export"),
]
