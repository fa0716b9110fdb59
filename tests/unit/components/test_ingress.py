"""Every host and path leads to the app, on the reserved address, with the certificates of the hosts."""

from typing import Any

import pytest

from components.https_redirect import HttpsRedirect
from components.ingress import Ingress
from tests.unit.recording import CLOUD, Recording, record

BACKEND = {"service": {"name": "service", "port": {"number": 8000}}}


CERTIFICATE = "kubernetes:networking.gke.io/v1:ManagedCertificate"
DOMAINS = ["app.example.com", "example.com"]


def deployed(
    redirect: bool | None = False, ssl_policy: str | None = None, status: str = "", **options: Any
) -> Recording:
    """`status` is that of every ManagedCertificate; empty: GKE has not looked at them yet."""
    told = {CERTIFICATE: {"status": {"certificateStatus": status}}} if status else {}
    return record(
        lambda: Ingress(
            "i",
            {
                "name": "app",
                "namespace": "space",
                "domains": DOMAINS,
                "backend": BACKEND,
                "address": "reserved",
                "redirect": HttpsRedirect("r", {"domains": DOMAINS, "stated": redirect}),
                "ssl_policy": ssl_policy,
            },
        ),
        cloud={**CLOUD, **told},
        **options,
    )


def test_certificates_are_deleted_after_the_ingress_that_names_them() -> None:
    ingress = deployed()
    for each in (*ingress.of("ManagedCertificate"), ingress.one("FrontendConfig")):
        assert ingress.one("Ingress").urn in ingress.deleted_before(each)


@pytest.mark.parametrize("redirect", [True, False])
def test_a_stated_redirect_is_kept_to_whatever_the_certificates_are(redirect: bool) -> None:
    for status in ("Provisioning", "Active"):
        spec = deployed(redirect, status=status).one("FrontendConfig").inputs["spec"]
        assert spec["redirectToHttps"] == {"enabled": redirect}


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(("status", "redirect"), [("", None), ("Provisioning", None), ("Active", {"enabled": True})])
def test_without_a_stated_one_the_redirect_comes_with_the_active_certificates(
    status: str, redirect: dict[str, bool] | None, preview: bool
) -> None:
    ingress = deployed(None, status=status, preview=preview)
    assert ingress.one("FrontendConfig").inputs["spec"].get("redirectToHttps") == redirect, "known in a preview, too"
    for each in ingress.of("ManagedCertificate"):
        assert "status" not in each.inputs, "GKE writes it"


def test_each_domain_has_a_certificate_of_its_own() -> None:
    domains = [each.inputs["spec"]["domains"] for each in deployed().of("ManagedCertificate")]
    assert sorted(domains) == [["app.example.com"], ["example.com"]]
