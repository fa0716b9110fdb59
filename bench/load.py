"""Requests at a constant rate or as many as there can be, made by hey while something else happens."""

import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from types import TracebackType
from typing import Self

LONGEST = "30m"
"""When the load ends by itself, should nobody end it."""

_STATUS = re.compile(r"^\s+\[(\d{3})\]\s+(\d+) responses$", re.MULTILINE)
_ERROR = re.compile(r"^\s+\[(\d+)\]\s+\S", re.MULTILINE)
_TOTAL = re.compile(r"^\s+Total:\s+([\d.]+) secs$", re.MULTILINE)


@dataclass(frozen=True)
class Answers:
    """What came back; latencies are seconds."""

    served: int
    """Answers with the status that was expected."""
    failed: int
    """Other answers, and requests without one."""
    seconds: float
    median: float
    p99: float

    @property
    def per_second(self) -> float:
        return self.served / self.seconds

    @property
    def failed_of_million(self) -> float:
        return 1e6 * self.failed / max(1, self.served + self.failed)

    @classmethod
    def parse(cls, report: str, expected: int) -> "Answers":
        """From hey's report. Raises ValueError for anything else."""
        total = _TOTAL.search(report)
        if total is None:
            raise ValueError(f"this is no report of hey:\n{report}")
        answers, _, errors = report.partition("Error distribution:")
        statuses = [(int(status), int(count)) for status, count in _STATUS.findall(answers)]
        return cls(
            served=sum(count for status, count in statuses if status == expected),
            failed=sum(count for status, count in statuses if status != expected)
            + sum(map(int, _ERROR.findall(errors))),
            seconds=float(total[1]),
            median=_latency(answers, 50),
            p99=_latency(answers, 99),
        )


class Load:
    """Asks `url` while the `with` block runs; `answers` tells afterwards what came back.

    `workers` ask without a pause, each over a connection of its own, unless `rate` says how many requests a second
    they make together. GET is answered 200. With `post` it is POST, which load balancers do not repeat when a server
    fails; the app answers it 405, which is an answer.
    """

    answers: Answers

    def __init__(self, url: str, *, workers: int, rate: float | None = None, post: bool = False) -> None:
        if shutil.which("hey") is None:
            raise FileNotFoundError("hey is not installed, so no load can be made: apt-get install hey")
        limit = ["-q", f"{rate / workers:g}"] if rate else []
        self._command = ["hey", "-z", LONGEST, "-c", str(workers), *limit, "-m", "POST" if post else "GET", url]
        self._expected = 405 if post else 200

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGINT)
        report, _ = self._process.communicate(timeout=30)
        self.answers = Answers.parse(report, self._expected)


def _latency(report: str, percent: int) -> float:
    found = re.search(rf"^\s+{percent}%+ in ([\d.]+) secs$", report, re.MULTILINE)
    return float(found[1]) if found else 0.0
