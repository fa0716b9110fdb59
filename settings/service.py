"""Services: names in the cluster, ports of its nodes, and addresses of load balancers, that lead to pods."""

from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple, NoReturn

from pydantic import AfterValidator, Field, model_validator

from settings import labels
from settings.container import named
from settings.labels import Selector
from settings.mistake import SettingError
from settings.model import Model
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

    @model_validator(mode="after")
    def _outward(self) -> "ServiceSettings":
        if self.type == "ClusterIP" and {"node_ports", "external_traffic"} & self.model_fields_set:
            raise SettingError(
                "A Service of type ClusterIP is not reached from outside: nodePorts and externalTraffic say nothing.",
                "Remove them, or write `type: NodePort` or `type: LoadBalancer`.",
            )
        if strays := sorted(self.node_ports.keys() - self.ports.keys()):
            raise SettingError(
                f"nodePorts names {', '.join(strays)}, which ports does not.", "Give each node port a port of its name."
            )
        return self


Services = Annotated[Mapping[str, ServiceSettings], AfterValidator(named)]
"""By name."""


class Selection(NamedTuple):
    """What a Service selects: labels, and its ports' numbers by name."""

    selector: Mapping[str, str]
    ports: Mapping[str, int]


def select(name: str, service: ServiceSettings, workloads: Mapping[str, PodSettings]) -> Selection:
    """What the Service selects among `workloads`, which are by name.

    SettingError when it is no pod, or pods without the Service's ports: it would exist, and answer nobody. To know
    it before anything is deployed, call this from the validator of the settings that hold both.
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
