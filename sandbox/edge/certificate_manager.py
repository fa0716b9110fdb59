"""Certificate Manager, as far as a Gateway needs it: the hosts of a map, and whether their certificates are issued."""

from collections.abc import Iterable, Iterator, Mapping

from sandbox.google import Google, Resource

MAP = "gcp:certificatemanager/certificateMap:CertificateMap"
ENTRY = "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry"

ACTIVE = "ACTIVE"


def hosts(resources: Mapping[str, Resource], name: str | None) -> list[str] | None:
    """Hosts that the map of this name has entries for; None: there is no such map."""
    if _path(resources, name) is None:
        return None
    return [entry["properties"]["hostname"] for entry in _entries(resources, name)]


def activate(google: Google, served: Iterable[str]) -> None:
    """Tell of the certificates in the maps of these names that they are issued."""
    maps = list(served)
    if any(_waiting(google.resources(), maps)):
        with google.change() as resources:
            for certificate in _waiting(resources, maps):
                certificate["properties"]["managed"]["state"] = ACTIVE


def _waiting(resources: Mapping[str, Resource], maps: Iterable[str]) -> Iterator[Resource]:
    for name in maps:
        for entry in _entries(resources, name):
            for path in entry["properties"].get("certificates") or ():
                certificate = resources.get(path[path.find("projects/") :], {})
                managed = certificate.get("properties", {}).get("managed")
                if managed and managed.get("state") != ACTIVE:
                    yield certificate


def _entries(resources: Mapping[str, Resource], name: str | None) -> Iterator[Resource]:
    if path := _path(resources, name):
        for entry, resource in sorted(resources.items()):
            if resource["type"] == ENTRY and entry.startswith(f"{path}/"):
                yield resource


def _path(resources: Mapping[str, Resource], name: str | None) -> str | None:
    found = (path for path, each in resources.items() if each["type"] == MAP and each.get("name") == name)
    return next(found, None)
