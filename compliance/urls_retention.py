"""Pages of retention."""

from django.urls import path

from compliance.views import retention

patterns = [
    path("compliance/retention/", retention.schedule, name="retention"),
    path("compliance/retention/tonight/", retention.dry_run, name="retention-tonight"),
    path("compliance/retention/card-data/", retention.card_data, name="retention-card-data"),
    path("compliance/retention/runs/<uuid:pk>/", retention.run, name="retention-run"),
    path("compliance/retention/period/", retention.rule, name="retention-rule"),
]
