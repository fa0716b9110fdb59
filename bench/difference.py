"""The offline diff that every pull request waits for."""

from bench.row import Row, medians
from bench.sandbox_command import seconds

RUNS = 5


def rows() -> list[Row]:
    """Both revisions of all stacks are evaluated, also where they do not differ."""
    (diff,) = medians([lambda: seconds("diff", "--base", "HEAD", "--stack", "all", "--allow", "all")], RUNS)
    return [Row("offline diff of all stacks", diff, "allowed", 15, "s", 1)]
