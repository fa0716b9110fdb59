"""Who may talk to the pods, and whom they may talk to."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from settings.kubernetes_names import NamespaceName
from settings.mistake import SettingError
from settings.model import Model, rule
from settings.network import Range
from settings.ports import Port


class Peer(Model):
    """One end of a connection: a range of addresses, or a namespace of the cluster."""

    range: Range | None = Field(default=None, description="IPv4 range, such as 10.20.0.0/16.")
    namespace: NamespaceName | None = Field(default=None, description="Name of a namespace: all of its pods.")
    ports: tuple[Port, ...] = Field(description="TCP ports that are connected to.", json_schema_extra={"minItems": 1})

    @rule
    def _validate_range_or_namespace(self) -> Iterator[SettingError]:
        if (self.range is None) == (self.namespace is None):
            yield SettingError(
                "A peer is a range or a namespace; with neither, everybody would be meant.",
                "Write exactly one of range and namespace.",
                "range",
            )

    @rule
    def _validate_ports(self) -> Iterator[SettingError]:
        if not self.ports:
            yield SettingError("Without ports nothing can be connected.", "List ports from 1 to 65535.", "ports")


class TrafficSettings(Model):
    """What a NetworkPolicy allows, beside DNS and the connections between workloads; all else is denied."""

    exposure: Literal["google", "nginx", "anywhere", "none"] = Field(
        default="google",
        description="Who brings visitors. google: Google's load balancers, for an Ingress or a Gateway of GKE. "
        "nginx: a controller of class nginx in the namespace ingress-nginx; the one of that name was retired in "
        "March 2026. anywhere: everyone, by a Service of type LoadBalancer or NodePort. "
        "none: nobody.",
    )
    exposed_ports: tuple[str, ...] = Field(
        default=(), description="Names of the ports that visitors come to. Default: the main one's."
    )
    ingress: tuple[Peer, ...] = Field(default=(), description="Who else may connect to the pods, and to which ports.")
    egress: tuple[Peer, ...] = Field(default=(), description="Whom the pods may connect to, and at which ports.")
