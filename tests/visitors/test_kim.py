"""Kim, a kiosk: her key opens a kiosk's own routes, and everywhere else she is nobody."""

from django.test import Client

from tests import permission_table
from tests.operators.test_permission_table import Row, rows
from tests.visitors.build import Reception
from tests.visitors.kiosk import Tablet

OWN = "/api/v1/kiosk/"


def asked(tablet: Tablet, row: Row) -> str:
    """The status that a kiosk gets on a row's route, without a body."""
    url = f"http://{tablet.company.host}{row.path}"
    headers = tablet.headers(url, b"", method=row.method)
    client = Client(HTTP_HOST=tablet.company.host, raise_request_exception=False)
    return str(client.generic(row.method, row.path, headers=headers).status_code)


def test_a_kiosk_is_nobody_but_on_its_own_routes(desk: Reception) -> None:
    kim = Tablet.paired(desk.place.site)
    table = rows(permission_table.COMPANY)
    other = [row for row in table if not row.route.startswith(OWN)]
    assert len(other) > 300
    differ = {str(row): got for row in other if (got := asked(kim, row)) != row.by_name["nobody"]}
    assert differ == {}


def test_a_kiosks_own_routes_answer_to_its_key(desk: Reception) -> None:
    kim = Tablet.paired(desk.place.site)
    own = [row for row in rows(permission_table.COMPANY) if row.route.startswith(OWN)]
    assert len(own) > 15
    assert {str(row): asked(kim, row) for row in own if asked(kim, row) in {"401", "403", "405", "500"}} == {}
    assert {row.expected for row in own} == {("401",) * len(permission_table.COLUMNS)}
