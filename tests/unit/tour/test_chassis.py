"""What all services stand on."""

import asyncio
import json
import logging
import re
import sys
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from chassis import events, health
from chassis.database import public
from chassis.environment import required
from chassis.health import opened, troubles
from chassis.logs import CONFIGURATION, JsonFormatter, Visitors
from chassis.schedule import Every

from tests.unit.recording import REPOSITORY
from tests.unit.tour.conftest import APPS, Load
from tests.unit.tour.exchange import ask


class Server:
    """Something that a service needs; there from the attempt `down` on, and answering after `seconds`."""

    def __init__(self, down: int = 0, seconds: float = 0.0) -> None:
        self.down, self.seconds = down, seconds
        self.attempts = 0
        self.closed = False

    async def open(self) -> None:
        self.attempts += 1
        await self.ping()

    async def ping(self) -> None:
        await asyncio.sleep(self.seconds)
        if self.attempts < self.down:
            raise ConnectionError("down")

    async def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.1)


def test_a_service_waits_for_what_comes_up_later_than_itself() -> None:
    server = Server(down=3)

    async def life() -> None:
        async with opened([server]):
            while await troubles([server]):
                await asyncio.sleep(0.01)

    asyncio.run(life())
    assert (server.attempts, server.closed) == (3, True)


def test_a_service_can_end_while_it_waits() -> None:
    server = Server(down=1000)

    async def life() -> None:
        async with opened([server]):
            pass

    asyncio.run(asyncio.wait_for(life(), 5))
    assert server.closed


def test_readiness_names_what_is_down_and_what_hangs(load: Load) -> None:
    found = asyncio.run(troubles([Server(), Server(down=1), Server(seconds=60)]))
    assert found == ["Server: ConnectionError('down')", "Server: TimeoutError()"]
    payment = load("payment")
    ready = ask(payment, "GET", "/readyz")
    assert ready.status_code == 503
    assert any(trouble.startswith("Database") for trouble in ready.json()["troubles"])
    assert ask(load("client"), "GET", "/readyz").status_code == 200


def test_a_variable_that_is_missing_ends_the_service_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MONGO_URI", raising=False)
    with pytest.raises(SystemExit, match="MONGO_URI is not set"):
        required("MONGO_URI")


class Stream:
    """In the place of a JetStream context and its client."""

    def __init__(self) -> None:
        self.streams: dict[str, list[str]] = {}
        self.deliver: dict[str, Callable[[Any], Awaitable[None]]] = {}
        self.durables: list[str] = []
        self.published: list[tuple[str, Any, str]] = []

    def jetstream(self) -> "Stream":
        return self

    async def add_stream(self, name: str, subjects: list[str]) -> None:
        self.streams[name] = subjects

    async def subscribe(self, subject: str, queue: str, cb: Any, durable: str, **_: Any) -> None:
        assert queue == durable
        self.deliver[subject] = cb
        self.durables.append(durable)

    async def publish(self, subject: str, body: bytes, headers: dict[str, str]) -> None:
        self.published.append((subject, json.loads(body), headers["Nats-Msg-Id"]))


class Message:
    """In the place of a NATS message."""

    subject = "booking:created"

    def __init__(self, **event: Any) -> None:
        self.data = json.dumps(event).encode()
        self.answer = ""

    async def ack(self) -> None:
        self.answer = "done"

    async def nak(self, delay: float) -> None:
        assert delay > 0
        self.answer = "again"


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Stream:
    made = Stream()

    async def connect(url: str, **options: Any) -> Stream:
        assert (url, options["name"]) == ("nats://nats:4222", "booking-1")
        return made

    monkeypatch.setattr(events, "nats", SimpleNamespace(connect=connect))
    for name, value in {"URL": "nats://nats:4222", "CLUSTER_ID": "tour", "CLIENT_ID": "booking-1"}.items():
        monkeypatch.setenv(f"NATS_{name}", value)
    return made


def test_events_go_through_the_stream_of_the_cluster_id_and_are_known_by_subject_and_id(stream: Stream) -> None:
    async def life() -> None:
        made = events.Events("booking")
        await made.open()
        await made.publish("booking:created", {"id": "b"})

    asyncio.run(life())
    assert list(stream.streams) == ["tour"]
    assert "booking:created" in stream.streams["tour"]
    assert stream.published == [("booking:created", {"id": "b"}, "booking:created b")]


def test_an_event_that_could_not_be_handled_comes_again(stream: Stream) -> None:
    made = events.Events("payment")

    @made.on("booking:created")
    async def handle(event: events.Event) -> None:
        if event["id"] == "bad":
            raise ConnectionError("the database is away")

    messages = [Message(id="good"), Message(id="bad")]

    async def life() -> None:
        await made.open()
        for message in messages:
            await stream.deliver["booking:created"](message)

    asyncio.run(life())
    assert [message.answer for message in messages] == ["done", "again"]
    assert stream.durables == ["payment-booking-created"], "consumers need names without colons"


def test_work_goes_on_after_a_failure() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            raise ConnectionError("once")

    async def life() -> None:
        every = Every(0, work)
        await every.open()
        while len(done) < 3:
            await asyncio.sleep(0)
        await every.ping()
        await every.close()

    asyncio.run(life())


def test_a_log_line_is_one_json_object_with_the_service_and_the_stack_trace() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.LogRecord("any", logging.ERROR, "", 0, "broken: %s", ("\n",), sys.exc_info())
    line = JsonFormatter().format(record)
    assert "\n" not in line
    fields = json.loads(line)
    assert (fields["severity"], fields["message"]) == ("ERROR", "broken: \n")
    assert fields["service"]
    assert "ValueError" in fields["stack_trace"]


@pytest.mark.parametrize(("path", "logged"), [("/readyz", False), ("/livez", False), ("/api/v1/tours", True)])
def test_the_questions_of_the_kubelet_are_not_in_the_access_log(path: str, logged: bool) -> None:
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, "", ("10.0.0.1", "GET", path, "1.1", 200), None)
    assert Visitors().filter(record) is logged
    assert CONFIGURATION["loggers"]["uvicorn.access"]["filters"] == ["visitors"]


def test_documents_are_shown_with_an_id_and_without_the_databases_own() -> None:
    assert public({"_id": "1", "name": "a"}) == {"id": "1", "name": "a"}
    assert public(None) is None


def test_the_image_has_the_versions_that_are_tested_here_and_checks_their_hashes() -> None:
    def pinned(path: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w-]+)==([\w.]+)", (REPOSITORY / path).read_text(), re.MULTILINE))

    image, tested = pinned("examples/tour/apps/chassis/requirements.txt"), pinned("constraints.txt")
    assert image
    assert image.items() <= tested.items()
    assert "--require-hashes" in (APPS / "chassis" / "Dockerfile").read_text()
