"""Kubernetes objects whose kinds GKE defines, as typed as those of the SDK.

A kind's class names its API version, and its `…SpecArgs` the fields that this project uses.
"""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar, dataclass_transform

import pulumi
import pulumi_kubernetes as k8s

SpecArgs = TypeVar("SpecArgs")
Args = TypeVar("Args", bound=type)


@dataclass_transform(kw_only_default=True, field_specifiers=(pulumi.property,))
def _input_type(args: Args) -> Args:
    """A class of arguments whose fields are sent by the name that `pulumi.property` gives them."""
    return pulumi.input_type(args)


class _CustomResource(k8s.apiextensions.CustomResource, Generic[SpecArgs]):
    """An object of the kind that the class is named after."""

    API_VERSION: ClassVar[str]

    def __init__(
        self,
        resource_name: str,
        *,
        metadata: k8s.meta.v1.ObjectMetaArgs,
        spec: SpecArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(resource_name, self.API_VERSION, type(self).__name__, spec, metadata, opts)


@_input_type
class ScrapeEndpointArgs:
    """A port of the pods, by its name, and how often its /metrics is read, such as 30s."""

    port: pulumi.Input[str]
    interval: pulumi.Input[str]


@_input_type
class PodMonitoringSpecArgs:
    selector: pulumi.Input[k8s.meta.v1.LabelSelectorArgs]
    endpoints: pulumi.Input[Sequence[pulumi.Input[ScrapeEndpointArgs]]]


class PodMonitoring(_CustomResource[PodMonitoringSpecArgs]):
    """Pods whose metrics Managed Prometheus reads."""

    API_VERSION = "monitoring.googleapis.com/v1"
