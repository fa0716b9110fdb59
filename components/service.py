"""What leads to pods: from the cluster, by the nodes' ports, or by an address of its own."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes.core.v1.outputs import ServiceStatus

from components.pod import Pods
from settings.mistake import SettingError
from settings.service import ServiceSettings, select


class ServiceArgs(TypedDict):
    """`pods` are those that it selects from; it waits for all of them. `address` is a reserved regional address.

    Without `service` it leads, in the cluster, to the main port of the workload of its own name.
    """

    name: str
    namespace: pulumi.Input[str]
    pods: Sequence[Pods]
    service: NotRequired[ServiceSettings]
    address: NotRequired[pulumi.Input[str] | None]


class Service(pulumi.ComponentResource):
    """A Service that has pods: raises `pulumi.RunError` when it would select none, or lead to a port of none.

    That comes when the component is declared: a program that has Services in its settings checks them there, by
    `settings.service.select`, before anything is applied.
    """

    name: pulumi.Output[str]
    """The name that it has in the cluster's DNS, known once it leads to its pods."""
    address: pulumi.Output[str | None]
    """Where a load balancer answers; None: there is none."""
    backend: dict[str, Any]
    """As an Ingress names it: its first port."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:service:Service", name, None, opts)
        settings, pods = args.get("service", ServiceSettings()), args["pods"]
        try:
            selection = select(args["name"], settings, {each.name: each.settings for each in pods})
        except SettingError as error:
            raise pulumi.RunError(str(error)) from None

        ready = pulumi.Output.all(*(each.ready for each in pods))
        service = k8s.core.v1.Service(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args["name"], namespace=args["namespace"]),
            spec=k8s.core.v1.ServiceSpecArgs(
                type=settings.type,
                # Known once the pods are ready: it selects them no sooner, and is gone before they are.
                selector=ready.apply(lambda _: dict(selection.selector)),
                ports=[
                    k8s.core.v1.ServicePortArgs(
                        name=port,
                        port=number,
                        target_port=port,
                        protocol="TCP",
                        node_port=settings.node_ports.get(port),
                    )
                    for port, number in selection.ports.items()
                ],
                external_traffic_policy=None if settings.type == "ClusterIP" else settings.external_traffic,
                load_balancer_ip=args.get("address"),
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                # A load balancer takes minutes to be there, and longer to let go of the network.
                custom_timeouts=pulumi.CustomTimeouts(create="20m", update="20m", delete="30m")
                if settings.type == "LoadBalancer"
                else None,
            ),
        )

        self.name = service.metadata.name
        self.address = service.status.apply(_load_balancer_address)
        first = next(iter(selection.ports))
        self.backend = {"service": {"name": self.name, "port": {"name": first}}}
        self.register_outputs({"name": self.name, "address": self.address, "backend": self.backend})


def _load_balancer_address(status: ServiceStatus | None) -> str | None:
    """None: the Service has no load balancer."""
    if not (status and status.load_balancer and status.load_balancer.ingress):
        return None
    first = status.load_balancer.ingress[0]
    return first.ip or first.hostname
