"""Tour behind a Gateway of Google's, in order: the routes that one can express, over TLS, and its end."""

import json
import secrets
import socket
import ssl
from http.client import HTTPConnection, HTTPSConnection
from typing import Any

import pytest

from tests.e2e.conftest import Checkout
from tests.e2e.waiting import until
from tests.unit.tour.table import BY_GATEWAY

pytestmark = pytest.mark.e2e

SYSTEM = ("--system", "tour", "--stack", "gateway")
HOST = "tour.xyz"
NAMESPACE = "tour-gateway"
STACK = "examples/tour/Pulumi.gateway.yaml"


class Site:
    """Tour as visitors have it: by HTTPS, through the Gateway."""

    def __init__(self, status: dict[str, Any]) -> None:
        self.address = status["address"]
        self._context = ssl.create_default_context(cafile=status["ca"])

    def ask(
        self, method: str, path: str, content: object = None, token: str = "", host: str = HOST
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON; the path goes out as it is written."""
        connection = HTTPSConnection(HOST, timeout=10)
        connection.sock = self._context.wrap_socket(
            socket.create_connection((self.address, 443), timeout=10), server_hostname=HOST
        )
        headers = {"Host": host, "Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        connection.request(method, path, json.dumps(content) if content else None, headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, json.loads(body) if body.startswith(b"{") else {}


@pytest.fixture(scope="module")
def site(checkout: Checkout) -> Site:
    checkout.succeed("up", *SYSTEM)
    found = Site(checkout.status("tour", "gateway"))

    def served() -> bool:
        try:
            return all(found.ask("GET", path)[0] == 200 for path in ("/", "/api/v1/tours", "/api/v1/payments"))
        except OSError:
            return False

    until(served, 60, "the Gateway serves")
    return found


@pytest.mark.parametrize(("path", "service"), BY_GATEWAY.items())
def test_the_gateway_leads_a_path_where_the_gateway_api_says(site: Site, path: str, service: str) -> None:
    status, answer = site.ask("GET", path)
    assert (status, answer["service"]) == (200, service)


def test_another_host_is_not_toured(site: Site) -> None:
    assert site.ask("GET", "/", host="other.example.com")[0] == 404


def test_http_is_redirected_to_https(site: Site) -> None:
    connection = HTTPConnection(site.address, timeout=10)
    connection.request("GET", "/api/v1/tours", headers={"Host": HOST})
    response = connection.getresponse()
    connection.close()
    assert (response.status, response.headers["Location"]) == (301, f"https://{HOST}/api/v1/tours")


def test_somebody_signs_up_logs_in_and_books_through_three_services(site: Site) -> None:
    account = {"email": f"{secrets.token_hex(4)}@example.com", "password": secrets.token_hex(8)}
    assert site.ask("POST", "/api/v1/auth/signup", account)[0] == 201
    token = site.ask("POST", "/api/v1/auth/login", account)[1]["access"]
    status, made = site.ask("POST", "/api/v1/bookings", {"tour": "1", "seats": 2}, token)
    assert (status, made["booking"]["status"]) == (201, "created")
    paid = {"booking": made["booking"]["id"]}
    until(lambda: site.ask("POST", "/api/v1/payments", paid, token)[0] == 201, 10, "the payment is due")


@pytest.mark.usefixtures("site")
def test_a_route_that_the_gateway_cannot_express_is_refused_before_anything_is_applied(checkout: Checkout) -> None:
    before = checkout.objects("httproutes", "--namespace", NAMESPACE)
    wild = '{service: review, port: 3000, path: "/api/v1/tours/?(.*)/reviews"}'
    checkout.edit(STACK, "  tour:routes:\n", f"  tour:routes:\n    - {wild}\n")
    done = checkout.run("up", *SYSTEM)
    checkout.edit(STACK, f"    - {wild}\n", "")
    assert done.returncode == 1
    assert "it cannot express /api/v1/tours/?(.*)/reviews (to review)" in " ".join(done.stdout.split())
    assert checkout.objects("httproutes", "--namespace", NAMESPACE) == before


@pytest.mark.usefixtures("site")
def test_destroy_leaves_nothing(checkout: Checkout) -> None:
    checkout.succeed("destroy", *SYSTEM)
    assert checkout.status("tour", "gateway")["resources"] == 0
    assert NAMESPACE not in {each["metadata"]["name"] for each in checkout.objects("namespaces")}
    google = json.loads((checkout.home / "google.json").read_text())
    assert not [name for name in google if NAMESPACE in name]
