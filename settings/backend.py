"""How Google's load balancer treats requests to the app."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from settings.kubernetes_names import ExistingObject
from settings.mistake import SettingError
from settings.model import Model, rule

TIMEOUT_SECONDS = 30
"""Google's own: backendServices, field `timeoutSec`."""

PER_MILLION = 1_000_000
"""GCPBackendPolicy, `logging.sampleRate`: the share of requests in millionths."""


def _compute_name(name: str) -> str:
    if not re.fullmatch(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", name):
        raise SettingError(
            "Nothing of Compute Engine can have this name, so the load balancer could not be set up.",
            "Write the name alone: at most 63 lower-case letters, digits and hyphens, starting with a letter.",
        )
    return name


ComputeName = Annotated[str, AfterValidator(_compute_name)]
"""Name of something at Compute Engine that exists already."""

SecretName = ExistingObject
"""Name of a Secret that exists already in the app's namespace."""


class RequestLogging(Model):
    """Logging of requests by the load balancer."""

    sample_rate: float = Field(default=1.0, ge=0, le=1, strict=False, description="Share of requests, 0 to 1.")


class Affinity(Model):
    """Requests of one client go to one pod, as long as that is there."""

    type: Literal["CLIENT_IP", "GENERATED_COOKIE"] = Field(description="By what a client is known again.")
    cookie_seconds: int | None = Field(
        default=None, ge=0, le=86400, description="Life of the cookie. 0 or None: the browser's session."
    )

    @rule
    def _validate_cookie(self) -> Iterator[SettingError]:
        if self.type == "CLIENT_IP" and self.cookie_seconds is not None:
            yield SettingError(
                "CLIENT_IP sets no cookie, so cookieSeconds would have no effect.",
                "Remove it, or write `type: GENERATED_COOKIE`.",
                "cookie_seconds",
            )


class CdnSettings(Model):
    """Cloud CDN in front of the app."""

    cache_mode: Literal["USE_ORIGIN_HEADERS", "CACHE_ALL_STATIC", "FORCE_CACHE_ALL"] = Field(
        default="USE_ORIGIN_HEADERS",
        description="USE_ORIGIN_HEADERS caches what the app marks as cacheable; CACHE_ALL_STATIC static content, too; "
        "FORCE_CACHE_ALL everything, private answers included.",
    )
    include_host: bool = Field(default=True, description="Hosts are cached apart.")
    include_protocol: bool = Field(default=True, description="HTTP and HTTPS are cached apart.")
    include_query_string: bool = Field(default=True, description="Query strings are cached apart.")

    @property
    def manifest(self) -> dict[str, Any]:
        """As a BackendConfig holds it."""
        return {
            "enabled": True,
            "cacheMode": self.cache_mode,
            "cachePolicy": {
                "includeHost": self.include_host,
                "includeProtocol": self.include_protocol,
                "includeQueryString": self.include_query_string,
            },
        }


class IapSettings(Model):
    """Identity-Aware Proxy: only who signs in with Google, and is allowed to, reaches the app."""

    oauth_secret: SecretName | None = Field(
        default=None,
        description="Existing Secret of the app's namespace with the OAuth client: `client_id` and `client_secret` "
        "behind an Ingress, the secret alone as `key` behind a Gateway. None: a client that Google manages. Behind an "
        "Ingress it is for good: GKE refuses to go back to Google's client, or to none.",
    )
    client_id: str | None = Field(
        default=None, min_length=1, description="Id of the OAuth client; with oauthSecret behind a Gateway."
    )


class BackendSettings(Model):
    """How requests are treated; what is not stated is off."""

    timeout_seconds: int | None = Field(
        default=None, ge=1, le=86400, description=f"How long an answer may take. None: {TIMEOUT_SECONDS}."
    )
    logging: RequestLogging | None = Field(
        default=None, description="Logs requests to Cloud Logging; `{}` for all. None: logs none."
    )
    security_policy: ComputeName | None = Field(
        default=None, description="Name of an existing Cloud Armor security policy that filters requests."
    )
    session_affinity: Affinity | None = Field(default=None, description="Keeps a client with its pod.")
    cdn: CdnSettings | None = Field(default=None, description="Turns Cloud CDN on; `{}` for its defaults.")
    iap: IapSettings | None = Field(default=None, description="Turns Identity-Aware Proxy on; `{}` for its defaults.")

    @rule
    def _validate_cdn_without_iap(self) -> Iterator[SettingError]:
        if self.cdn and self.iap:
            yield SettingError(
                "Google refuses cdn together with iap: an answer for one who signed in could be given to anyone.",
                "Remove cdn or iap.",
                "cdn",
            )

    @property
    def backend_config(self) -> dict[str, Any]:
        """As the spec of a BackendConfig holds it. All of it: GKE leaves on whatever is absent."""
        affinity, secret = self.session_affinity, self.iap and self.iap.oauth_secret
        return {
            "timeoutSec": self.timeout_seconds or TIMEOUT_SECONDS,
            "logging": {"enable": True, "sampleRate": self.logging.sample_rate} if self.logging else {"enable": False},
            "securityPolicy": {"name": self.security_policy or ""},
            "sessionAffinity": {
                "affinityType": affinity.type if affinity else "NONE",
                "affinityCookieTtlSec": (affinity and affinity.cookie_seconds) or 0,
            },
            "cdn": self.cdn.manifest if self.cdn else {"enabled": False},
            "iap": _stated(enabled=bool(self.iap), oauthclientCredentials=secret and {"secretName": secret}),
        }

    @property
    def backend_policy(self) -> dict[str, Any]:
        """As `default` of a GCPBackendPolicy holds it."""
        stated = {
            "timeoutSec": self.timeout_seconds,
            "logging": self.logging and {"enabled": True, "sampleRate": round(self.logging.sample_rate * PER_MILLION)},
            "securityPolicy": self.security_policy,
            "sessionAffinity": self.session_affinity
            and _stated(type=self.session_affinity.type, cookieTtlSec=self.session_affinity.cookie_seconds),
            "iap": self.iap
            and _stated(
                enabled=True,
                clientID=self.iap.client_id,
                oauth2ClientSecret=self.iap.oauth_secret and {"name": self.iap.oauth_secret},
            ),
        }
        return _stated(**stated)


def _stated(**fields: Any) -> dict[str, Any]:
    """Without the fields that are None."""
    return {name: value for name, value in fields.items() if value is not None}
