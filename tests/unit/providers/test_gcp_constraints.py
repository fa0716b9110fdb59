"""What the published provider demands of several inputs together is demanded here."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.home import Home
from sandbox.providers.gcp.provider import GcpProvider
from sandbox.providers.values import UNKNOWN
from tests.unit.providers.speech import Spoken, urn

CLUSTER = "gcp:container/cluster:Cluster"
CERTIFICATE = "gcp:certificatemanager/certificate:Certificate"
ENTRY = "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry"
RECORD = "gcp:dns/recordSet:RecordSet"
POLICY = "gcp:compute/sSLPolicy:SSLPolicy"
ROUTER = "gcp:compute/router:Router"

WINDOW = {"startTime": "2026-01-01T01:00:00Z", "endTime": "2026-01-01T05:00:00+01:00", "recurrence": "FREQ=DAILY"}


@pytest.fixture
def provider(tmp_path: Path) -> Spoken:
    return Spoken(GcpProvider(Home(tmp_path, tmp_path)))


def mistakes(provider: Spoken, token: str, given: dict[str, Any]) -> list[str]:
    """Without those of the inputs that every resource of the type needs."""
    failures = provider.check(urn(token), {"project": "my-project", **given}).failures
    return [failure.reason for failure in failures if "missing" not in failure.reason]


@pytest.mark.parametrize(
    ("token", "given", "reason"),
    [
        (CLUSTER, {"clusterIpv4Cidr": "10.0.0.0/14", "ipAllocationPolicy": {}}, "conflicts with ipAllocationPolicy"),
        (CLUSTER, {"enableAutopilot": True, "enableShieldedNodes": True}, "conflicts with enableShieldedNodes"),
        (CLUSTER, {"enableAutopilot": False, "removeDefaultNodePool": True}, "conflicts with removeDefaultNodePool"),
        (ROUTER, {"network": "net", "nccGateway": UNKNOWN}, "conflicts with network"),
        (CERTIFICATE, {"managed": {}, "selfManaged": {"pemCertificate": "c", "pemPrivateKey": "k"}}, "only one of"),
        (CERTIFICATE, {}, "one of managed, selfManaged must be given"),
        (ENTRY, {"hostname": "a.example.com", "matcher": "PRIMARY"}, "only one of hostname, matcher"),
        (RECORD, {"rrdatas": ["a"], "routingPolicy": {"wrrs": []}}, "only one of rrdatas, routingPolicy"),
        (CLUSTER, {"privateClusterConfig": {}}, "one of privateClusterConfig.enablePrivateEndpoint"),
        (CLUSTER, {"addonsConfig": {}}, "must be given"),
        (CLUSTER, {"maintenancePolicy": {}}, "one of maintenancePolicy.dailyMaintenanceWindow"),
        (POLICY, {"profile": "CUSTOM"}, "no customFeatures are set"),
        (POLICY, {"customFeatures": ["a"]}, "requires the profile to be CUSTOM"),
        (CLUSTER, {"gatewayApiConfig": {"channel": "STABLE"}}, "not one of CHANNEL_DISABLED"),
        (CLUSTER, {"loggingConfig": {"enableComponents": ["WORKLOADS", "x"]}}, "not one of SYSTEM_COMPONENTS"),
    ],
)
def test_inputs_that_do_not_go_together_are_refused(
    provider: Spoken, token: str, given: dict[str, Any], reason: str
) -> None:
    assert any(reason in mistake for mistake in mistakes(provider, token, given)), mistakes(provider, token, given)


@pytest.mark.parametrize(
    ("token", "given"),
    [
        (CLUSTER, {"enableShieldedNodes": True, "ipAllocationPolicy": {"clusterSecondaryRangeName": "pods"}}),
        (CLUSTER, {"maintenancePolicy": {"recurringWindow": WINDOW}, "privateClusterConfig": UNKNOWN}),
        (RECORD, {"name": "a.", "rrdatas": UNKNOWN}),
        (POLICY, {"profile": UNKNOWN, "customFeatures": ["a"]}),
        (POLICY, {"profile": "CUSTOM", "customFeatures": ["a"]}),
    ],
)
def test_inputs_that_go_together_are_taken(provider: Spoken, token: str, given: dict[str, Any]) -> None:
    assert mistakes(provider, token, given) == []
