"""What the containers of workloads write, line by line, as they write it."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from urllib3.exceptions import HTTPError

from sandbox.dev.workload import Workload
from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.client import Client
from sandbox.providers.kubernetes.configuration import Connection
from sandbox.providers.kubernetes.transport import Patience, Request, Transport

Say = Callable[[str, str], None]
"""Takes the name of a workload and one line of its."""

WINDOW = 30.0
"""Seconds of watching pods before they are listed afresh."""

SILENCE = 86_400.0
"""Seconds without a line after which a container is not listened to any more."""

PAUSE = 1.0
"""Seconds before an API server that is away is asked again."""

EARLIER = 5
"""Lines shown of a container that ran before anyone listened."""


@dataclass(frozen=True)
class Container:
    """One run of a container."""

    id: str
    pod: str
    name: str
    previous: bool
    """Whether it has ended, and another took its place or will."""


class Logs:
    """Follows every container of the workloads: a thread for each workload, and one for each container."""

    def __init__(self, connection: Connection, say: Say) -> None:
        self._client, self._transport = Client(connection), Transport(connection)
        self._say = say

    def follow(self, workloads: Sequence[Workload]) -> None:
        """Begin; it ends with the process."""
        for workload in workloads:
            threading.Thread(target=self._attend, args=[workload], daemon=True).start()

    def _attend(self, workload: Workload) -> None:
        heard: set[str] = set()
        tail = {"tailLines": str(EARLIER)}
        while True:
            try:
                for pods in self._client.follow("v1", "Pod", workload.namespace, WINDOW, labelSelector=workload.labels):
                    for container in containers(pods):
                        if container.id not in heard:
                            heard.add(container.id)
                            threading.Thread(target=self._tell, args=[workload, container, tail], daemon=True).start()
                    tail = {}
            except SandboxError:
                # The API server is away; who deploys is told of it.
                time.sleep(PAUSE)

    def _tell(self, workload: Workload, container: Container, tail: Mapping[str, str]) -> None:
        path = f"/api/v1/namespaces/{workload.namespace}/pods/{container.pod}/log"
        query = {"container": container.name, "previous": str(container.previous).lower(), "follow": "true", **tail}
        try:
            chunks = self._transport.stream(Request("GET", path, query), SILENCE, Patience.of(0, lambda _: None))
            for line in lines(chunks):
                for part in readable(line).splitlines():
                    self._say(workload.name, part)
        except (HTTPError, SandboxError) as error:
            self._say(workload.name, f"[its log broke off: {error}]")


def lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """The whole lines of a text that comes in pieces, and what is left at its end."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace")
    if rest:
        yield rest.decode(errors="replace")


def containers(pods: Sequence[dict[str, Any]]) -> Iterator[Container]:
    """Every run of a container that has begun, whose log can be had."""
    for pod in pods:
        for status in pod["status"].get("containerStatuses") or ():
            for state, previous in ((status.get("lastState"), True), (status.get("state"), False)):
                run = (state or {}).get("running") or (state or {}).get("terminated")
                if run:
                    # One that runs has its id in the status alone.
                    id_ = run.get("containerID") or status["containerID"]
                    yield Container(id_, pod["metadata"]["name"], status["name"], previous)


def readable(line: str) -> str:
    """What a person wants of a structured line: the message, and why it failed; other lines as they are."""
    try:
        fields = json.loads(line)
    except ValueError:
        return line
    if not isinstance(fields, dict) or not isinstance(message := fields.get("message"), str):
        return line
    severity = fields.get("severity", "INFO")
    parts = [message if severity == "INFO" else f"{severity}: {message}", fields.get("stack_trace")]
    return "\n".join(part for part in parts if isinstance(part, str))
