"""A project at Google, name servers and a machine on which everything is as it should be; tests spoil it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from audit.session import COMPUTE, CONTAINER, Parameters
from operations.google_api import CERTIFICATES, DNS, SERVICES, Google
from operations.resolver import Caa, UnresolvedError
from operations.stack import settings_of
from settings.stack import Settings

REPOSITORY = Path(__file__).parents[3]
PROJECT = "example-project"
COMPUTED = f"{COMPUTE}/projects/{PROJECT}"
ADDRESS = f"{COMPUTED}/global/addresses/gke-webapp-dev"
CLUSTER = f"{CONTAINER}/projects/{PROJECT}/locations/europe-west1-b/clusters/gke-webapp-dev"
REGION = f"{COMPUTED}/regions/europe-west1"
MACHINE = f"{COMPUTED}/zones/europe-west1-b/machineTypes/e2-standard-2"
ZONE = f"{DNS}/projects/{PROJECT}/managedZones/example-com"
CERTIFICATE_LIST = f"{COMPUTED}/global/sslCertificates"
MAPPED = f"{CERTIFICATES}/projects/{PROJECT}/locations/global/certificates"
ENABLED = f"{SERVICES}/projects/{PROJECT}/services:batchGet"
ACCESS_TOKEN = "ya29.canary"
SERVED = "203.0.113.10"


def settings(tmp_path: Path, **changes: Any) -> Settings:
    """The dev stack's, with `changes` over its keys."""
    (tmp_path / "Pulumi.yaml").write_text((REPOSITORY / "Pulumi.yaml").read_text())
    stack = yaml.safe_load((REPOSITORY / "Pulumi.dev.yaml").read_text())
    for key, value in changes.items():
        stack["config"][f"gke-webapp:{key}"] = value
    (tmp_path / "Pulumi.dev.yaml").write_text(yaml.safe_dump(stack))
    return settings_of(tmp_path, "dev")


def quota(**limits: int) -> list[dict[str, Any]]:
    return [{"metric": metric, "limit": limit, "usage": 0} for metric, limit in limits.items()]


class Project:
    """Answers by address; everything else is not there. Any API in `off` is not enabled."""

    def __init__(self) -> None:
        self.off: set[str] = set()
        self.answers: dict[str, Any] = {
            REGION: {
                "zones": [f"{COMPUTED}/zones/europe-west1-b"],
                "quotas": quota(CPUS=24, IN_USE_ADDRESSES=8, SSD_TOTAL_GB=500, INSTANCES=24),
            },
            COMPUTED: {"quotas": quota(STATIC_ADDRESSES=8, FORWARDING_RULES=15, SSL_CERTIFICATES=10, NETWORKS=5)},
            MACHINE: {"guestCpus": 2},
        }
        self.asked: list[str] = []

    def get(self, address: str, parameters: Parameters) -> tuple[int, Any]:
        self.asked.append(address)
        if address == ENABLED:
            names = [name for name in parameters["names"] if name.rpartition("/")[2] not in self.off]
            return 200, {"services": [{"name": name, "state": "ENABLED"} for name in names]}
        answer = self.answers.get(address)
        if isinstance(answer, tuple):
            return answer
        return (404, {}) if answer is None else (200, answer)

    def sign_in(self) -> Callable[[str, Parameters], tuple[int, Any]]:
        return self.get

    @property
    def google(self) -> Google:
        return Google(PROJECT, self.get)


class Names:
    """Name servers."""

    def __init__(self, addresses: dict[str, list[str]] | None = None, caa: dict[str, list[Caa]] | None = None) -> None:
        self._addresses, self._caa = addresses or {}, caa or {}
        self.silent = False

    def addresses(self, domain: str) -> list[str]:
        if self.silent:
            raise UnresolvedError("no name server answered")
        return self._addresses.get(domain, [])

    def caa(self, domain: str) -> list[Caa]:
        return self._caa.get(domain, [])


def complete(command: Sequence[str]) -> str | None:
    """A machine that has every tool."""
    tools = {"pulumi": "v3.272.0", "docker": "27.1.0", "gke-gcloud-auth-plugin": "0.5.9", "gcloud": ACCESS_TOKEN}
    return tools[command[0]]
