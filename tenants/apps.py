from typing import Any

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import hosts, live  # noqa: PLC0415 - these need the app registry

        def forget(told: dict[str, Any]) -> None:
            hosts.forget()

        live.everywhere(hosts.TOPIC, forget)
