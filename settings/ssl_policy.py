"""Which TLS versions and ciphers the load balancer speaks."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from settings.backend import ComputeName
from settings.mistake import SettingError
from settings.model import Model, rule


class ExistingSslPolicy(Model):
    """A policy that is there already."""

    existing: ComputeName = Field(description="Name of an existing SSL policy of the project.")


class SslPolicySettings(Model):
    """A policy of the stack's own."""

    profile: Literal["COMPATIBLE", "MODERN", "RESTRICTED"] = Field(
        default="MODERN", description="Ciphers: COMPATIBLE also old ones, RESTRICTED only what compliance asks for."
    )
    min_tls_version: Literal["TLS_1_0", "TLS_1_1", "TLS_1_2"] = Field(
        default="TLS_1_2", description="Clients that speak nothing newer than older versions are turned away."
    )

    @rule
    def _validate_min_tls_version(self) -> Iterator[SettingError]:
        if self.profile == "RESTRICTED" and self.min_tls_version != "TLS_1_2":
            yield SettingError(
                f"No cipher of profile RESTRICTED exists in {self.min_tls_version}, so Google would refuse the policy.",
                "Remove minTlsVersion, or choose profile MODERN.",
                "min_tls_version",
            )


def _kind(value: Any) -> str:
    exists = isinstance(value, ExistingSslPolicy) or (isinstance(value, dict) and "existing" in value)
    return "[existing]" if exists else "[new]"


AnySslPolicy = Annotated[
    Annotated[SslPolicySettings, Tag("[new]")] | Annotated[ExistingSslPolicy, Tag("[existing]")],
    Discriminator(_kind),
]
"""A policy of the stack's own, or one that exists; tags in brackets are no part of a key."""
