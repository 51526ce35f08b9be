"""Addresses of requests: officers' pages, and the public form."""

from django.urls import URLPattern, path

from compliance.views import asking, case_deeds, cases, rights

CASE = "compliance/cases/<uuid:pk>/"

patterns: list[URLPattern] = [
    path("privacy/request/", asking.ask, name="case-ask"),
    path("privacy/request/<str:token>/", asking.confirm, name="case-confirm"),
    path("compliance/cases/", cases.cases, name="cases"),
    path("compliance/cases/add/", cases.add, name="case-add"),
    path("compliance/cases/export/", cases.export, name="cases-export"),
    path(CASE, cases.case, name="case"),
    path(f"{CASE}take/", case_deeds.take, name="case-take"),
    path(f"{CASE}identity/", case_deeds.identify, name="case-identify"),
    path(f"{CASE}persons/add/", case_deeds.person_add, name="case-person-add"),
    path(f"{CASE}persons/remove/", case_deeds.person_remove, name="case-person-remove"),
    path(f"{CASE}note/", case_deeds.note, name="case-note"),
    path(f"{CASE}extend/", case_deeds.extend, name="case-extend"),
    path(f"{CASE}acknowledge/", case_deeds.acknowledge, name="case-acknowledge"),
    path(f"{CASE}refuse/", case_deeds.refuse, name="case-refuse"),
    path(f"{CASE}nothing/", case_deeds.nothing, name="case-nothing"),
    path(f"{CASE}close/", case_deeds.close, name="case-close"),
    path(f"{CASE}restriction/place/", rights.restrict, name="case-restrict"),
    path(f"{CASE}restriction/announce/", rights.announce, name="case-announce"),
    path(f"{CASE}restriction/lift/", rights.lift, name="case-lift"),
    path(f"{CASE}objection/decide/", rights.decide, name="case-decide"),
    path(f"{CASE}withdrawal/withdraw/", rights.withdraw, name="case-withdraw"),
    path(f"{CASE}rectification/correct/", rights.correct, name="case-correct"),
    path(f"{CASE}rectification/done/", rights.corrected, name="case-corrected"),
]
