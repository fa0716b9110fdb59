"""Google's names of the resources that others refer to, and paths of properties."""

from collections.abc import Iterable

NETWORK = "projects/{project}/global/networks/{network}"
SUBNETWORK = "projects/{project}/regions/{region}/subnetworks/{subnetwork}"
ROUTER = "projects/{project}/regions/{region}/routers/{router}"
CLUSTER = "projects/{project}/locations/{location}/clusters/{cluster}"
CERTIFICATE = "projects/{project}/locations/global/certificates/{certificate}"
CERTIFICATE_MAP = "projects/{project}/locations/global/certificateMaps/{map}"
DNS_AUTHORIZATION = "projects/{project}/locations/global/dnsAuthorizations/{dnsAuthorization}"


def under(parent: str, names: Iterable[str]) -> tuple[str, ...]:
    """The paths of properties of one parent."""
    return tuple(f"{parent}.{name}" for name in names)
