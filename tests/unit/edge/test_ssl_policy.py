"""A load balancer speaks what its SSL policy lets it speak."""

from typing import Any

import pytest

from sandbox.edge.haproxy import render
from sandbox.edge.model import LoadBalancer, Model
from sandbox.edge.ssl_policy import TYPE, tls

OLD = "ECDHE-ECDSA-AES128-SHA"
OLDEST = "AES128-SHA"
NEW = "ECDHE-ECDSA-AES128-GCM-SHA256"


def policies(**properties: Any) -> dict[str, Any]:
    return {"projects/p/global/sslPolicies/web": {"type": TYPE, "name": "web", "properties": properties}}


@pytest.mark.parametrize(
    ("profile", "ciphers"),
    [
        ("COMPATIBLE", {NEW, OLD, OLDEST}),
        ("MODERN", {NEW, OLD}),
        ("RESTRICTED", {NEW}),
        ("FIPS_202205", {NEW}),
    ],
)
def test_a_profile_lets_its_ciphers_in_and_no_other(profile: str, ciphers: set[str]) -> None:
    demanded = tls(policies(profile=profile), "web")
    assert demanded and {NEW, OLD, OLDEST} & set(demanded.ciphers) == ciphers


def test_a_custom_profile_lets_in_what_it_lists() -> None:
    features = ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"]
    demanded = tls(policies(profile="CUSTOM", customFeatures=features), "web")
    assert demanded and demanded.ciphers == (NEW,)


@pytest.mark.parametrize("google", [policies(), {}])
def test_nothing_stated_is_tls_1_0_with_all_ciphers(google: dict[str, Any]) -> None:
    demanded = tls(google, "web" if google else None)
    assert demanded and demanded.min_version == "1.0"
    assert OLDEST in demanded.ciphers


def test_a_policy_that_is_not_there_is_told() -> None:
    assert tls({}, "web") is None


@pytest.mark.parametrize(
    ("version", "bound"),
    [
        ("TLS_1_0", "ssl-min-ver TLSv1.0 ciphers ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0"),
        ("TLS_1_2", "ssl-min-ver TLSv1.2 ciphers ECDHE-ECDSA-AES128-GCM-SHA256"),
    ],
)
def test_versions_and_ciphers_are_bound_to_the_port_of_https_alone(version: str, bound: str, tmp_path: Any) -> None:
    features = ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]
    demanded = tls(policies(profile="CUSTOM", customFeatures=features, minTlsVersion=version), "web")
    balancer = LoadBalancer("b", (), "127.45.0.1", (), (), (tmp_path / "x.pem",), tls=demanded)
    binds = [line for line in render(Model((balancer,)), tmp_path).splitlines() if "    bind" in line]
    assert [line.endswith(bound) for line in binds] == [":443" in line for line in binds]
