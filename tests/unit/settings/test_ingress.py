"""What Google's load balancer cannot do is refused, with the reason."""

from typing import Any

import pytest
from pydantic import ValidationError

from settings.ingress import IngressSettings
from settings.ssl_policy import ExistingSslPolicy, SslPolicySettings


def refusal(**stated: Any) -> str:
    with pytest.raises(ValidationError) as error:
        IngressSettings.model_validate(stated)
    return str(error.value)


def test_nothing_stated_is_an_ingress_with_tls_1_2_and_no_option_of_its_backend() -> None:
    settings = IngressSettings()
    assert (settings.kind, settings.redirect_to_https) == ("ingress", None)
    assert settings.ssl_policy == SslPolicySettings.model_validate({"profile": "MODERN", "minTlsVersion": "TLS_1_2"})
    assert settings.backend.backend_policy == {}


def test_an_answer_for_one_who_signed_in_is_never_cached_for_all() -> None:
    assert "Google refuses cdn together with iap" in refusal(backend={"cdn": {}, "iap": {}})


def test_a_gateway_has_no_cdn() -> None:
    assert "write `kind: ingress`" in refusal(kind="gateway", backend={"cdn": {}})


@pytest.mark.parametrize("iap", [{"oauthSecret": "oauth"}, {"clientId": "client"}])
def test_behind_a_gateway_the_oauth_client_has_an_id_and_a_secret(iap: dict[str, str]) -> None:
    assert "nobody could sign in" in refusal(kind="gateway", backend={"iap": iap})


def test_behind_an_ingress_the_secret_holds_the_client_s_id() -> None:
    assert "put it into the Secret as client_id" in refusal(backend={"iap": {"oauthSecret": "o", "clientId": "c"}})


def test_an_address_has_no_cookie_to_live_long() -> None:
    assert "CLIENT_IP sets no cookie" in refusal(
        backend={"sessionAffinity": {"type": "CLIENT_IP", "cookieSeconds": 60}}
    )


@pytest.mark.parametrize(
    "backend",
    [
        {"securityPolicy": "projects/p/global/securityPolicies/s"},
        {"securityPolicy": ""},
        {"iap": {"oauthSecret": "A_Secret"}},
        {"logging": {"sampleRate": 2}},
        {"timeoutSeconds": 0},
    ],
)
def test_a_value_that_google_would_refuse_is_refused(backend: dict[str, Any]) -> None:
    assert "backend" in refusal(backend=backend)


def test_a_share_of_requests_may_be_a_whole_number() -> None:
    logging = IngressSettings.model_validate({"backend": {"logging": {"sampleRate": 1}}}).backend.logging
    assert logging is not None
    assert logging.sample_rate == 1


def test_an_ssl_policy_is_the_stack_s_own_or_an_existing_one() -> None:
    own = IngressSettings.model_validate({"sslPolicy": {}}).ssl_policy
    existing = IngressSettings.model_validate({"sslPolicy": {"existing": "strict"}}).ssl_policy
    assert own == SslPolicySettings.model_validate({"profile": "MODERN", "minTlsVersion": "TLS_1_2"})
    assert existing == ExistingSslPolicy(existing="strict")


def test_the_restricted_profile_has_no_old_versions() -> None:
    assert "Google would refuse the policy" in refusal(sslPolicy={"profile": "RESTRICTED", "minTlsVersion": "TLS_1_1"})
