"""A schema per company, found by host name (DESIGN section 11)."""

from config.settings import environment

TENANT_MODEL = "tenants.Company"
TENANT_DOMAIN_MODEL = "tenants.Domain"
ROOT_URLCONF = "config.urls"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
SHOW_PUBLIC_IF_NO_TENANT_FOUND = False
# The stock backend sends SET before every cursor.
TENANT_LIMIT_SET_CALLS = True
# A company is cloned from this schema. The base schema alone is ignored without the second setting.
TENANT_BASE_SCHEMA = "template"
TENANT_CREATION_FAKES_MIGRATIONS = True

BASE_DOMAIN = environment.text("SALLYPORT_BASE_DOMAIN", "localhost")
PUBLIC_SCHEME = environment.text("SALLYPORT_SCHEME", "http")
PUBLIC_PORT = environment.number("SALLYPORT_PUBLIC_PORT", 8000)
# More addresses of companies, such as the one in the local network that a demo's phone uses.
EXTRA_HOSTS = [host for host in environment.text("SALLYPORT_EXTRA_HOSTS", "").split(",") if host]
ALLOWED_HOSTS = [BASE_DOMAIN, f".{BASE_DOMAIN}", *EXTRA_HOSTS]
