"""Types of visit and documents."""

from django.urls import URLPattern, path

from visitors.views import documents, types

TYPE, DOCUMENT = "visitors/types/<uuid:pk>/", "visitors/documents/<uuid:pk>/"
urlpatterns: list[URLPattern] = [
    path("visitors/types/", types.types, name="visit-types"),
    path("visitors/types/add/", types.type_add, name="visit-type-add"),
    path(TYPE, types.type_edit, name="visit-type"),
    path(f"{TYPE}archive/", types.type_archive, name="visit-type-archive"),
    path(f"{TYPE}restore/", types.type_restore, name="visit-type-restore"),
    path(f"{TYPE}move/", types.type_move, name="visit-type-move"),
    path("visitors/documents/", documents.documents, name="visit-documents"),
    path("visitors/documents/add/", documents.document_add, name="visit-document-add"),
    path(DOCUMENT, documents.document, name="visit-document"),
    path(f"{DOCUMENT}edit/", documents.document_edit, name="visit-document-edit"),
    path(f"{DOCUMENT}publish/", documents.document_publish, name="visit-document-publish"),
    path(f"{DOCUMENT}archive/", documents.document_archive, name="visit-document-archive"),
    path(f"{DOCUMENT}restore/", documents.document_restore, name="visit-document-restore"),
]
