"""Every host and path leads to the app, on the reserved address, with the certificates of the hosts."""

import pytest

from components.ingress import Ingress
from tests.unit.recording import Recording, record

BACKEND = {"service": {"name": "service", "port": {"number": 8000}}}


def deployed(redirect: bool = False, ssl_policy: str | None = None) -> Recording:
    return record(
        lambda: Ingress(
            "i",
            {
                "name": "app",
                "namespace": "space",
                "domains": ["app.example.com", "example.com"],
                "backend": BACKEND,
                "address": "reserved",
                "redirect_to_https": redirect,
                "ssl_policy": ssl_policy,
            },
        )
    )


def test_the_default_backend_and_all_paths_of_each_host_are_the_service() -> None:
    spec = deployed().one("Ingress").inputs["spec"]
    paths = [{"path": "/*", "pathType": "ImplementationSpecific", "backend": BACKEND}]
    assert spec == {
        "defaultBackend": BACKEND,
        "rules": [
            {"host": "app.example.com", "http": {"paths": paths}},
            {"host": "example.com", "http": {"paths": paths}},
        ],
    }


def test_address_certificates_and_frontend_are_named_by_annotation() -> None:
    ingress = deployed()
    certificates = [each.inputs["metadata"]["name"] for each in ingress.of("ManagedCertificate")]
    annotations = ingress.one("Ingress").inputs["metadata"]["annotations"]
    assert set(annotations.pop("networking.gke.io/managed-certificates").split(",")) == set(certificates)
    assert annotations == {
        "kubernetes.io/ingress.global-static-ip-name": "reserved",
        "networking.gke.io/v1beta1.FrontendConfig": "app",
    }


def test_certificates_are_deleted_after_the_ingress_that_names_them() -> None:
    ingress = deployed()
    for each in (*ingress.of("ManagedCertificate"), ingress.one("FrontendConfig")):
        assert ingress.one("Ingress").urn in ingress.deleted_before(each)


@pytest.mark.parametrize("redirect", [True, False])
def test_http_is_redirected_only_when_the_stack_says_so(redirect: bool) -> None:
    assert deployed(redirect).one("FrontendConfig").inputs["spec"]["redirectToHttps"] == {"enabled": redirect}


def test_each_domain_has_a_certificate_of_its_own() -> None:
    domains = [each.inputs["spec"]["domains"] for each in deployed().of("ManagedCertificate")]
    assert sorted(domains) == [["app.example.com"], ["example.com"]]


@pytest.mark.parametrize(("policy", "named"), [("strict", "strict"), (None, "")])
def test_the_frontend_names_the_ssl_policy_or_takes_it_away(policy: str | None, named: str) -> None:
    assert deployed(ssl_policy=policy).one("FrontendConfig").inputs["spec"]["sslPolicy"] == named
