"""The summary at the end of what `pulumi` prints."""

import re


def summary(output: str) -> dict[str, int]:
    """Resources by what happened to them, such as `{"created": 40}` or `{"to update": 1, "unchanged": 39}`."""
    _, found, last = output.rpartition("Resources:\n")
    assert found, output
    counts = re.findall(r"(\d+) ([a-z][a-z ]*)", last.partition("\n\n")[0])
    return {what: int(number) for number, what in counts}


def unchanged(output: str) -> bool:
    """Whether nothing was or would be changed."""
    return summary(output).keys() == {"unchanged"}
