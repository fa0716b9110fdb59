"""The sandbox's own secrets."""

import stat
from pathlib import Path

from sandbox.credentials import Credentials
from sandbox.home import Home


def home(root: Path) -> Home:
    return Home(root / "home", root / "cache")


def test_credentials_are_made_once(tmp_path: Path):
    assert Credentials.load_or_create(home(tmp_path)) == Credentials.load_or_create(home(tmp_path))


def test_two_sandboxes_share_no_secret(tmp_path: Path):
    one, other = (Credentials.load_or_create(home(tmp_path / name)) for name in ("one", "other"))
    assert one.registry_token != other.registry_token
    assert one.passphrase != other.passphrase


def test_only_the_owner_can_read_the_file(tmp_path: Path):
    Credentials.load_or_create(home(tmp_path))
    assert stat.S_IMODE(home(tmp_path).credentials.stat().st_mode) == 0o600


def test_printing_credentials_shows_no_secret(tmp_path: Path):
    credentials = Credentials.load_or_create(home(tmp_path))
    assert credentials.registry_token not in repr(credentials)
    assert credentials.passphrase not in repr(credentials)
