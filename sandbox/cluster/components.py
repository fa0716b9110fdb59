"""The cluster's processes: one table of commands."""

from dataclasses import dataclass
from pathlib import Path

from sandbox.addresses import API_SERVER, ETCD, NODE, SERVICES
from sandbox.cluster import listeners
from sandbox.cluster.pki import AGGREGATOR, NODE_NAME, Pki

CLIENTS = (
    "kubelet",
    "metrics-server",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kube-router",
    "provisioner",
)
"""Clients of the API server, in the order in which they are started: the node is what takes longest."""
CLOUD_LABELS = (
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
    "node.kubernetes.io/instance-type",
)
"""What a cloud says of its nodes; here each is the node's name."""

KUBELET_SOCKET = Path("kubelet", "pod-resources", "kubelet.sock")
"""In the cluster's directory; kubelet ends where it cannot listen there."""


@dataclass(frozen=True)
class Components:
    """The command of each."""

    directory: Path
    """Data and configuration."""

    program: Path
    """The `kubernetes` that was built."""

    kube_router: Path
    """The `kube-router` that was built."""

    pki: Pki

    def command(self, name: str) -> list[str]:
        """The program and its options; no secret is among them."""
        options = {
            "etcd": self._etcd,
            "kube-apiserver": self._apiserver,
            "kube-controller-manager": self._controller_manager,
            "kube-scheduler": self._scheduler,
            "kube-proxy": self._proxy,
            "kubelet": self._kubelet,
            "kube-router": self._kube_router,
            "metrics-server": self._metrics_server,
            "provisioner": self._provisioner,
        }[name]()
        alone = {"etcd": "etcd", "kube-router": str(self.kube_router)}
        program = [alone[name]] if name in alone else [str(self.program), name]
        return [*program, *(f"--{key}={value}" for key, value in options.items())]

    def kubeconfig(self, name: str) -> Path:
        return self.directory / f"{name}.kubeconfig"

    def configuration(self, name: str) -> Path:
        return self.directory / f"{name}.configuration"

    def _etcd(self) -> dict[str, object]:
        client = f"https://{ETCD}:{listeners.ETCD_CLIENT}"
        peer = f"https://{ETCD}:{listeners.ETCD_PEER}"
        certificate, key, authority = self._certificate("etcd")
        return {
            "name": NODE_NAME,
            "data-dir": self.directory / "etcd",
            "listen-client-urls": client,
            "advertise-client-urls": client,
            "listen-peer-urls": peer,
            "initial-advertise-peer-urls": peer,
            "initial-cluster": f"{NODE_NAME}={peer}",
            "cert-file": certificate,
            "key-file": key,
            "trusted-ca-file": authority,
            "client-cert-auth": "true",
            "peer-cert-file": certificate,
            "peer-key-file": key,
            "peer-trusted-ca-file": authority,
            "peer-client-cert-auth": "true",
        }

    def _apiserver(self) -> dict[str, object]:
        certificate, key, authority = self._certificate("kube-apiserver")
        etcd_certificate, etcd_key, _ = self._certificate("etcd-client")
        kubelet_certificate, kubelet_key, _ = self._certificate("kube-apiserver-kubelet-client")
        proxy_certificate, proxy_key, _ = self._certificate(AGGREGATOR)
        return {
            "bind-address": API_SERVER,
            "secure-port": 443,
            "advertise-address": NODE,
            # A Service cannot lead to a loopback address; a rule of the node's takes pods there instead.
            "endpoint-reconciler-type": "none",
            "tls-cert-file": certificate,
            "tls-private-key-file": key,
            "client-ca-file": authority,
            "token-auth-file": self.pki.tokens,
            "authorization-mode": "Node,RBAC",
            "enable-admission-plugins": "NodeRestriction",
            "allow-privileged": "true",
            "etcd-servers": f"https://{ETCD}:{listeners.ETCD_CLIENT}",
            "etcd-cafile": authority,
            "etcd-certfile": etcd_certificate,
            "etcd-keyfile": etcd_key,
            "kubelet-certificate-authority": authority,
            "kubelet-client-certificate": kubelet_certificate,
            "kubelet-client-key": kubelet_key,
            "kubelet-preferred-address-types": "InternalIP",
            "proxy-client-cert-file": proxy_certificate,
            "proxy-client-key-file": proxy_key,
            "requestheader-client-ca-file": authority,
            # The authority signs users too: of its certificates only this one may speak for others.
            "requestheader-allowed-names": AGGREGATOR,
            "requestheader-username-headers": "X-Remote-User",
            "requestheader-group-headers": "X-Remote-Group",
            "requestheader-extra-headers-prefix": "X-Remote-Extra-",
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-account-key-file": self.pki.key("service-accounts"),
            "service-account-signing-key-file": self.pki.key("service-accounts"),
            "service-cluster-ip-range": SERVICES,
        }

    def _controller_manager(self) -> dict[str, object]:
        return {
            "kubeconfig": self.kubeconfig("kube-controller-manager"),
            "bind-address": API_SERVER,
            "secure-port": listeners.CONTROLLER_MANAGER,
            "leader-elect": "false",
            "root-ca-file": self.pki.certificate("ca"),
            "service-account-private-key-file": self.pki.key("service-accounts"),
            "use-service-account-credentials": "true",
            # At the default of 20 requests a second, its controllers' accounts take 4 s of the first start.
            "kube-api-qps": 200,
            "kube-api-burst": 400,
        }

    def _scheduler(self) -> dict[str, object]:
        return {
            "kubeconfig": self.kubeconfig("kube-scheduler"),
            "bind-address": API_SERVER,
            "secure-port": listeners.SCHEDULER,
            "leader-elect": "false",
        }

    def _proxy(self) -> dict[str, object]:
        return {"config": self.configuration("kube-proxy"), "hostname-override": NODE_NAME}

    def _kubelet(self) -> dict[str, object]:
        return {
            "config": self.configuration("kubelet"),
            "kubeconfig": self.kubeconfig("kubelet"),
            "root-dir": self.directory / "kubelet",
            "cert-dir": self.directory / "kubelet" / "pki",
            "hostname-override": NODE_NAME,
            "node-ip": NODE,
            "node-labels": ",".join(f"{label}={NODE_NAME}" for label in CLOUD_LABELS),
        }

    def _kube_router(self) -> dict[str, object]:
        return {
            "kubeconfig": self.kubeconfig("kube-router"),
            "hostname-override": NODE_NAME,
            "service-cluster-ip-range": SERVICES,
        }

    def _metrics_server(self) -> dict[str, object]:
        certificate, key, authority = self._certificate("metrics-api")
        kubeconfig = self.kubeconfig("metrics-server")
        return {
            "kubeconfig": kubeconfig,
            "authentication-kubeconfig": kubeconfig,
            "authorization-kubeconfig": kubeconfig,
            "bind-address": API_SERVER,
            "secure-port": listeners.METRICS,
            "tls-cert-file": certificate,
            "tls-private-key-file": key,
            "kubelet-certificate-authority": authority,
            "kubelet-preferred-address-types": "InternalIP",
            "kubelet-use-node-status-port": "true",
            # The shortest that it takes: an autoscaler sees load that starts now within half a minute.
            "metric-resolution": "10s",
            "kubelet-request-timeout": "5s",
        }

    def _provisioner(self) -> dict[str, object]:
        return {
            "kubeconfig": self.kubeconfig("provisioner"),
            "directory": self.directory / "volumes",
            "node": NODE_NAME,
        }

    def _certificate(self, name: str) -> tuple[Path, Path, Path]:
        """Certificate, key, and the authority of the other side."""
        return self.pki.certificate(name), self.pki.key(name), self.pki.certificate("ca")
