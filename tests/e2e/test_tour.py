"""Tour's life, in order: seven services, their servers, the routes to them, and the dev loop."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Checkout
from tests.unit.tour.table import TABLE

pytestmark = pytest.mark.systems

TOUR = "examples/tour"
HOST = "tour.xyz"
SERVICES = ["auth", "booking", "client", "expiration", "payment", "review", "tour"]
NAMESPACE = "tour-dev"

SAVED_TO_SERVED = 5.0
"""Seconds."""


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
    checkout.succeed("up", "--system", "tour", "--engine", "embedded", seconds=1500)
    return Site(checkout)


@pytest.fixture(scope="module")
def token(site: Site) -> str:
    account = {"email": f"{secrets.token_hex(4)}@example.com", "password": secrets.token_hex(8)}
    assert site.ask("POST", "/api/v1/auth/signup", account)[0] == 201
    return site.ask("POST", "/api/v1/auth/login", account)[1]["access"]


def until(true: Callable[[], bool], seconds: float, what: str) -> float:
    """Seconds that it took."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - start


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
    output = checkout.succeed("up", "--system", "tour", "--engine", "embedded")
    assert "to update" not in output and "to create" not in output
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
    _, made = site.ask("POST", "/api/v1/bookings", {"tour": "3"}, token)
    path = f"/api/v1/bookings/{made['booking']['id']}"
    checkout.kubectl("delete", "pod", f"{server}-0", "--namespace", NAMESPACE, "--grace-period=0", "--force")
    until(lambda: site.ask("GET", path)[1].get("booking") is not None, 60, f"booking answers without {server}-0")
    until(lambda: site.get(path)["booking"]["status"] == "expired", 60, "the event comes after all")


@pytest.mark.usefixtures("site")
def test_a_shadowed_route_is_refused_before_anything_is_applied(checkout: Checkout) -> None:
    file = checkout.directory / TOUR / "Pulumi.dev.yaml"
    good, before = file.read_text(), deployed(checkout)
    last = next(line for line in good.splitlines() if '"/?(.*)"' in line)
    file.write_text(good.replace(f"{last}\n", "").replace("tour:routes:\n", f"tour:routes:\n{last}\n"))
    try:
        done = checkout.run("up", "--system", "tour", "--engine", "embedded")
    finally:
        file.write_text(good)
    assert done.returncode == 1
    assert "/api/v1/auth/?(.*)" in done.stdout and "/?(.*) (to client)" in done.stdout
    assert deployed(checkout) == before


@contextmanager
def developing(checkout: Checkout, *arguments: str) -> Generator[Callable[[], str]]:
    """The dev loop; what it has said so far. Ended with Ctrl-C."""
    transcript = checkout.directory / "dev.log"
    with _begun(checkout, transcript, arguments) as loop:
        try:
            time.sleep(2)
            yield transcript.read_text
        finally:
            loop.send_signal(signal.SIGINT)
            loop.wait(300)
    assert loop.returncode == 0, transcript.read_text()


def _begun(checkout: Checkout, transcript: Path, arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
    """The loop's process, once it watches; in a sandbox that is shared it waits for its turn."""
    while True:
        with transcript.open("w") as output:
            loop = subprocess.Popen(
                [sys.executable, "-m", "sandbox", "dev", *arguments],
                cwd=checkout.directory,
                env={**os.environ, "COLUMNS": "160"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        while loop.poll() is None and "Watching" not in transcript.read_text():
            time.sleep(0.1)
        if loop.poll() is None or "is changing this sandbox, so" not in transcript.read_text():
            return loop
        time.sleep(1)


def test_a_saved_change_is_served_within_seconds_and_rolls_out_its_service_alone(
    checkout: Checkout, site: Site
) -> None:
    file = checkout.directory / TOUR / "apps" / "review" / "service.py"
    good, before = file.read_text(), deployed(checkout)
    last = "return answer(request, tour=tour, reviews=found, cache=cached"
    assert last in good

    def save(word: str) -> float:
        """Seconds until it is served."""
        file.write_text(good.replace(last, f"{last}, word={word!r}"))
        return until(lambda: site.get("/api/v1/tours/1/reviews").get("word") == word, 180, f"{word} is served")

    seconds: list[float] = []
    with developing(checkout, TOUR, "--keep") as said:
        for word in ("cold", "warm", "warmer"):
            seconds.append(save(word))
            until(lambda: said().count("In place") == len(seconds), 180, "the loop tells")
        transcript = said()
    assert min(seconds) <= SAVED_TO_SERVED, f"{seconds}\n{transcript}"
    after = deployed(checkout)
    assert {name for name in after if after[name] != before[name]} == {"review"}
    assert "review | review starts (development)." in transcript
    assert set(re.findall(r"^ *(\w+) \| ", transcript, re.MULTILINE)) == set(SERVICES)


def test_a_version_that_crashes_gives_way_to_the_next_that_is_saved(checkout: Checkout, site: Site) -> None:
    file = checkout.directory / TOUR / "apps" / "tour" / "service.py"
    good = file.read_text()
    with developing(checkout, TOUR, "--keep") as said:
        file.write_text("raise RuntimeError('a slip of the pen')\n")
        until(lambda: "a slip of the pen" in said(), 180, "the log shows why it crashes")
        assert site.get("/api/v1/tours")["service"] == "tour", "the version before serves on"
        file.write_text(good.replace("Old town on foot", "New town on foot"))
        until(lambda: "In place" in said(), 180, "the next version is in place")
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
