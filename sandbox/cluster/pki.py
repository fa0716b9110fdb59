"""The sandbox's certificate authority, and what it has signed for the cluster."""

import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from sandbox.addresses import API_SERVER, ETCD, NODE, SERVICES
from sandbox.cluster import metrics
from sandbox.cluster.authority import Authority, pem
from sandbox.home import Home
from sandbox.private import write_private

NODE_NAME = "sandbox"

AGGREGATOR = "front-proxy-client"
"""Who the API server is to the servers of other APIs, to which it passes on requests of its users."""

SERVERS: dict[str, tuple[str, ...]] = {
    "kube-apiserver": (
        API_SERVER,
        str(SERVICES[1]),
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    ),
    "etcd": (ETCD,),
    "kubelet-server": (NODE, NODE_NAME),
    "metrics-api": (metrics.HOST,),
}
"""Serving certificate -> the addresses and names it is for."""

CLIENTS: dict[str, tuple[str, str | None]] = {
    "kube-controller-manager": ("system:kube-controller-manager", None),
    "kube-scheduler": ("system:kube-scheduler", None),
    "kube-proxy": ("system:kube-proxy", None),
    "kube-router": ("system:kube-router", None),
    "metrics-server": ("system:metrics-server", None),
    "provisioner": ("system:provisioner", None),
    AGGREGATOR: (AGGREGATOR, None),
    "kubelet": (f"system:node:{NODE_NAME}", "system:nodes"),
    "kube-apiserver-kubelet-client": ("kube-apiserver-kubelet-client", "system:masters"),
    "etcd-client": ("kube-apiserver", None),
}
"""Client certificate -> the user and the group that Kubernetes takes its holder for."""


class Pki:
    """Files in `home.pki`: `.crt` and `.key` of the authority, each server and client; tokens and their key."""

    def __init__(self, home: Home) -> None:
        self.directory = home.pki

    def ensure(self) -> None:
        """Make what is missing, of another authority, or about to expire; all else stays as it is."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        authority = Authority.load_or_create(self.directory)
        for name, hosts in SERVERS.items():
            # etcd checks the certificate of its own peer port, where it is a client too.
            authority.ensure(
                name, name, None, hosts, [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
            )
        for name, (user, group) in CLIENTS.items():
            authority.ensure(name, user, group, (), [ExtendedKeyUsageOID.CLIENT_AUTH])
        if not self.key("service-accounts").exists():
            write_private(self.key("service-accounts"), pem(ec.generate_private_key(ec.SECP256R1())))
        if not self.admin_token.exists():
            write_private(self.admin_token, secrets.token_urlsafe(32).encode())
        token = self.admin_token.read_text().strip()
        write_private(self.tokens, f"{token},admin,admin,system:masters\n".encode())

    def certificate(self, name: str) -> Path:
        return self.directory / f"{name}.crt"

    def key(self, name: str) -> Path:
        return self.directory / f"{name}.key"

    @property
    def admin_token(self) -> Path:
        """The cluster administrator's bearer token, alone in its file."""
        return self.directory / "admin.token"

    @property
    def tokens(self) -> Path:
        """The API server's token file: the same token, with the user it stands for."""
        return self.directory / "tokens.csv"
