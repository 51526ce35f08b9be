"""Which rooms the house has: the one list that settings, routes and tests share."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Floors from the top; import-linter holds the same order.
FLOORS = (
    "config",
    "pages",
    "visitors",
    "readers",
    "access",
    "biometrics",
    "credentials",
    "compliance",
    "operators",
    "ledger",
    "vault",
    "tenants",
    "sallyport",
)
SHARED_ROOMS = ("tenants",)
TENANT_ROOMS = (
    "operators",
    "vault",
    "ledger",
    "compliance",
    "credentials",
    "biometrics",
    "access",
    "readers",
    "visitors",
)
# Apps without tables of a company: templates, views, and the keys in their own database.
OTHER_ROOMS = ("vault.keystore", "pages")


def present(dotted: str) -> bool:
    """Whether the house holds this module, in a room that is built."""
    room = dotted.partition(".")[0]
    return _is_there(f"{room}.apps") and _is_there(dotted)


def standing(rooms: tuple[str, ...]) -> list[str]:
    """Those of `rooms` which are built: they have an apps.py."""
    return [room for room in rooms if _is_there(f"{room}.apps")]


def _is_there(dotted: str) -> bool:
    path = ROOT.joinpath(*dotted.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()
