"""What the sources must not do, since no running test would see it."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches

from config.rooms import ROOT
from tenants import cachekeys, context, live
from tenants.refs import CompanyRef
from tests.isolation import house

# Who may speak to Valkey by themselves; everybody else goes through tenants.live or Django's cache.
# biometrics/remote/store.py lays sealed frames there for face workers, under ids that are no company's.
# pages/limits.py counts through the cache and only names its errors.
VALKEY = {"tenants/live.py", "ledger/hints.py", "pages/limits.py", "biometrics/remote/store.py"}
SET_SCHEMA = re.compile(r"\.set_schema(_to_public)?\(|\.set_tenant\(|schema_context\(|tenant_context\(")
# The only ones who may put the connection into a schema: everybody else enters a company.
SCHEMA = {"tenants/context.py", "tenants/middleware.py", "tenants/migrating.py"}


# The only ones who may ask from where a request comes: behind a proxy nobody else would get it right.
ADDRESS = re.compile(
    r"REMOTE_ADDR|REMOTE_HOST|FORWARDED|forwarded-for|get\(.client.\)|\[.client.\]", re.IGNORECASE
)
PLACES = {"tenants/client_address.py", "config/settings/production.py", "config/settings/security.py"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_nobody_else_speaks_to_valkey() -> None:
    found = set()
    for path in house.sources():
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] in {"redis", "valkey"} for name in names):
                found.add(named(path))
    assert found <= VALKEY


def test_nobody_else_puts_a_connection_into_a_schema() -> None:
    found = {named(path) for path in house.sources() if SET_SCHEMA.search(path.read_text())}
    assert found <= SCHEMA


def test_nobody_else_asks_from_where_a_request_comes() -> None:
    found = {named(path) for path in house.sources() if ADDRESS.search(path.read_text())}
    assert found == PLACES


def test_nobody_calls_the_stock_tenant_middleware_or_cloner() -> None:
    for path in house.sources():
        text = path.read_text()
        assert "TenantMainMiddleware" not in text
        assert "CloneSchema" not in text


@pytest.mark.parametrize("alias", sorted(settings.CACHES))
@pytest.mark.django_db
def test_every_cache_names_the_company_first(acme: CompanyRef, globex: CompanyRef, alias: str) -> None:
    for company in (acme, globex):
        with context.enter(company):
            assert caches[alias].make_key("x").startswith(f"{company.id}:")
    assert caches[alias].make_key("x").startswith("0:")


def test_keys_and_channels_name_the_company_first() -> None:
    assert cachekeys.key(7, "a", 1) == "7:a:1"
    for path, number in (("", 0), ("/", 0), ("/3", 3)):
        assert live.channel(7, "policy", f"redis://:word@127.0.0.1:1{path}") == f"7:live:policy:{number}"
    # One company's key is never the beginning of another's.
    assert not cachekeys.key(11, "x").startswith(cachekeys.key(1, ""))
