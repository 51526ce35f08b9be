"""The contrast's WSGI entry: an ordinary Django site is served by threads."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
