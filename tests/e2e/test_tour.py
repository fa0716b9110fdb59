"""Tour's life, in order: seven services, their servers, the routes to them, and the dev loop."""

import json
import re
import secrets
import time
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.e2e.conftest import Checkout
from tests.e2e.dev_loop import developing
from tests.e2e.summary import unchanged
from tests.e2e.waiting import until
from tests.unit.tour.table import TABLE

pytestmark = pytest.mark.e2e

TOUR = "examples/tour"
HOST = "tour.xyz"
SERVICES = ["auth", "booking", "client", "expiration", "payment", "review", "tour"]
NAMESPACE = "tour-dev"


class Site:
    """Tour as visitors have it: through the Ingress."""

    def __init__(self, checkout: Checkout) -> None:
        self.address = checkout.status("tour")["address"]

    def ask(
        self, method: str, path: str, content: object = None, token: str = "", host: str = HOST
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON; the path goes out as it is written."""
        connection = HTTPConnection(self.address, timeout=10)
        headers = {"Host": host, "Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        connection.request(method, path, json.dumps(content) if content else None, headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, json.loads(body) if body.startswith(b"{") else {}

    def get(self, path: str) -> dict[str, Any]:
        status, answer = self.ask("GET", path)
        assert status == 200, answer
        return answer


@pytest.fixture(scope="module")
def site(checkout: Checkout) -> Site:
    checkout.succeed("up", "--system", "tour")
    return Site(checkout)


@pytest.fixture(scope="module")
def token(site: Site) -> str:
    account = {"email": f"{secrets.token_hex(4)}@example.com", "password": secrets.token_hex(8)}
    assert site.ask("POST", "/api/v1/auth/signup", account)[0] == 201
    return site.ask("POST", "/api/v1/auth/login", account)[1]["access"]


def deployed(checkout: Checkout) -> dict[str, int]:
    """Generations of the Deployments."""
    found = checkout.objects("deployments", "--namespace", NAMESPACE)
    return {each["metadata"]["name"]: each["metadata"]["generation"] for each in found}


@pytest.mark.usefixtures("site")
def test_seven_services_and_their_servers_run_with_a_disk_for_each_server(checkout: Checkout) -> None:
    assert sorted(deployed(checkout)) == SERVICES
    pods = checkout.objects("pods", "--namespace", NAMESPACE)
    assert {pod["status"]["phase"] for pod in pods} == {"Running"}
    images = {each["image"] for pod in pods for each in pod["spec"]["containers"]}
    assert len([image for image in images if "/example/tour/" in image]) == 7
    servers = checkout.objects("statefulsets", "--namespace", NAMESPACE)
    assert len(servers) == 9
    disks = checkout.objects("persistentvolumeclaims", "--namespace", NAMESPACE)
    assert [disk["status"]["phase"] for disk in disks] == ["Bound"] * 9


@pytest.mark.usefixtures("site")
def test_unchanged_up_touches_nothing(checkout: Checkout) -> None:
    before = deployed(checkout)
    assert unchanged(checkout.succeed("up", "--system", "tour"))
    assert deployed(checkout) == before


@pytest.mark.parametrize(("path", "service"), TABLE.items())
def test_the_ingress_leads_a_path_where_ingress_nginx_would(site: Site, path: str, service: str) -> None:
    assert site.get(path)["service"] == service


def test_another_host_is_not_toured(site: Site) -> None:
    assert site.ask("GET", "/", host="other.example.com")[0] == 404


def test_nobody_books_without_the_token_that_auth_issued(site: Site, token: str) -> None:
    order = {"tour": "1"}
    assert site.ask("POST", "/api/v1/bookings", order)[0] == 401
    assert site.ask("POST", "/api/v1/bookings", order, f"{token}x")[0] == 401


def test_a_booking_is_stored_cached_and_expires_through_an_event(site: Site, token: str) -> None:
    status, made = site.ask("POST", "/api/v1/bookings", {"tour": "1", "seats": 2}, token)
    assert (status, made["booking"]["status"]) == (201, "created")
    path = f"/api/v1/bookings/{made['booking']['id']}"
    assert [site.get(path)["cache"] for _ in range(2)] == ["miss", "hit"]
    until(lambda: site.get(path)["booking"]["status"] == "expired", 15, "the booking expires")


def test_a_booking_that_is_paid_does_not_expire(site: Site, token: str) -> None:
    _, made = site.ask("POST", "/api/v1/bookings", {"tour": "2"}, token)
    booking = {"booking": made["booking"]["id"]}
    until(lambda: site.ask("POST", "/api/v1/payments", booking, token)[0] == 201, 4, "the payment is due")
    path = f"/api/v1/bookings/{booking['booking']}"
    until(lambda: site.get(path)["booking"]["status"] == "paid", 5, "booking hears of the payment")
    time.sleep(7)
    assert site.get(path)["booking"]["status"] == "paid"


def test_reviews_are_cached_until_there_is_another(site: Site, token: str) -> None:
    opinion = {"tour": secrets.token_hex(4), "rating": 5, "text": "Worth the walk."}
    path = f"/api/v1/tours/{opinion['tour']}/reviews"
    assert [site.get(path)["cache"] for _ in range(2)] == ["miss", "hit"]
    assert site.ask("POST", "/api/v1/reviews", opinion, token)[0] == 201
    answer = site.get(path)
    assert (answer["cache"], [each["text"] for each in answer["reviews"]]) == ("miss", [opinion["text"]])


@pytest.mark.parametrize("server", ["booking-mongo", "booking-redis", "nats"])
def test_data_survives_the_death_of_a_servers_pod(checkout: Checkout, site: Site, token: str, server: str) -> None:
    made: dict[str, Any] = {}

    def books() -> bool:
        """Whether it can; not while a server that died before is missed."""
        status, answer = site.ask("POST", "/api/v1/bookings", {"tour": "3"}, token)
        made.update(answer)
        return status == 201

    def uids() -> list[str]:
        """Of the server's pod, while there is one."""
        pods = checkout.objects("pods", "--namespace", NAMESPACE, f"--field-selector=metadata.name={server}-0")
        return [pod["metadata"]["uid"] for pod in pods]

    until(books, 30, "somebody can book")
    path, before = f"/api/v1/bookings/{made['booking']['id']}", uids()
    checkout.kubectl("delete", "pod", f"{server}-0", "--namespace", NAMESPACE, "--grace-period=0", "--force")
    until(lambda: uids() not in ([], before), 60, f"there is another {server}-0")
    checkout.kubectl("wait", "--for=condition=Ready", f"pod/{server}-0", "--namespace", NAMESPACE)

    def status() -> str | None:
        return site.ask("GET", path)[1].get("booking", {}).get("status")

    until(lambda: status() == "expired", 60, "the booking is still there, and the event comes after all")


@pytest.mark.usefixtures("site")
def test_a_shadowed_route_is_refused_before_anything_is_applied(checkout: Checkout) -> None:
    file = checkout.directory / TOUR / "Pulumi.dev.yaml"
    good, before = file.read_text(), deployed(checkout)
    last = next(line for line in good.splitlines() if '"/?(.*)"' in line)
    file.write_text(good.replace(f"{last}\n", "").replace("tour:routes:\n", f"tour:routes:\n{last}\n"))
    try:
        done = checkout.run("up", "--system", "tour")
    finally:
        file.write_text(good)
    assert done.returncode == 1
    assert "/api/v1/auth/?(.*)" in done.stdout and "/?(.*) (to client)" in done.stdout
    assert deployed(checkout) == before


def test_a_saved_change_is_served_and_rolls_out_its_service_alone(checkout: Checkout, site: Site) -> None:
    file = checkout.directory / TOUR / "apps" / "review" / "service.py"
    good, before = file.read_text(), deployed(checkout)
    last = "return answer(request, tour=tour, reviews=found, cache=cached"
    assert last in good

    def save(word: str) -> None:
        file.write_text(good.replace(last, f"{last}, word={word!r}"))
        until(lambda: site.get("/api/v1/tours/1/reviews").get("word") == word, 180, f"{word} is served")

    with developing(checkout, TOUR, "--keep") as output:
        save("first")
        until(lambda: output().count("Deployed") == 1, 60, "the first change is deployed")
        save("second")
        until(lambda: output().count("Deployed") == 2, 60, "the second change is deployed")
        transcript = output()
    after = deployed(checkout)
    assert {name for name in after if after[name] != before[name]} == {"review"}
    assert set(re.findall(r"^Changed: (.*)", transcript, re.MULTILINE)) == {"review"}
    assert "review | review starts (development)." in transcript
    assert set(re.findall(r"^ *(\w+) \| ", transcript, re.MULTILINE)) == set(SERVICES)


def test_a_version_that_crashes_gives_way_to_the_next_that_is_saved(checkout: Checkout, site: Site) -> None:
    file = checkout.directory / TOUR / "apps" / "tour" / "service.py"
    good = file.read_text()
    with developing(checkout, TOUR, "--keep") as output:
        file.write_text("raise RuntimeError('a slip of the pen')\n")
        until(lambda: "a slip of the pen" in output(), 180, "the log shows why it crashes")
        assert site.get("/api/v1/tours")["service"] == "tour", "the version before serves on"
        file.write_text(good.replace("Old town on foot", "New town on foot"))
        until(lambda: "Deployed" in output(), 180, "the next version is deployed")
    assert site.get("/api/v1/tours")["service"] == "tour"


@pytest.mark.usefixtures("site")
def test_the_loop_removes_everything_when_it_is_asked_to(checkout: Checkout) -> None:
    with developing(checkout, TOUR, "--remove"):
        pass
    assert checkout.status("tour")["resources"] == 0
    assert NAMESPACE not in {each["metadata"]["name"] for each in checkout.objects("namespaces")}
    claims = [disk["spec"]["claimRef"]["namespace"] for disk in checkout.objects("persistentvolumes")]
    assert NAMESPACE not in claims
    google = json.loads((checkout.home / "google.json").read_text())
    assert not [name for name in google if NAMESPACE in name]
