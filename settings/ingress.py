"""How the app is reached."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from settings.backend import BackendSettings
from settings.mistake import SettingError
from settings.model import Model, rule
from settings.ssl_policy import AnySslPolicy, SslPolicySettings


class IngressSettings(Model):
    """The load balancer's front, and how it treats requests."""

    kind: Literal["ingress", "gateway"] = Field(
        default="ingress",
        description="Kubernetes' API for it: an Ingress with Google-managed certificates, or a Gateway with "
        "certificates of Certificate Manager.",
    )
    redirect_to_https: bool | None = Field(
        default=None,
        description="Answers HTTP with a redirect. None: from the first `pulumi up --refresh` on that finds every "
        "domain's certificate Active; earlier, visitors would be sent to where nobody answers yet.",
    )
    ssl_policy: AnySslPolicy | None = Field(
        default=SslPolicySettings(),
        description="TLS versions and ciphers. null: all that Google supports, TLS 1.0 among them.",
    )
    backend: BackendSettings = Field(
        default=BackendSettings(),
        description="How requests are treated; what is not stated is off.",
    )

    @rule
    def _validate_cdn(self) -> Iterator[SettingError]:
        if self.kind == "gateway" and self.backend.cdn:
            yield SettingError(
                "GKE's policies for a Gateway cannot turn Cloud CDN on, so cdn would have no effect.",
                "Remove backend.cdn, or write `kind: ingress`.",
                *("backend", "cdn"),
            )

    @rule
    def _validate_oauth_client(self) -> Iterator[SettingError]:
        iap = self.backend.iap
        if self.kind == "gateway" and iap and (iap.oauth_secret is None) != (iap.client_id is None):
            yield SettingError(
                "Behind a Gateway, iap names its OAuth client by clientId and its secret by oauthSecret; "
                "with one alone nobody could sign in.",
                "Write both, or neither for a client that Google manages.",
                *("backend", "iap"),
            )
        if self.kind == "ingress" and iap and iap.client_id:
            yield SettingError(
                "Behind an Ingress, the Secret holds the OAuth client's id, so iap.clientId would have no effect.",
                "Remove iap.clientId and put it into the Secret as client_id.",
                *("backend", "iap", "client_id"),
            )


def _zone(name: str) -> str:
    if not re.fullmatch(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", name):
        raise SettingError(
            "No managed zone of Cloud DNS can have this name, so no record could be created.",
            "Write the zone's name, such as example-com, not its domain: `gcloud dns managed-zones list` shows both.",
        )
    return name


class DnsSettings(Model):
    """The DNS records of the domains."""

    zone: Annotated[str, AfterValidator(_zone)] | None = Field(
        default=None,
        description="Name of an existing Cloud DNS managed zone that holds the domains. "
        "None: the output dnsRecords says what to create.",
    )
    caa: bool = Field(
        default=False,
        description="A CAA record for each domain beside its address: no authority but Google's may issue for it.",
    )
