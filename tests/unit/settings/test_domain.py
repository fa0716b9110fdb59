"""A name that no host can have is refused."""

import pytest

from settings.domain import possible
from settings.mistake import SettingError


@pytest.mark.parametrize("host", ["tour.xyz", "a-1.example.com", "*.example.com", f"{'a' * 63}.example.com"])
def test_a_host_s_name_is_accepted(host: str) -> None:
    assert possible(host) == host


@pytest.mark.parametrize(
    "host",
    [
        *("", "example", "App.example.com", "a..com", "-a.com", "a.*.com", "https://a.com", "a.com:80", "10.0.0.1"),
        *(f"{'a' * 64}.example.com", ".".join(["abcdefg"] * 32) + ".com"),
    ],
)
def test_what_is_no_host_s_name_is_refused(host: str) -> None:
    with pytest.raises(SettingError, match="No host can have this name"):
        possible(host)
