"""A certificate for a program that speaks TLS itself."""

from collections.abc import Sequence

from cryptography.x509.oid import ExtendedKeyUsageOID

from sandbox.cluster.authority import Authority
from sandbox.home import Home


def issued(home: Home, project: str, hosts: Sequence[str]) -> tuple[str, str]:
    """Certificate and key (PEM) for `hosts`, signed by the sandbox's authority: the same ones as long as they last."""
    home.pki.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"project-{project}"
    Authority.load_or_create(home.pki).ensure(name, hosts[0], None, hosts, [ExtendedKeyUsageOID.SERVER_AUTH])
    certificate, key = (home.pki / f"{name}.{kind}" for kind in ("crt", "key"))
    return certificate.read_text(), key.read_text()
