"""The cluster's DNS: CoreDNS in pods behind the Service kube-dns."""

import json
import re
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path
from string import Template

from sandbox.addresses import DNS

DOMAIN = "cluster.local"

RESOLVERS = (Path("/run/systemd/resolve/resolv.conf"), Path("/etc/resolv.conf"))
"""The first that exists names the machine's own name servers. A pod cannot use a stub in the second."""

TEMPLATE = Path(__file__).with_name("kube-dns.yaml")


def manifests(image: str, program: Path) -> str:
    """Its objects, as YAML. `program` is the node's `kubernetes`, which a container of any `image` runs."""
    servers = resolver()
    values = {
        "image": image,
        "program": program,
        "address": DNS,
        "corefile": corefile(servers.read_text() if servers else ""),
    }
    # JSON is YAML.
    return Template(TEMPLATE.read_text()).substitute({key: json.dumps(str(text)) for key, text in values.items()})


def corefile(resolv_conf: str) -> str:
    """CoreDNS's configuration: the cluster's names, and others from the name servers in `resolv_conf` if any.

    Those that a pod reaches: of IPv4, and not on the machine's loopback.
    """
    servers = [each for each in re.findall(r"^\s*nameserver\s+(\S+)", resolv_conf, re.MULTILINE) if _reachable(each)]
    forward = f"forward . {' '.join(servers[:3])}" if servers else ""
    return f"""\
.:53 {{
    errors
    ready
    kubernetes {DOMAIN} in-addr.arpa ip6.arpa {{
        fallthrough in-addr.arpa ip6.arpa
    }}
    {forward}
    cache 30
}}
"""


def resolver() -> Path | None:
    """The file that names the machine's name servers; a machine may have none."""
    return next((path for path in RESOLVERS if path.exists()), None)


def _reachable(server: str) -> bool:
    try:
        return not IPv4Address(server).is_loopback
    except AddressValueError:
        return False
