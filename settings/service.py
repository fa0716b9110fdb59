"""Services: names in the cluster, ports of its nodes, and addresses of load balancers, that lead to pods."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, NamedTuple, NoReturn

from pydantic import Field

from settings import labels
from settings.container import ObjectName
from settings.labels import Selector
from settings.mistake import SettingError
from settings.model import Model, rule
from settings.pod import PodSettings
from settings.ports import Ports

NodePort = Annotated[int, Field(ge=30000, le=32767)]
"""The API server's default range, which is GKE's."""


class ServiceSettings(Model):
    """Which pods are reached, by which ports, and from where."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] = Field(
        default="ClusterIP",
        description="ClusterIP: from the cluster. NodePort: by the nodes' addresses, too. LoadBalancer: by an address "
        "of its own, too.",
    )
    selector: Selector = Field(
        default={}, description="Labels that pods must have. Default: the pods of the workload of the Service's name."
    )
    ports: Ports = Field(
        default={}, description="Number of the Service's port by the name of the pods' port. Default: the main one's."
    )
    node_ports: Mapping[str, NodePort] = Field(
        default={}, description="Number at the nodes by the port's name. Default: Kubernetes chooses."
    )
    external_traffic: Literal["Cluster", "Local"] = Field(
        default="Cluster",
        description="Local: pods see the visitor's address, and nodes without a pod answer nobody.",
    )

    @rule
    def _validate_type(self) -> Iterator[SettingError]:
        stated = sorted({"node_ports", "external_traffic"} & self.model_fields_set)
        if self.type == "ClusterIP" and stated:
            yield SettingError(
                "A Service of type ClusterIP is not reached from outside: nodePorts and externalTraffic say nothing.",
                "Remove them, or write `type: NodePort` or `type: LoadBalancer`.",
                stated[0],
            )

    @rule
    def _validate_node_ports(self) -> Iterator[SettingError]:
        if self.type == "ClusterIP":
            return
        for name in sorted(self.node_ports.keys() - self.ports.keys()):
            yield SettingError(
                f"nodePorts names {name}, which ports does not.",
                "Give each node port a port of its name.",
                "node_ports",
                name,
            )


Services = Mapping[ObjectName, ServiceSettings]
"""By name."""


class Selection(NamedTuple):
    """What a Service selects: labels, and its ports' numbers by name."""

    selector: Mapping[str, str]
    ports: Mapping[str, int]


def select(name: str, service: ServiceSettings, workloads: Mapping[str, PodSettings]) -> Selection:
    """What the Service selects among `workloads`, which are by name.

    SettingError when it is no pod, or pods without the Service's ports: it would exist, and answer nobody. A rule with
    `refused_selections` tells it before anything is deployed.
    """
    selector = service.selector or {labels.NAME: name}
    chosen = [
        workload
        for workload, settings in workloads.items()
        if selector.items() <= labels.of(workload, settings.labels).items()
    ]
    if not chosen:
        _refuse_empty(name, service, selector, workloads)
    main = workloads[chosen[0]]
    ports = service.ports or {main.port_name: main.port}
    for workload in chosen:
        known = workloads[workload].all_ports
        if strays := [port for port in ports if port not in known]:
            raise SettingError(
                f"Service {name} leads to port {strays[0]}, but the pods of {workload} have no port of this name: "
                "it would refuse every connection.",
                f"Use one of {', '.join(known)}, or add {strays[0]} to the ports of {workload}.",
            )
    return Selection(selector, ports)


def refused_selections(
    key: str, services: Mapping[str, ServiceSettings], workloads: Mapping[str, PodSettings]
) -> Iterator[SettingError]:
    """A mistake for each of the services below `key` that leads nowhere, as a rule of the settings with both."""
    for name, service in services.items():
        try:
            select(name, service, workloads)
        except SettingError as error:
            yield SettingError(error.consequence, error.remedy, key, name)


def _refuse_empty(
    name: str, service: ServiceSettings, selector: Mapping[str, str], workloads: Mapping[str, PodSettings]
) -> NoReturn:
    def missing(workload: str) -> dict[str, str]:
        has = labels.of(workload, workloads[workload].labels)
        return {key: value for key, value in selector.items() if has.get(key) != value}

    def distance(workload: str) -> tuple[int, int]:
        """By what it lacks of the labels, then of the ports."""
        return len(missing(workload)), len(service.ports.keys() - workloads[workload].all_ports.keys())

    consequence = f"Service {name} selects {labels.text(selector)}: no pod has that, so it would answer nobody."
    nearest = min(workloads, key=distance, default=None)
    if nearest is None:
        raise SettingError(consequence, "Give it a workload.")
    lacking = labels.text(missing(nearest))
    if labels.NAME in missing(nearest):
        raise SettingError(consequence, f"Select one of the workloads {', '.join(workloads)} by a label of theirs.")
    raise SettingError(
        f"{consequence} The pods of {nearest} lack {lacking}.",
        f"Add `{lacking}` to the labels of {nearest}, or remove it from the selector.",
    )
