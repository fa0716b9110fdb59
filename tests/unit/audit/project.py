"""A project with what GKE leaves in it, named and described as its controllers do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from audit.inventory import Found

STACK = "gke-webapp-dev"
NEG = '{"cluster-uid":"7a1","namespace":"gke-webapp-dev","service-name":"gke-webapp","port":"8000"}'
INGRESS = '{"kubernetes.io/ingress-name": "gke-webapp-dev/gke-webapp"}'
DISK = (
    '{"kubernetes.io/created-for/pv/name":"pvc-0a1b2c3d","kubernetes.io/created-for/pvc/name":"data-database-0",'
    '"kubernetes.io/created-for/pvc/namespace":"gke-webapp-dev","storage.gke.io/created-by":"pd.csi.storage.gke.io"}'
)
FIREWALL = "GCE L7 firewall rule"
HEALTH_CHECK = "Kubernetes L7 health check generated with readiness probe settings."
OTHER = '{"cluster-uid":"7a1","namespace":"gke-webapp-dev-eu","service-name":"gke-webapp","port":"8000"}'


@dataclass(frozen=True)
class Project:
    resources: Mapping[str, Sequence[Found]] = field(default_factory=dict)
    project: str = "example-project"

    def list(self, collection: str) -> Iterable[Found]:
        return self.resources.get(collection, ())


LEFT = {
    "networkEndpointGroups": [Found("k8s1-7a1-gke-webapp-dev-gke-webapp-8000-1f2e", "europe-west1-b", NEG)],
    "forwardingRules": [Found("k8s2-fr-7a1-gke-webapp-dev-gke-webapp-1f2e", said=INGRESS)],
    "targetHttpProxies": [Found("k8s2-tp-7a1-gke-webapp-dev-gke-webapp-1f2e")],
    "urlMaps": [Found("k8s2-um-7a1-gke-webapp-dev-gke-webapp-1f2e")],
    "healthChecks": [Found("k8s1-7a1-gke-webapp-dev-gke-webapp-8000-1f2e", said=HEALTH_CHECK)],
    "sslCertificates": [Found("mcrt-0a1b2c3d-0000-0000-0000-000000000000")],
    "firewalls": [Found("k8s-fw-l7--0123456789abcdef", said=FIREWALL), Found("gke-gke-webapp-dev-0a1b2c3d-all")],
    "addresses": [Found("gke-webapp-dev")],
    "disks": [Found("pvc-0a1b2c3d", "europe-west1-b", DISK)],
    "networks": [Found("gke-webapp-dev")],
}
