import os

import pytest

from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.lock import exclusive


def test_a_second_command_is_refused_with_the_holder(home: Home) -> None:
    with (
        exclusive(home, "up"),
        pytest.raises(SandboxError, match=rf"`up` \(pid {os.getpid()}\).*`destroy` did nothing"),
        exclusive(home, "destroy"),
    ):
        pytest.fail("two commands at once")


def test_the_next_command_runs_after_one_that_failed(home: Home) -> None:
    with pytest.raises(ZeroDivisionError), exclusive(home, "up"):
        raise ZeroDivisionError
    with exclusive(home, "destroy"):
        assert (home.root / "lock").read_text() == f"{os.getpid()} destroy"
