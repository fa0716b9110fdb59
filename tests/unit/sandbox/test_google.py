import stat

import pytest

from sandbox.google import Google
from sandbox.home import Home


def test_nothing_is_recorded_at_first(home: Home) -> None:
    assert Google(home).resources() == {}


def test_a_change_is_seen_by_others_once_it_is_whole(home: Home) -> None:
    with Google(home).change() as resources:
        resources["projects/p/global/addresses/a"] = {"type": "address"}
        assert Google(home).resources() == {}
    assert Google(home).resources() == {"projects/p/global/addresses/a": {"type": "address"}}


def test_a_change_that_fails_changes_nothing(home: Home) -> None:
    with pytest.raises(ZeroDivisionError), Google(home).change() as resources:
        resources["a"] = {}
        raise ZeroDivisionError
    assert Google(home).resources() == {}


def test_what_is_recorded_is_for_nobody_else(home: Home) -> None:
    with Google(home).change() as resources:
        resources["a"] = {}
    assert stat.S_IMODE(home.google.stat().st_mode) == 0o600
