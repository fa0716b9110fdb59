"""The table of routes that the e2e tests send through the Ingress is what ingress-nginx is documented to do."""

import re
from urllib.parse import unquote

import pytest

from tests.unit.recording import stack_config
from tests.unit.tour.conftest import APPS
from tests.unit.tour.table import TABLE

ROUTES: list[dict[str, str]] = stack_config("dev", APPS.parent)["tour:routes"]


def normalized(uri: str) -> str:
    """As NGINX has it in $uri: without the query, decoded, slashes merged."""
    return re.sub("/+", "/", unquote(uri.partition("?")[0]))


def leading(uri: str) -> dict[str, str]:
    """The route that a path takes."""
    by_length = sorted(ROUTES, key=lambda route: len(route["path"]), reverse=True)
    return next(each for each in by_length if re.match(each["path"], normalized(uri), re.IGNORECASE))


@pytest.mark.parametrize(("uri", "service"), TABLE.items())
def test_a_path_leads_where_the_documentation_says(uri: str, service: str) -> None:
    assert leading(uri)["service"] == service


def test_the_table_tells_more_than_each_route_once() -> None:
    assert len(TABLE) >= 40
    assert {leading(uri)["path"] for uri in TABLE} == {route["path"] for route in ROUTES}
