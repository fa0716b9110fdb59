"""imageview's life, in order: both colours, one live, and the other, with visitors all the time."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.e2e.conftest import Checkout
from tests.e2e.waiting import until_listening

pytestmark = pytest.mark.e2e

SYSTEM = ("--system", "imageview")
NAMESPACE = "imageview-dev"
STACK = "examples/imageview/Pulumi.dev.yaml"

VISITORS = 4
"""Of each kind: half of them keep their connections as long as they may, half come anew each time."""

PAUSE = 0.02
"""Seconds from an answer to a visitor's next request."""


@dataclass
class Visits:
    """Answers by colour, how many were on a connection that was kept, and what went wrong."""

    answered: Counter[str] = field(default_factory=Counter[str])
    kept: int = 0
    failed: list[str] = field(default_factory=list)
    recent: list[str] = field(default_factory=list)


@contextmanager
def visitors(address: str) -> Generator[Visits]:
    """Ask all the time, and never twice for one answer."""
    visits, over, lock = Visits(), threading.Event(), threading.Lock()

    def visit(keep: bool) -> None:
        connection = http.client.HTTPConnection(address, timeout=5)
        while not over.is_set():
            reused = connection.sock is not None
            try:
                connection.request("GET", "/", headers={"accept": "application/json"})
                answer = connection.getresponse()
                colour = json.loads(answer.read())["colour"]
                assert answer.status == 200
                with lock:
                    visits.answered[colour] += 1
                    visits.recent.append(colour)
                    visits.kept += reused
            except Exception as error:  # Whatever it is, a visitor has seen it.
                with lock:
                    visits.failed.append(f"{reused=} {error!r}")
                connection.close()
            if not keep:
                connection.close()
            time.sleep(PAUSE)
        connection.close()

    threads = [threading.Thread(target=visit, args=(keep,)) for keep in (True, False) for _ in range(VISITORS)]
    for thread in threads:
        thread.start()
    try:
        yield visits
    finally:
        over.set()
        for thread in threads:
            thread.join()


def fetch(address: str, accept: str = "application/json") -> str:
    with urlopen(Request(f"http://{address}/", headers={"accept": accept}), timeout=5) as answer:
        return answer.read().decode()


def pods(checkout: Checkout, selector: str) -> dict[str, dict[str, Any]]:
    """Those that stay, by uid."""
    found = checkout.objects("pods", "-n", NAMESPACE, "-l", selector)
    return {each["metadata"]["uid"]: each for each in found if "deletionTimestamp" not in each["metadata"]}


def address(checkout: Checkout) -> str:
    return checkout.status("imageview")["address"]


def test_up_brings_both_colours_up_and_blue_is_live(checkout: Checkout) -> None:
    checkout.succeed("up", *SYSTEM)
    status = checkout.status("imageview")
    assert status["outputs"]["colour"] == "blue"
    until_listening(status["address"], 80)
    assert json.loads(fetch(status["address"])) == {
        "colour": "blue",
        "projectId": "sandbox-project",
        "secret": "present",
    }
    assert "background: blue" in fetch(status["address"], "text/html")
    for colour in ("blue", "green"):
        found = pods(checkout, f"type=webserver,color={colour}").values()
        assert len(found) == 3
        assert all(each["ready"] for pod in found for each in pod["status"]["containerStatuses"])


def test_each_colour_has_its_environment_and_its_secret_stays_where_it_is(checkout: Checkout) -> None:
    (held,) = [each for each in checkout.objects("secrets", "-n", NAMESPACE) if each["metadata"]["name"] == "apikey"]
    assert held["data"].keys() == {"id", "key"}
    for pod in pods(checkout, "type=webserver").values():
        (container,) = pod["spec"]["containers"]
        assert all("valueFrom" in each for each in container["env"])
    state = checkout.checkpoint("imageview").read_text()
    transcript = (checkout.directory / "transcript").read_text()
    for place in (state, transcript, fetch(address(checkout)), fetch(address(checkout), "text/html")):
        assert "only for the sandbox of one machine" not in place


@pytest.mark.parametrize(("old", "new"), [("blue", "green"), ("green", "blue")])
def test_switching_the_colour_moves_all_visitors_and_fails_no_request(checkout: Checkout, old: str, new: str) -> None:
    before = pods(checkout, "type=webserver").keys()
    with visitors(address(checkout)) as visits:
        time.sleep(2)
        assert set(visits.answered) == {old}
        checkout.edit(STACK, f"imageview:colour: {old}", f"imageview:colour: {new}")
        (step,) = checkout.changes(*SYSTEM)
        assert (step["op"], step["type"]) == ("update", "kubernetes:core/v1:Service")
        checkout.succeed("up", *SYSTEM)
        # kube-proxy takes a second or two. Whoever keeps a connection is told to make another one before long.
        time.sleep(15)
        visits.recent.clear()
        time.sleep(2)
        moved = set(visits.recent)
    assert visits.failed == []
    assert moved == {new}
    assert min(visits.answered[old], visits.answered[new], visits.kept) > 100
    assert pods(checkout, "type=webserver").keys() == before


def test_new_pods_of_the_live_colour_fail_no_request(checkout: Checkout) -> None:
    before = pods(checkout, "color=blue").keys()
    with visitors(address(checkout)) as visits:
        checkout.edit("examples/imageview/apps/webserver/page.py", "<h1>{colour}</h1>", "<h1>{colour}!</h1>")
        checkout.succeed("up", *SYSTEM)
        time.sleep(2)
    assert visits.failed == []
    assert visits.kept > 100
    assert "<h1>blue!</h1>" in fetch(address(checkout), "text/html")
    assert not before & pods(checkout, "color=blue").keys()


def test_destroy_leaves_nothing(checkout: Checkout) -> None:
    where = address(checkout)
    checkout.succeed("destroy", *SYSTEM)
    assert checkout.status("imageview")["resources"] == 0
    assert NAMESPACE not in {each["metadata"]["name"] for each in checkout.objects("ns")}
    assert not [name for name in json.loads((checkout.home / "google.json").read_text()) if "imageview" in name]
    with suppress(OSError):
        pytest.fail(f"{where} still answers: {fetch(where)}")
