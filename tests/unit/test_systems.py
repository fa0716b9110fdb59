"""A system of several workloads in one namespace needs nothing but components and its settings."""

from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pydantic import Field, ValidationError

from components.config_map import ConfigMap
from components.container import ContainerArgs
from components.namespace import Namespace
from components.network_policy import NetworkPolicy
from components.secret import Secret
from components.service import Service
from components.stateful_workload import StatefulWorkload
from components.workload import Workload
from foundation import Images
from settings.image import ImageSettings
from settings.mistake import SettingError
from settings.model import Model, rule
from settings.service import Services, refused_selections
from settings.stateful import StatefulWorkloads
from settings.workload import Workloads
from tests.unit import properties
from tests.unit.recording import REPOSITORY, Recording, record

STATED: dict[str, Any] = {
    "workloads": {
        "frontend": {
            "port": 443,
            "portName": "https",
            "readiness": {"type": "https"},
            "liveness": {"type": "tcp"},
            "traffic": {"exposure": "anywhere"},
        },
        "auth": {"replicas": 1, "labels": {"app": "auth"}, "traffic": {"exposure": "none"}},
    },
    "stores": {
        "sessions": {
            "image": "docker.io/library/redis:7.4.2",
            "port": 6379,
            "portName": "redis",
            "storage": {"path": "/data"},
        }
    },
    "services": {"frontend": {"type": "LoadBalancer"}, "auth": {"ports": {"http": 80}}},
}


class Shop(Model):
    """A program's own settings."""

    workloads: Workloads
    stores: StatefulWorkloads
    services: Services = Field(description="Those of the workloads.")

    @rule
    def _validate_selectors(self) -> Iterator[SettingError]:
        yield from refused_selections("services", self.services, self.workloads)


def program(settings: Shop) -> None:
    namespace = Namespace("shop", {"name": "shop"}).name
    connections = {"frontend": ["auth"], "auth": ["sessions"]}
    all_pods = {**settings.workloads, **settings.stores}
    NetworkPolicy("shop", {"namespace": namespace, "workloads": all_pods, "connections": connections})
    token = pulumi.Output.secret("signing-canary")
    signing = Secret("jwt", {"name": "jwt", "namespace": namespace, "data": {"key": token}})
    nginx = ConfigMap("nginx", {"name": "nginx", "namespace": namespace, "data": {"default.conf": "server {}"}})
    sessions = StatefulWorkload(
        "sessions",
        {
            "name": "sessions",
            "namespace": namespace,
            "image": settings.stores["sessions"].image,
            "stateful": settings.stores["sessions"],
        },
    )
    pod: ContainerArgs = {"namespace": namespace, "image": "ghcr.io/example/shop@sha256:0"}
    auth = Workload(
        "auth",
        {
            **pod,
            "name": "auth",
            "workload": settings.workloads["auth"],
            "environment": {"JWT_KEY": signing.variable("key"), "REDIS_HOST": sessions.name},
        },
    )
    frontend = Workload(
        "frontend",
        {
            **pod,
            "name": "frontend",
            "workload": settings.workloads["frontend"],
            "mounts": [nginx.files("/etc/nginx/conf.d")],
        },
    )
    for name, workload in {"auth": auth, "frontend": frontend}.items():
        service = settings.services[name]
        Service(name, {"name": name, "namespace": namespace, "pods": [workload.pods], "service": service})


@pytest.fixture(scope="module")
def shop() -> Recording:
    return record(lambda: program(Shop.model_validate(STATED)))


def test_every_service_selects_pods_that_have_the_ports_by_name(shop: Recording) -> None:
    templates = [each.inputs["spec"]["template"] for kind in ("Deployment", "StatefulSet") for each in shop.of(kind)]
    for service in shop.of("Service"):
        spec = service.inputs["spec"]
        selected = [each for each in templates if spec["selector"].items() <= each["metadata"]["labels"].items()]
        assert len(selected) == 1, service.urn
        names = {port["name"] for port in selected[0]["spec"]["containers"][0]["ports"]}
        assert {port["targetPort"] for port in spec["ports"]} <= names


def test_everything_is_gone_before_the_namespace_and_has_the_names_of_its_api(shop: Recording) -> None:
    namespace = shop.one("Namespace")
    objects = {each.urn for each in shop.custom} - {namespace.urn}
    assert objects <= shop.deleted_before(namespace)
    for each in shop.custom:
        assert properties.unknown(each.type, each.inputs) == [], each.urn


def test_no_two_objects_have_one_name(shop: Recording) -> None:
    names = [(each.type, each.inputs["metadata"]["name"]) for each in shop.custom]
    assert len({*names}) == len(names)


def test_images_of_one_code_base_have_names_and_builds_of_their_own() -> None:
    image = ImageSettings(repository="ghcr.io/example/shop")
    context = str(REPOSITORY / "app")

    def both() -> None:
        images = Images(image, None, None, pulumi.ResourceOptions())
        for service in ("auth", "hello"):
            images.reference(context, f"/{service}", arguments={"SERVICE": service})

    auth, hello = record(both).of("Image")
    assert (auth.name, hello.name) == ("auth", "hello")
    assert auth.inputs["imageName"].startswith("ghcr.io/example/shop/auth:")
    assert auth.inputs["build"]["args"] == {"SERVICE": "auth"}
    assert auth.inputs["imageName"].rpartition(":")[2] != hello.inputs["imageName"].rpartition(":")[2]


def test_a_service_without_pods_is_a_mistake_of_the_settings() -> None:
    with pytest.raises(ValidationError, match="no pod has that"):
        Shop.model_validate({**STATED, "services": {"checkout": {}}})
