"""A stack file is understood whole, or refused whole with every mistake told."""

from ipaddress import IPv4Network
from typing import Any, ClassVar

import pulumi
import pytest

from settings.cluster import ClusterSettings
from settings.configuration import Credentials, load, load_as
from settings.network import NetworkSettings
from settings.stack import Settings
from settings.system import SystemSettings
from tests.unit.recording import CANARY, PROJECT, record, stack_config

TOKEN = {f"{PROJECT}:registryToken": CANARY}


def loaded(
    changes: dict[str, Any] | None = None, secrets: dict[str, str] = TOKEN, stack: str = "dev"
) -> tuple[Settings, Credentials]:
    """The dev stack's settings with some keys (without namespace) changed; None removes a key."""
    config = stack_config("dev") | {f"{PROJECT}:{key}": value for key, value in (changes or {}).items()}
    found: list[tuple[Settings, Credentials]] = []
    record(
        lambda: found.append(load()),
        {key: value for key, value in config.items() if value is not None and key not in secrets},
        secrets,
        stack=stack,
    )
    return found[0]


def refusal(changes: dict[str, Any] | None = None, secrets: dict[str, str] = TOKEN, stack: str = "dev") -> str:
    with pytest.raises(pulumi.RunError) as error:
        loaded(changes, secrets, stack)
    return str(error.value)


def google(**changes: Any) -> dict[str, Any]:
    return {"google": {"project": "example-project", "region": "europe-west1", **changes}}


def image(**changes: Any) -> dict[str, Any]:
    return {"image": {"repository": "ghcr.io/example/app", **changes}}


def test_a_stack_file_becomes_frozen_settings() -> None:
    settings, credentials = loaded()
    assert settings.google.project == "example-project"
    assert settings.domains == ("app.example.com",)
    assert settings.workload.replicas == 1
    assert settings.environment == "dev"
    assert credentials.push is not None
    assert (credentials.push.registry, credentials.push.username) == ("ghcr.io", "example")
    with pytest.raises(ValueError, match="frozen"):
        settings.environment = "prod"


def test_all_mistakes_are_told_together() -> None:
    text = refusal(
        {
            **google(project="Example_Project"),
            "domains": ["*.example.com", "under_score.example.com"],
            "network": {"nodes": "10.0.0.0/16", "pods": "10.0.0.0/14", "services": "10.8.0.0/20"},
            "workload": {"replicas": "three", "timeoutSecond": 5},
            "environment": "a-very-long-environment",
            "domain": "app.example.com",
        },
        {},
    )
    assert text.startswith("Pulumi.dev.yaml has 9 mistakes, so nothing was changed.")
    for key in (
        "google.project",
        "domains[0]",
        "domains[1]",
        "network.pods",
        "workload.replicas",
        "workload.timeoutSecond",
        "environment",
        "domain",
        "registryToken",
    ):
        assert f"\n  {PROJECT}:{key} = " in text


def test_a_mistake_has_key_value_consequence_and_remedy() -> None:
    text = refusal({"domains": ["https://app.example.com/"]})
    assert text == (
        "Pulumi.dev.yaml has 1 mistake, so nothing was changed.\n\n"
        '  gke-webapp:domains[0] = "https://app.example.com/"\n'
        "    No host can have this name, so neither the DNS record nor the certificate could exist.\n"
        "    Write a full host name in lower case, such as app.example.com, without scheme, port or path."
    )


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"domain": ["app.example.com"]}, "domain", "Write domains"),
        ({"google": "example-project"}, "google", "mapping"),
        ({"domains": "app.example.com"}, "domains", "list"),
        ({"domains": []}, "domains", "at least 1"),
        ({"domains": [f"h{n}.example.com" for n in range(16)]}, "domains", "at most 15"),
        ({"domains": ["app.example.com", "app.example.com"]}, "domains", "once"),
        ({"domains": [f"{'x' * 60}.example.com"]}, "domains[0]", "72 characters"),
        ({"domains": ["example"]}, "domains[0]", "full host name"),
        ({"domains": ["203.0.113.10"]}, "domains[0]", "full host name"),
        ({"domains": ["APP.example.com"]}, "domains[0]", "lower case"),
        (google(project="123456"), "google.project", "6 to 30"),
        (google(project=5), "google.project", "string"),
        (google(region="europe-west1-b"), "google.region", "zone's letter"),
        (google(zones=["us-central1-a"]), "google.zones[0]", "europe-west1-b"),
        (google(zones=["europe-west1-b"] * 2), "google.zones", "each zone once"),
        (image(repository="ghcr.io/example/app:latest"), "image.repository", "without a tag"),
        (image(repository="example/App"), "image.repository", "lower case"),
        (image(buildOnPreview="yes"), "image.buildOnPreview", "true or false"),
        (image(buildArguments={"PIP_TOKEN": "x"}), "image.buildArguments.PIP_TOKEN", "build secrets"),
        (image(buildArguments={"BASE": 3}), "image.buildArguments.BASE", "string"),
        ({"registryUsername": ""}, "registryUsername", "value"),
        ({"cluster": {}}, "cluster.deletionProtection", "Add the key"),
        (
            {"cluster": {"deletionProtection": False, "releaseChannel": "FAST"}},
            "cluster.releaseChannel",
            "'RAPID'",
        ),
        ({"network": {"nodes": "10.0.0.1/20"}}, "network.nodes", "host bits"),
        ({"network": {"nodes": "8.8.0.0/20"}}, "network.nodes", "public"),
        ({"network": {"nodes": "127.0.0.0/20"}}, "network.nodes", "reserved"),
        ({"network": {"services": "169.254.0.0/20"}}, "network.services", "reserved"),
        ({"network": {"services": "0.0.0.0/20"}}, "network.services", "reserved"),
        ({"network": {"nodes": "172.0.0.0/8"}}, "network.nodes", "public"),
        ({"network": {"pods": "10.4.0.0/25"}}, "network.pods", "/24"),
        ({"network": {"services": "10.8.0.0/28"}}, "network.services", "/27"),
        ({"network": {"services": "10.16.0.0/15"}}, "network.services", "larger than /16"),
        ({"workload": {"replicas": 0}}, "workload.replicas", "at least 1"),
        ({"workload": {"replicas": True}}, "workload.replicas", "whole number"),
        ({"workload": {"timeoutSeconds": 40, "drainSeconds": 25}}, "workload.timeoutSeconds", "every rollout"),
        ({"workload": {"timeoutSeconds": 125, "replicas": 100}}, "workload.timeoutSeconds", "5 times drainSeconds"),
        ({"workload": {"traffic": {"exposure": "nginx"}}}, "workload.traffic.exposure", "load balancer out"),
        (
            {"workload": {"metricsPort": 9090, "traffic": {"exposedPorts": ["metrics"]}}},
            "workload.traffic.exposedPorts",
            "leaves out http",
        ),
        ({"workload": {"readiness": {"type": "https"}}}, "workload.readiness.type", "speaks HTTP"),
        ({"workload": {"healthPath": "ping"}}, "workload.healthPath", "/ping"),
        ({"dns": {"zone": ""}}, "dns.zone", "zone's name"),
        ({"environment": "Dev"}, "environment", "lower-case"),
    ],
)
def test_wrong_input_is_refused_by_key_with_a_remedy(changes: dict[str, Any], key: str, words: str) -> None:
    text = refusal(changes)
    assert "has 1 mistake," in text
    assert f"\n  {PROJECT}:{key} = " in text
    assert words in text


@pytest.mark.parametrize("pods", ["100.64.0.0/16", "172.31.0.0/24", "198.18.0.0/16", "240.0.0.0/14"])
def test_private_ranges_beyond_the_usual_are_as_good(pods: str) -> None:
    assert NetworkSettings(pods=IPv4Network(pods)).pods == IPv4Network(pods)


def test_a_stack_name_that_gives_impossible_names_is_a_mistake_of_the_environment() -> None:
    assert f"{PROJECT}:environment = " in refusal(stack="My.Stack")
    assert loaded({"environment": "mine"}, stack="My.Stack")[0].name == "gke-webapp-mine"


@pytest.mark.parametrize("secrets", [{}, {f"{PROJECT}:registryToken": ""}])
def test_a_missing_token_names_the_command_that_sets_it(secrets: dict[str, str]) -> None:
    text = refusal(secrets=secrets)
    assert f"{PROJECT}:registryToken = [missing]" in text
    assert f"`pulumi config set --secret {PROJECT}:registryToken`" in text


def test_a_token_in_plain_text_is_refused_and_not_repeated() -> None:
    text = refusal({"registryToken": CANARY}, {})
    assert "plain text" in text
    assert CANARY not in text


@pytest.mark.parametrize("key", ["registryTokn", "environment"])
def test_an_encrypted_value_under_another_key_is_refused_and_not_shown(key: str) -> None:
    text = refusal(secrets={**TOKEN, f"{PROJECT}:{key}": "canary-value"})
    assert f"{PROJECT}:{key} = [secret]" in text
    assert "canary-value" not in text


def test_tokens_are_secret_outputs() -> None:
    _, credentials = loaded(secrets={**TOKEN, f"{PROJECT}:pullToken": "read-only"})
    for credential in (credentials.push, credentials.pull):
        assert CANARY not in repr(credential)
        assert "read-only" not in repr(credential)


def test_anyone_may_reach_the_control_plane_only_when_the_file_says_so_in_words() -> None:
    cluster = {"deletionProtection": False, "authorizedNetworks": {"all": "0.0.0.0/0"}}
    assert "openToTheInternet: true" in refusal({"cluster": cluster})
    open_to_all, _ = loaded({"cluster": {**cluster, "openToTheInternet": True}})
    assert isinstance(open_to_all.cluster, ClusterSettings)
    assert str(open_to_all.cluster.authorized_networks["all"]) == "0.0.0.0/0"


@pytest.mark.parametrize(
    ("quantities", "words"),
    [
        ({"cpu": "100m", "memory": "10m", "ephemeralStorage": "64Mi"}, "10Mi"),
        ({"cpu": "100m", "memory": "128", "ephemeralStorage": "64Mi"}, "mebibytes"),
        ({"cpu": "100m", "memory": "128 MB", "ephemeralStorage": "64Mi"}, "mebibytes"),
        ({"cpu": "100Mi", "memory": "128Mi", "ephemeralStorage": "64Mi"}, "500m"),
        ({"cpu": "0", "memory": "128Mi", "ephemeralStorage": "64Mi"}, "500m"),
        ({"cpu": "100m", "memory": "2Gi", "ephemeralStorage": "64Mi"}, "exceeds limits in memory"),
    ],
)
def test_an_unusable_quantity_is_refused(quantities: dict[str, str], words: str) -> None:
    assert words in refusal({"workload": {"requests": quantities}})


def test_one_zone_makes_a_zonal_cluster_and_any_other_number_a_regional_one() -> None:
    assert loaded(google(zones=["europe-west1-b"]))[0].google.location == "europe-west1-b"
    assert loaded(google(zones=["europe-west1-b", "europe-west1-c"]))[0].google.location == "europe-west1"
    assert loaded(google())[0].google.location == "europe-west1"


VARIABLES = f"{PROJECT}:secretVariables"


def test_secret_variables_are_a_secret_output() -> None:
    _, credentials = loaded(secrets={**TOKEN, VARIABLES: '{"DATABASE_URL": "canary-value"}'})
    assert credentials.variables is not None
    assert "canary-value" not in repr(credentials)
    assert loaded()[1].variables is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"DATABASE-URL": "canary-value"}', f"{VARIABLES}.DATABASE-URL = [not shown]"),
        ('{"ENVIRONMENT": "canary-value"}', "the program itself sets it"),
        ('{"LOG_LEVEL": "canary-value"}', "State each variable once"),
        ('{"PORT": 8000}', "strings by name"),
        ("canary-value", "strings by name"),
    ],
)
def test_an_impossible_secret_variable_is_refused_and_not_shown(text: str, words: str) -> None:
    refused = refusal({"workload": {"variables": {"LOG_LEVEL": "info"}}}, {**TOKEN, VARIABLES: text})
    assert words in refused
    assert "canary-value" not in refused


def test_secret_variables_in_plain_text_are_refused_and_not_repeated() -> None:
    refused = refusal({"secretVariables": {"DATABASE_URL": "canary-value"}})
    assert "plain text" in refused
    assert "canary-value" not in refused


class ShopSettings(SystemSettings):
    """Another system, with a name, a secret and a key of its own."""

    application: ClassVar[str] = "shop"
    secrets: ClassVar[tuple[str, ...]] = ("signingKey",)
    host: str


SHOP: dict[str, Any] = {
    "shop:google": {"project": "example-project", "region": "europe-west1"},
    "shop:cluster": {"deletionProtection": False},
    "shop:image": {"repository": "ghcr.io/example/shop"},
    "shop:registryUsername": "example",
    "shop:host": "shop.example.com",
}
SHOP_SECRETS = {"shop:registryToken": CANARY, "shop:signingKey": "canary-key"}


def shop(config: dict[str, Any], secrets: dict[str, str]) -> tuple[ShopSettings, Credentials]:
    found: list[tuple[ShopSettings, Credentials]] = []
    record(lambda: found.append(load_as(ShopSettings)), config, secrets, project="shop")
    return found[0]


def test_another_system_has_its_own_name_keys_and_secrets() -> None:
    settings, credentials = shop(SHOP, SHOP_SECRETS)
    assert (settings.name, settings.host) == ("shop-dev", "shop.example.com")
    assert list(credentials.secrets) == ["signingKey"]
    assert "canary-key" not in repr(credentials)


def test_a_missing_secret_of_a_system_is_told_with_its_other_mistakes() -> None:
    with pytest.raises(pulumi.RunError) as error:
        shop({**SHOP, "shop:environment": "a-very-long-environment-name"}, {"shop:registryToken": CANARY})
    text = str(error.value)
    assert text.startswith("Pulumi.dev.yaml has 2 mistakes")
    assert "`pulumi config set --secret shop:signingKey`" in text
    assert "shop-a-very-long-environment-name-nodes" in text


def test_a_secret_of_a_system_in_plain_text_is_refused_and_not_repeated() -> None:
    with pytest.raises(pulumi.RunError) as error:
        shop({**SHOP, "shop:signingKey": "canary-key"}, {"shop:registryToken": CANARY})
    assert "shop:signingKey = [not shown]" in str(error.value)
    assert "canary-key" not in str(error.value)
