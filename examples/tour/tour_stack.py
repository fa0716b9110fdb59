"""What tour consists of, and what its stack file states."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, TypedDict

from pydantic import Field

from settings import capacity, gateway_route, health_check
from settings.domain import Domain
from settings.ingress import DnsSettings
from settings.mistake import SettingError
from settings.model import Model, rule
from settings.pod import PodSettings, unread_options
from settings.route import Routes, refused_routes
from settings.stateful import StatefulSettings
from settings.system import SystemSettings
from settings.traffic import TrafficSettings
from settings.workload import WorkloadSettings

if TYPE_CHECKING:
    from pulumi import Input

MONGO, REDIS, NATS = "mongo", "redis", "nats"

SERVICES: Mapping[str, tuple[str, ...]] = {
    "auth": (MONGO,),
    "booking": (MONGO, REDIS, NATS),
    "client": (),
    "expiration": (REDIS, NATS),
    "payment": (MONGO, NATS),
    "review": (MONGO, REDIS),
    "tour": (MONGO,),
}
"""Each with the servers that it needs: a MongoDB or Redis of its own, and the NATS of all."""


def server_name(service: str, kind: str) -> str:
    """Of the server of that kind which a service connects to."""
    return NATS if kind == NATS else f"{service}-{kind}"


CONNECTIONS = {service: [server_name(service, kind) for kind in kinds] for service, kinds in SERVICES.items()}
"""Services to the servers that they connect to."""

FIELDS = {"NATS_CLIENT_ID": "metadata.name"}


class Placed(TypedDict):
    """What the pods of every workload have in common."""

    namespace: "Input[str]"
    pull_secret: "Input[str] | None"
    node_selector: Mapping[str, str]


class ExpirationSettings(Model):
    """When a booking that nobody has paid for ends."""

    seconds: int = Field(default=900, gt=0, description="After it was made.")


class Tour(SystemSettings):
    """The stack file."""

    application: ClassVar[str] = "tour"
    secrets: ClassVar[tuple[str, ...]] = ("jwtAccessSecret", "jwtRefreshSecret")
    several_images: ClassVar[bool] = True

    host: Domain = Field(description="Where the Ingress or the Gateway answers.")
    dns: DnsSettings = Field(default=DnsSettings(), description="Where the Gateway is named; nothing without it.")
    routes: Routes = Field(
        description="For an Ingress, regular expressions of what a path begins with, the longest of which is tried "
        "first; for a Gateway, plain paths."
    )
    workload: WorkloadSettings = Field(
        description="Pods of each service; traffic.exposure says whether an Ingress of class nginx or a Gateway of "
        "Google leads to those that have a route."
    )
    mongo: StatefulSettings = Field(description="Each MongoDB.")
    redis: StatefulSettings = Field(description="Each Redis.")
    nats: StatefulSettings = Field(description="The message broker.")
    expiration: ExpirationSettings = ExpirationSettings()

    @rule
    def _validate_exposure(self) -> Iterator[SettingError]:
        if (exposure := self.workload.traffic.exposure) not in ("nginx", "google"):
            yield SettingError(
                f"tour has no such entrance as {exposure}, so nobody could reach it.",
                "Write nginx for an Ingress, or google for a Gateway.",
                *("workload", "traffic", "exposure"),
            )

    @rule
    def _validate_routes(self) -> Iterator[SettingError]:
        if self.by_gateway:
            yield from gateway_route.refused_routes("routes", self.routes)
        else:
            yield from refused_routes("routes", self.routes, regex=True)

    @rule
    def _validate_options(self) -> Iterator[SettingError]:
        decided = ("port_name", "pod_fields")
        yield from unread_options(self.workload, ["workload"], created=["variables"], replaced=decided)

    @rule
    def _validate_protocols(self) -> Iterator[SettingError]:
        yield from health_check.refused_protocols("workload", self.workload, health_check=self.by_gateway)

    @rule
    def _validate_health_check(self) -> Iterator[SettingError]:
        if self.by_gateway:
            yield from health_check.refused_patience("workload", self.workload.readiness)

    @rule
    def _validate_capacity(self) -> Iterator[SettingError]:
        for key in ("workload", MONGO, REDIS, NATS):
            yield from capacity.refused(getattr(self, key), self.cluster, self.image.platform, key)

    @rule
    def _validate_options_of_servers(self) -> Iterator[SettingError]:
        for kind in (MONGO, REDIS, NATS):
            yield from unread_options(getattr(self, kind), [kind])

    @rule
    def _validate_services_of_routes(self) -> Iterator[SettingError]:
        for index, route in enumerate(self.routes):
            if route.service not in SERVICES:
                yield SettingError(
                    f"{route.service} is no service of tour, so this route leads nowhere.",
                    f"Use one of {', '.join(SERVICES)}.",
                    *("routes", index, "service"),
                )

    @property
    def by_gateway(self) -> bool:
        """Whether visitors come by Google's load balancer, not by a controller of class nginx."""
        return self.workload.traffic.exposure == "google"

    @property
    def routed(self) -> frozenset[str]:
        """Services that a route leads to."""
        return frozenset(route.service for route in self.routes)

    def server(self, kind: str) -> StatefulSettings:
        """Pods of a MongoDB, Redis or NATS."""
        return {MONGO: self.mongo, REDIS: self.redis, NATS: self.nats}[kind]

    def service(self, name: str) -> WorkloadSettings:
        """Pods of a service; visitors come to those that a route leads to, and to no other."""
        own = {
            "port_name": name,
            "pod_fields": FIELDS if NATS in SERVICES[name] else {},
            "traffic": self.workload.traffic if name in self.routed else TrafficSettings(exposure="none"),
        }
        return self.workload.model_copy(update=own)

    @property
    def pods(self) -> dict[str, PodSettings]:
        """Of all services and servers, by name."""
        servers = {server_name(name, kind): self.server(kind) for name, kinds in SERVICES.items() for kind in kinds}
        return {**servers, **{name: self.service(name) for name in SERVICES}}


if __name__ == "__main__":
    from settings.command import main

    main(Tour)
