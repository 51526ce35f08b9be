"""Pages of erasures, legal holds and certificates."""

from django.urls import path

from compliance.views import certificates, erasure, holds

patterns = [
    path("compliance/cases/<uuid:pk>/erasure/", erasure.begin, name="erasure-begin"),
    path("compliance/cases/<uuid:pk>/erasure/progress/", erasure.progress, name="erasure-progress"),
    path("compliance/holds/", holds.holds, name="holds"),
    path("compliance/holds/place/", holds.place, name="hold-place"),
    path("compliance/holds/<uuid:pk>/", holds.deed, name="hold"),
    path("compliance/certificates/", certificates.certificates, name="certificates"),
    path("compliance/certificates/<uuid:pk>/json/", certificates.certificate_json, name="certificate-json"),
    path("compliance/certificates/<uuid:pk>/pdf/", certificates.certificate_as_pdf, name="certificate-pdf"),
]
