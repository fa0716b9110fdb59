"""Certificates of a map are issued once a Gateway serves it."""

from typing import Any

from sandbox.edge.certificate_manager import ENTRY, MAP, activate, hosts
from sandbox.google import Google
from sandbox.home import Home

PLACE = "projects/p/locations/global"


def recorded(google: Google, *, state: str = "PROVISIONING") -> None:
    with google.change() as resources:
        for name in ("web", "other"):
            certificate = f"{PLACE}/certificates/{name}"
            resources[f"{PLACE}/certificateMaps/{name}"] = {"type": MAP, "name": name}
            resources[f"{PLACE}/certificateMaps/{name}/certificateMapEntries/e"] = {
                "type": ENTRY,
                "properties": {"hostname": f"{name}.example.com", "certificates": [certificate]},
            }
            resources[certificate] = {"type": "", "properties": {"managed": {"state": state}}}


def states(google: Google) -> dict[str, Any]:
    return {
        path.rpartition("/")[2]: each["properties"]["managed"]["state"]
        for path, each in google.resources().items()
        if "/certificates/" in path
    }


def test_the_certificates_of_a_served_map_become_active_and_no_other(tmp_path: Any) -> None:
    google = Google(Home(tmp_path, tmp_path))
    recorded(google)
    activate(google, ["web", "a map that is gone"])
    assert states(google) == {"web": "ACTIVE", "other": "PROVISIONING"}


def test_nothing_is_written_when_all_are_active(tmp_path: Any) -> None:
    google = Google(Home(tmp_path, tmp_path))
    recorded(google, state="ACTIVE")
    before = google.path.stat().st_mtime_ns
    activate(google, ["web"])
    assert google.path.stat().st_mtime_ns == before


def test_hosts_are_those_of_the_map(tmp_path: Any) -> None:
    google = Google(Home(tmp_path, tmp_path))
    recorded(google)
    assert hosts(google.resources(), "web") == ["web.example.com"]
    assert hosts(google.resources(), "none") is None
