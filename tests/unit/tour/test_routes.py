"""The tables of routes that the e2e tests send through Ingress and Gateway are what both are documented to do."""

import re
from urllib.parse import unquote

import pytest

from tests.unit.recording import stack_config
from tests.unit.tour.conftest import APPS
from tests.unit.tour.table import BY_GATEWAY, TABLE

ROUTES: list[dict[str, str]] = stack_config("dev", APPS.parent)["tour:routes"]
PREFIXES: list[dict[str, str]] = stack_config("gateway", APPS.parent)["tour:routes"]


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


def leading_by_prefix(uri: str) -> dict[str, str]:
    """The route that a path takes by the Gateway API: the longest prefix of whole segments."""
    path = uri.partition("?")[0].rstrip("/") + "/"
    prefixes = [each for each in PREFIXES if path.startswith(each["path"].rstrip("/") + "/")]
    return max(prefixes, key=lambda route: len(route["path"]))


@pytest.mark.parametrize(("uri", "service"), BY_GATEWAY.items())
def test_a_path_leads_behind_the_gateway_where_the_api_says(uri: str, service: str) -> None:
    assert leading_by_prefix(uri)["service"] == service


def test_the_gateway_has_every_route_but_those_with_a_wildcard_in_the_middle() -> None:
    plain = {(each["service"], each["path"].removesuffix("?(.*)").rstrip("/") or "/") for each in ROUTES}
    lost = {(service, path) for service, path in plain if "(.*)" in path}
    assert len(lost) == 2
    assert {(each["service"], each["path"]) for each in PREFIXES} == plain - lost
