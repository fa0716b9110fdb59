"""The kinds of resources that a stack can leave behind, in the order in which they can be removed."""

from dataclasses import dataclass

NOBODY = r"(?!)"
"""Matches no name: only a program makes such a thing."""

MADE_BY_GKE = r"k8s\d*-|gkegw\d*-|gkemcg\d*-"
"""How GKE's controllers begin names. (kubernetes/ingress-gce: pkg/utils/namer)"""

SERVICE = rf"{MADE_BY_GKE}|a[0-9a-f]{{31}}$"
"""The parts of a LoadBalancer Service, too: `a` and the start of its UID without dashes."""

FIREWALL = rf"{MADE_BY_GKE}|gk[e3]-.+-[0-9a-f]{{8}}-"
"""The rules of a cluster's own, too: `gke-CLUSTER-HASH-all` and the like."""


@dataclass(frozen=True)
class Kind:
    """`title` is for people, `collection` the one of Google's API, `group` gcloud's."""

    title: str
    collection: str
    group: str
    made: str = MADE_BY_GKE
    """Pattern that the names of those made by the cluster match from the start; the rest is the stack's own."""

    informational: bool = False
    """It is listed, but does not count as left over."""


KINDS = (
    # First, because a living cluster makes the rest again.
    Kind("cluster", "clusters", "container clusters", made=NOBODY),
    Kind("forwarding rule", "forwardingRules", "compute forwarding-rules", SERVICE),
    Kind("target HTTP proxy", "targetHttpProxies", "compute target-http-proxies"),
    Kind("target HTTPS proxy", "targetHttpsProxies", "compute target-https-proxies"),
    Kind("target pool", "targetPools", "compute target-pools", SERVICE),
    Kind("URL map", "urlMaps", "compute url-maps"),
    Kind("backend service", "backendServices", "compute backend-services", SERVICE),
    Kind("health check", "healthChecks", "compute health-checks", SERVICE),
    Kind("legacy health check", "httpHealthChecks", "compute http-health-checks", SERVICE),
    Kind("network endpoint group", "networkEndpointGroups", "compute network-endpoint-groups"),
    Kind("instance group", "instanceGroups", "compute instance-groups unmanaged"),
    Kind("SSL certificate", "sslCertificates", "compute ssl-certificates", f"{MADE_BY_GKE}|mcrt-"),
    Kind("SSL policy", "sslPolicies", "compute ssl-policies", NOBODY),
    Kind("firewall rule", "firewalls", "compute firewall-rules", FIREWALL),
    Kind("address", "addresses", "compute addresses"),
    Kind("disk", "disks", "compute disks", r"pvc-|gk[e3]-.+-pvc-"),
    Kind("router", "routers", "compute routers", NOBODY),
    Kind("subnet", "subnetworks", "compute networks subnets", NOBODY),
    Kind("network", "networks", "compute networks", NOBODY),
    Kind("image repository", "repositories", "artifacts repositories", made=NOBODY, informational=True),
)

LOCATED_GLOBALLY = frozenset({"httpHealthChecks", "firewalls", "networks"})
"""Collections that gcloud takes no `--global` for: there is nowhere else."""
