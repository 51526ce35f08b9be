from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import live  # noqa: PLC0415 - these need the app registry
        from vault import caches, steps  # noqa: F401, PLC0415 - registers the life-cycle steps

        live.everywhere(caches.TOPIC, caches.told)
