"""Rules of tour's graph."""

import re
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from tests.unit.recording import CANARY, CLOUD, Recording, Resource, record_program, stack_config
from tests.unit.tour.conftest import APPS

TOUR = APPS.parent
SERVICES = ["auth", "booking", "client", "expiration", "payment", "review", "tour"]
BUILT = CLOUD["docker:index/image:Image"]["repoDigest"]
SECRETS = {f"tour:{key}": f"{key} {CANARY}" for key in ("jwtAccessSecret", "jwtRefreshSecret", "registryToken")}


def recorded(config: dict[str, Any] | None = None, stack: str = "dev") -> Recording:
    return record_program(TOUR, stack, config, SECRETS)


@pytest.fixture(scope="module")
def tour() -> Recording:
    return recorded()


@pytest.fixture(scope="module")
def gateway() -> Recording:
    return recorded(stack="gateway")


def routes(stack: str = "dev") -> list[dict[str, Any]]:
    return stack_config(stack, TOUR)["tour:routes"]


def refusal(config: dict[str, Any], stack: str = "dev") -> str:
    with pytest.raises(pulumi.RunError) as error:
        recorded(config, stack)
    return str(error.value)


def container(deployment: Resource) -> dict[str, Any]:
    return deployment.inputs["spec"]["template"]["spec"]["containers"][0]


def told(deployment: Resource) -> dict[str, Any]:
    return {one["name"]: one.get("value") or one["valueFrom"] for one in container(deployment)["env"]}


def test_each_service_has_an_image_a_deployment_of_one_pod_and_a_service_on_port_3000(tour: Recording) -> None:
    deployments = {each.name: each for each in tour.of("Deployment")}
    assert sorted(deployments) == SERVICES
    assert {each.inputs["spec"]["replicas"] for each in deployments.values()} == {1}
    services = {each.name: each.inputs["spec"] for each in tour.of("Service")}
    for name in SERVICES:
        assert services[name]["type"] == "ClusterIP"
        assert services[name]["ports"] == [{"name": name, "port": 3000, "targetPort": name, "protocol": "TCP"}]
        assert container(deployments[name])["ports"] == [{"name": name, "containerPort": 3000, "protocol": "TCP"}]
    assert sorted(each.name for each in tour.of("Image")) == sorted([*SERVICES, "chassis"])


def test_each_service_is_told_what_it_needs_and_where_its_servers_are(tour: Recording) -> None:
    booking = told(next(each for each in tour.of("Deployment") if each.name == "booking"))
    assert {name: value for name, value in booking.items() if isinstance(value, str)} == {
        "NODE_ENV": "development",
        "PORT": "3000",
        "MONGO_URI": "mongodb://booking-mongo:27017/booking",
        "REDIS_HOST": "booking-redis",
        "REDIS_PORT": "6379",
        "NATS_URL": "nats://nats:4222",
        "NATS_CLUSTER_ID": "tour",
    }
    assert booking["NATS_CLIENT_ID"] == {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}
    for each in tour.of("Deployment"):
        missing = _required(each.name) - told(each).keys()
        assert not missing, f"{each.name} would end at once for want of {missing}"


def _required(service: str) -> set[str]:
    """The variables that the code of a service asks for, and that of the chassis for what it uses."""
    sources = [APPS / service / "service.py", APPS / "chassis" / "service.py", APPS / "chassis" / "tokens.py"]
    uses = (APPS / service / "service.py").read_text()
    sources += [
        APPS / "chassis" / f"{part}.py" for part in ("database", "store", "events") if f"chassis.{part}" in uses
    ]
    return {name for source in sources for name in re.findall(r'required\("(\w+)"\)', source.read_text())}


def test_a_service_starts_once_its_servers_serve(tour: Recording) -> None:
    for each in tour.of("StatefulSet"):
        users = {other.name for other in tour.of("Deployment") if other.urn in tour.deleted_before(each)}
        expected = {"booking", "expiration", "payment"} if each.name == "nats" else {each.name.partition("-")[0]}
        assert users == expected


def test_the_secrets_reach_the_pods_through_a_secret_alone(tour: Recording) -> None:
    for each in tour.of("Deployment"):
        for kind in ("access", "refresh"):
            reference = told(each)[f"JWT_{kind.upper()}_SECRET"]["secretKeyRef"]
            assert (reference["name"].partition("-")[0], reference["key"]) == ("jwt", kind)
    for each in tour.registered:
        assert CANARY not in str(each.sealed), f"{each.urn} holds a secret in plain"


def test_the_ingress_has_the_fourteen_routes_in_order(tour: Recording) -> None:
    ingress = tour.one("Ingress").inputs
    assert ingress["metadata"]["annotations"] == {"nginx.ingress.kubernetes.io/use-regex": "true"}
    assert ingress["spec"]["ingressClassName"] == "nginx"
    (rule,) = ingress["spec"]["rules"]
    assert rule["host"] == "tour.xyz"
    assert len(rule["http"]["paths"]) == 14
    for route, path in zip(routes(), rule["http"]["paths"], strict=True):
        service = {"name": route["service"], "port": {"number": 3000}}
        assert path == {"path": route["path"], "pathType": "ImplementationSpecific", "backend": {"service": service}}


def test_no_route_leads_to_expiration(tour: Recording) -> None:
    assert "expiration" not in {route["service"] for route in routes()}
    policies = {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in tour.of("NetworkPolicy")}
    assert policies["expiration"]["ingress"] == []
    assert policies["booking"]["ingress"] != []


def test_a_shadowed_route_is_refused_with_both_routes_and_nothing_is_registered() -> None:
    message = refusal({"tour:routes": [{"service": "tour", "port": 3000, "path": "/api/v1/auth"}, *routes()]})
    assert "/api/v1/auth (to tour)" in message
    assert "/api/v1/auth/?(.*) (to auth)" in message
    assert "nothing was changed" in message


def test_a_route_to_no_service_is_refused() -> None:
    strange = {"service": "bookings", "port": 3000, "path": "/api/v2/?(.*)"}
    assert "bookings is no service of tour" in refusal({"tour:routes": [strange, *routes()]})


def test_one_digest_for_seven_images_is_refused() -> None:
    image = {"repository": "ghcr.io/example/tour", "digest": f"sha256:{'0' * 64}"}
    assert "tour has several images" in refusal({"tour:image": image})


def test_every_service_starts_from_the_chassis_of_the_same_stack(tour: Recording) -> None:
    images = {each.name: each for each in tour.of("Image")}
    for name in SERVICES:
        assert images["chassis"].urn in images[name].needs
        assert images[name].inputs["build"]["context"] == f"apps/{name}"
        assert images[name].inputs["build"]["args"] == {"CHASSIS_IMAGE": BUILT}


@pytest.mark.parametrize(("file", "changed"), [("review/service.py", ["review"]), ("Dockerfile", SERVICES)])
def test_a_change_makes_other_images_of_those_that_hold_it_alone(
    tmp_path: Path, tour: Recording, file: str, changed: list[str]
) -> None:
    for path in [path for path in TOUR.rglob("*") if path.is_file()]:
        copy = tmp_path / path.relative_to(TOUR)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    with (tmp_path / "apps" / file).open("a") as edited:
        edited.write("# changed\n")
    after = record_program(tmp_path, "dev", None, SECRETS)
    assert sorted(_tags(after).items() - _tags(tour).items()) == [(name, _tags(after)[name]) for name in changed]


def _tags(recording: Recording) -> dict[str, str]:
    return {each.name: each.inputs["imageName"] for each in recording.of("Image")}


def test_the_sandbox_changes_nothing_but_what_must_differ_on_one_machine() -> None:
    overlay = yaml.safe_load((TOUR / "sandbox.yaml").read_text())["config"]
    assert overlay.keys() <= {f"tour:{key}" for key in yaml.safe_load((TOUR / "Pulumi.yaml").read_text())["config"]}
    for server in ("mongo", "redis", "nats"):
        assert overlay[f"tour:{server}"] == {"image": f"${{images.{server.upper()}_IMAGE}}"}


def test_the_gateway_leads_every_prefix_to_its_service(gateway: Recording) -> None:
    assert gateway.of("Ingress") == []
    [route] = [each.inputs["spec"] for each in gateway.of("HTTPRoute") if each.name == "tour"]
    assert route["hostnames"] == ["tour.xyz"]
    led = {
        (match["path"]["value"], rule["backendRefs"][0]["name"], rule["backendRefs"][0]["port"])
        for rule in route["rules"]
        for match in rule["matches"]
    }
    assert led == {(each["path"], each["service"], 3000) for each in routes("gateway")}


def test_behind_the_gateway_each_routed_service_is_asked_what_its_readiness_probe_asks(gateway: Recording) -> None:
    policies = {each.inputs["spec"]["targetRef"]["name"]: each.inputs for each in gateway.of("HealthCheckPolicy")}
    assert sorted(policies) == sorted({*SERVICES} - {"expiration"})
    for each in gateway.of("Deployment"):
        if each.name in policies:
            asked = policies[each.name]["spec"]["default"]["config"]["httpHealthCheck"]
            probe = container(each)["readinessProbe"]["httpGet"]
            assert {"path": asked["requestPath"], "port": asked["port"]} == {"path": probe["path"], "port": 3000}


def test_google_reaches_the_routed_services_and_no_other(gateway: Recording) -> None:
    policies = {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in gateway.of("NetworkPolicy")}
    open_to_google = {
        name
        for name, spec in policies.items()
        for rule in spec.get("ingress", ())
        if any("ipBlock" in end for end in rule["from"])
    }
    assert open_to_google == {*SERVICES} - {"expiration"}


def test_a_regular_expression_behind_the_gateway_is_refused_with_the_reason_and_nothing_is_registered() -> None:
    wild = {"service": "review", "port": 3000, "path": "/api/v1/tours/?(.*)/reviews"}
    told = refusal({"tour:routes": [wild, *routes("gateway")]}, "gateway")
    assert "it cannot express /api/v1/tours/?(.*)/reviews (to review)" in told
    assert "nothing was changed" in told


def test_an_entrance_that_the_program_does_not_have_is_refused() -> None:
    workload = stack_config("dev", TOUR)["tour:workload"]
    assert "no such entrance as anywhere" in refusal(
        {"tour:workload": {**workload, "traffic": {"exposure": "anywhere"}}}
    )
