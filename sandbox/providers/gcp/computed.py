"""What Google computes for a new resource; each function takes the `Made` resource."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Any

from sandbox import addresses
from sandbox.errors import SandboxError
from sandbox.google import Resource
from sandbox.home import Home


@dataclass(frozen=True)
class Made:
    """A resource being made: its Google name, its inputs, and all that exist already."""

    home: Home
    name: str
    inputs: dict[str, Any]
    resources: dict[str, Resource]


def compute_link(made: Made) -> str:
    return f"https://www.googleapis.com/compute/v1/{made.name}"


def container_link(made: Made) -> str:
    return f"https://container.googleapis.com/v1/{made.name}"


def storage_link(made: Made) -> str:
    return f"https://www.googleapis.com/storage/v1/b/{made.inputs['name']}"


def storage_url(made: Made) -> str:
    return f"gs://{made.inputs['name']}"


def now(_made: Made) -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def number(made: Made) -> str:
    """A number of its own, always the same for the same name."""
    return str(int(hashlib.sha256(made.name.encode()).hexdigest()[:15], 16))


def empty(_made: Made) -> str:
    return ""


def nothing(_made: Made) -> list[str]:
    return []


def active(_made: Made) -> str:
    return "ACTIVE"


def authorization_records(made: Made) -> list[dict[str, str]]:
    """What shows Google, in a domain's zone, that the domain is ours."""
    data = f"{number(made)}.0.authorize.certificatemanager.goog."
    return [{"name": f"_acme-challenge.{made.inputs['domain']}.", "type": "CNAME", "data": data}]


def email(made: Made) -> str:
    project = made.inputs["project"].rpartition(":")[2]
    return f"{made.inputs['accountId']}@{project}.iam.gserviceaccount.com"


def member(made: Made) -> str:
    return f"serviceAccount:{email(made)}"


def full_name(made: Made) -> str:
    return made.name


def gateway(made: Made) -> str:
    """The first address of a subnet."""
    return str(IPv4Network(made.inputs["ipCidrRange"])[1])


def static_address(made: Made) -> str:
    """The lowest loopback address that no other resource holds."""
    taken = {resource.get("address") for resource in made.resources.values()}
    free = (str(host) for host in addresses.STATIC_ADDRESSES.hosts() if str(host) not in taken)
    try:
        return next(free)
    except StopIteration:
        raise SandboxError(
            f"All of {addresses.STATIC_ADDRESSES} is reserved, so {made.name} gets no address. "
            "Destroy a stack that holds some."
        ) from None


def endpoint(_made: Made) -> str:
    """A bare address, as on GKE."""
    return addresses.API_SERVER


def certificate_authority(made: Made) -> str:
    """Base64 of the local cluster's authority; raises SandboxError while there is none."""
    path = made.home.pki / "ca.crt"
    try:
        return base64.b64encode(path.read_bytes()).decode()
    except FileNotFoundError:
        raise SandboxError(
            f"{made.name} cannot be created: {path} is missing, so the local cluster behind it is not "
            "running. Start the sandbox, then run the command again."
        ) from None


def version(_made: Made) -> str:
    return "1.36"


def pods_range(made: Made) -> str:
    policy = made.inputs.get("ipAllocationPolicy") or {}
    return policy.get("clusterIpv4CidrBlock") or made.inputs.get("clusterIpv4Cidr") or str(addresses.PODS)


def services_range(made: Made) -> str:
    policy = made.inputs.get("ipAllocationPolicy") or {}
    return policy.get("servicesIpv4CidrBlock") or str(addresses.SERVICES)


def node_count(made: Made) -> int:
    """The nodes of each zone at first: without a number, none, until the autoscaler adds some."""
    return made.inputs.get("nodeCount", made.inputs.get("initialNodeCount", 0))


def name_servers(_made: Made) -> list[str]:
    return [f"ns-cloud-a{index}.googledomains.com." for index in range(1, 5)]


def registry(made: Made) -> str:
    project = made.inputs["project"].replace(":", "/")
    return f"{made.inputs['location']}-docker.pkg.dev/{project}/{made.inputs['repositoryId']}"
