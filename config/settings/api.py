"""Django REST framework for the slower routes, and their OpenAPI description."""

REST_FRAMEWORK = {
    # Each view names who may call it: nothing is open by omission.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sallyport",
    "DESCRIPTION": "What phones and readers call on a company's host.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # Several answers have a field of this name, each with choices of its own.
    "ENUM_NAME_OVERRIDES": {
        "RequestKindEnum": "compliance.models.CaseKind.values",
        "StateEnum": "compliance.models.CaseState.values",
        "ArrivalStateEnum": "visitors.api.arrival_shapes.STAGES",
        "ArrivalStepEnum": "visitors.api.arrival_shapes.STEPS",
        "VisitStateEnum": "visitors.models.visits.VisitState.values",
        "VisitWayEnum": "visitors.models.Way.values",
    },
}
