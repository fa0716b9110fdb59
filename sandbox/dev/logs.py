"""The logs of workloads, line by line as their containers write them."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.dev.kubectl import Kubectl
from sandbox.dev.workload import Workload

Print = Callable[[str, str], None]
"""Takes the name of a workload and one line of its logs."""

RETRY = 1.0
"""Seconds before pods are watched again after a watch has ended, as it does with the API server."""

TAIL = 5
"""Lines shown of what a container wrote before its logs were followed."""


@dataclass(frozen=True)
class ContainerRun:
    """One run of a container, whose log can be read."""

    id: str
    pod: str
    container: str
    started: str
    """RFC 3339, in UTC."""
    previous: bool
    """Whether it has ended and the container runs again, or will."""


class Logs:
    """Follows every container of some workloads.

    `kubectl logs --follow --selector` reads only the pods that are there when it starts, so pods are watched too.
    """

    def __init__(self, kubectl: Path, show: Print) -> None:
        self._kubectl, self._print = Kubectl(kubectl), show
        self._began = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._followed = set[str]()

    def follow(self, workloads: Sequence[Workload]) -> None:
        """Begin, on threads of its own."""
        for namespace in sorted({workload.namespace for workload in workloads}):
            selected = [workload for workload in workloads if workload.namespace == namespace]
            threading.Thread(target=self._watch, args=[namespace, selected], daemon=True).start()

    def close(self) -> None:
        """End it, with all processes of kubectl."""
        self._kubectl.close()

    def _watch(self, namespace: str, workloads: Sequence[Workload]) -> None:
        while not self._kubectl.closed:
            # A line for every pod that is there, and for every change of one.
            output = '--output=jsonpath={@}{"\\n"}'
            for line in self._kubectl.lines("get", "pods", "--namespace", namespace, "--watch", output):
                try:
                    pod = json.loads(line)
                except ValueError:
                    # A message about an API server that is away; whoever deploys shows it.
                    continue
                for workload in workloads:
                    if workload.selects(pod):
                        self._follow_pod(workload, pod)
            self._kubectl.wait(RETRY)

    def _follow_pod(self, workload: Workload, pod: Mapping[str, Any]) -> None:
        for run in container_runs(pod):
            if run.id not in self._followed:
                self._followed.add(run.id)
                threading.Thread(target=self._print_log, args=[workload, run], daemon=True).start()

    def _print_log(self, workload: Workload, run: ContainerRun) -> None:
        command = ["logs", "--follow", "--namespace", workload.namespace, run.pod, "--container", run.container]
        if run.previous:
            command.append("--previous")
        if run.started < self._began:
            command.append(f"--tail={TAIL}")
        for line in self._kubectl.lines(*command):
            for part in readable(line).splitlines():
                self._print(workload.name, part)


def container_runs(pod: Mapping[str, Any]) -> Iterator[ContainerRun]:
    """Every run of the pod's containers that has begun."""
    for status in pod["status"].get("containerStatuses") or ():
        for state, previous in ((status.get("lastState"), True), (status.get("state"), False)):
            if run := (state or {}).get("running") or (state or {}).get("terminated"):
                # Only a run that has ended has an id of its own.
                id_ = run.get("containerID") or status["containerID"]
                yield ContainerRun(id_, pod["metadata"]["name"], status["name"], run.get("startedAt") or "", previous)


def readable(line: str) -> str:
    """The message, severity (unless INFO) and stack trace of a structured log entry; other lines as they are."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    if not isinstance(entry, dict) or not isinstance(message := entry.get("message"), str):
        return line
    severity = entry.get("severity", "INFO")
    parts = [message if severity == "INFO" else f"{severity}: {message}", entry.get("stack_trace")]
    return "\n".join(part for part in parts if isinstance(part, str))
