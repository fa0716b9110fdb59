"""Evaluating two revisions of a program with the real CLI, without cloud, cluster or credential."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.diff.risk import findings
from sandbox.graph import urn as urns
from sandbox.graph.evaluation import Evaluated, Request, evaluate
from sandbox.graph.node import Graph
from sandbox.graph.policy_pack import PolicyPack
from sandbox.pulumi.installation import Installation

pytestmark = [pytest.mark.cli, pytest.mark.e2e]

PROGRAM = """
import pulumi
from pulumi_gcp.provider import Provider

google = pulumi.ResourceOptions(provider=Provider("google", project="example", region="europe-west1"))


class Net(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("shop:net:Net", name)
        child = pulumi.ResourceOptions.merge(google, pulumi.ResourceOptions(parent=self))
        self.network = pulumi.CustomResource(
            "gcp:compute/network:Network",
            "network",
            {"name": NETWORK, "id": None, "autoCreateSubnetworks": False},
            child,
        )
        pulumi.CustomResource(
            "gcp:compute/subnetwork:Subnetwork",
            "subnetwork",
            {"name": "sub", "ipCidrRange": "10.0.0.0/20", "network": pulumi.get(self.network, "id")},
            child,
        )
        self.register_outputs({})


net = Net("net")
address = pulumi.CustomResource(
    "gcp:compute/globalAddress:GlobalAddress", "address", {"name": "shop", "address": None}, google
)
config = pulumi.Config()
"""

Write = Callable[..., Path]
"""Takes the project's directory name, and what its program and its stack file say; returns the directory."""

Evaluate = Callable[[Path | None, Path | None], Evaluated]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, *, network: str = "shop", more: str = "", stack: str = "") -> Path:
        directory = tmp_path / name
        directory.mkdir()
        (directory / "__main__.py").write_text(f"NETWORK = {network!r}\n{PROGRAM}{more}")
        (directory / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
        (directory / "sandbox.yaml").write_text("config:\n  shop:needed: {secret: '${registry.token}'}\n")
        (directory / "Pulumi.dev.yaml").write_text(f"config:\n  shop:open: '1'\n{stack}")
        return directory

    return write


@pytest.fixture
def evaluated(installation: Installation) -> Evaluate:
    def evaluated(before: Path | None, after: Path | None) -> Evaluated:
        return evaluate(installation, [Request("dev", before, after)])[0]

    return evaluated


def changes(found: Evaluated) -> dict[str, str]:
    return {change.name: change.op for change in found.changes}


def test_the_same_program_changes_nothing(write: Write, evaluated: Evaluate) -> None:
    found = evaluated(write("base"), write("head"))
    assert found.changes == ()
    assert found.before == found.after


def test_what_the_program_gains_and_loses_is_created_and_deleted(write: Write, evaluated: Evaluate) -> None:
    extra = 'pulumi.CustomResource("gcp:compute/network:Network", "{0}", {{"name": "{0}"}}, google)\n'
    found = evaluated(write("base", more=extra.format("lost")), write("head", more=extra.format("won")))
    assert changes(found) == {"lost": "delete", "won": "create"}


def test_a_replacement_takes_along_what_depends_on_it_and_says_which_property_did_it(
    write: Write, evaluated: Evaluate
) -> None:
    found = evaluated(write("base"), write("head", network="other"))
    assert changes(found) == {"network": "replace", "subnetwork": "replace"}
    network = next(change for change in found.changes if change.name == "network")
    assert [(item.path, item.old, item.new) for item in network.properties if item.replaces] == [
        ("name", "shop", "other")
    ]


def test_a_change_in_place_leaves_what_depends_on_it_alone(write: Write, evaluated: Evaluate) -> None:
    more = 'pulumi.CustomResource("gcp:compute/address:Address", "a", {"name": "a", "labels": {"v": "%s"}}, google)\n'
    found = evaluated(write("base", more=more % 1), write("head", more=more % 2))
    assert [(change.name, change.op, change.properties[0].path) for change in found.changes] == [
        ("a", "update", "labels.v")
    ]


def test_a_resource_that_is_renamed_with_an_alias_is_the_same(write: Write, evaluated: Evaluate) -> None:
    line = 'pulumi.CustomResource("gcp:compute/network:Network", "{}", {{"name": "n"}}, {})\n'
    renamed = "pulumi.ResourceOptions.merge(google, pulumi.ResourceOptions(aliases=[pulumi.Alias(name='old')]))"
    base = write("base", more=line.format("old", "google"))
    assert evaluated(base, write("head", more=line.format("new", renamed))).changes == ()


def test_a_replacement_under_another_name_says_what_it_was(write: Write, evaluated: Evaluate) -> None:
    line = 'pulumi.CustomResource("gcp:compute/network:Network", "{0}", {{"name": "{0}"}}, {1})\n'
    options = "pulumi.ResourceOptions.merge(google, pulumi.ResourceOptions(protect=True, aliases=[{}]))"
    base = write("base", more=line.format("old", options.format("")))
    head = write("head", more=line.format("new", options.format("pulumi.Alias(name='old')")))
    found = evaluated(base, head)
    [change] = found.changes
    assert (change.name, change.op) == ("new", "replace")
    assert change.was == change.urn.replace("::new", "::old")
    assert found.before is not None and found.after is not None
    assert [each.risk for each in findings(found.changes, found.before, found.after, ())] == ["protected"]


def test_what_is_protected_is_told_of_and_stops_nothing(write: Write, evaluated: Evaluate) -> None:
    kept = "pulumi.ResourceOptions.merge(google, pulumi.ResourceOptions(protect=True))"
    more = f'pulumi.CustomResource("gcp:compute/network:Network", "kept", {{"name": "kept"}}, {kept})\n'
    found = evaluated(write("base", more=more), write("head"))
    assert changes(found) == {"kept": "delete"}
    assert found.before is not None
    assert [node.name for node in found.before.nodes if node.protected] == ["kept"]


SECRET = (
    'pulumi.CustomResource("gcp:compute/network:Network", "s", '
    '{"name": "s", "description": config.require_secret("token")}, google)\n'
)


def test_a_secret_shows_as_changed_when_its_ciphertext_did_and_is_never_seen(write: Write, evaluated: Evaluate) -> None:
    def project(name: str, ciphertext: str) -> Path:
        return write(name, more=SECRET, stack=f"  shop:token: {{secure: '{ciphertext}'}}\n")

    base = project("base", "v1:canary:one")
    assert evaluated(base, project("same", "v1:canary:one")).changes == ()
    found = evaluated(base, project("head", "v1:canary:two"))
    assert [(item.path, item.old, item.new) for change in found.changes for item in change.properties] == [
        ("description", "[secret]", "[secret]")
    ]
    assert "canary" not in found.model_dump_json()
    assert "OPAQUE" not in found.model_dump_json()


def test_a_secret_that_only_the_sandbox_makes_up_stands_as_an_opaque_value(write: Write, evaluated: Evaluate) -> None:
    more = SECRET.replace("token", "needed")
    found = evaluated(None, write("head", more=more))
    assert found.after is not None
    assert next(node for node in found.after.nodes if node.name == "s").inputs["description"] == "[secret]"


def test_what_only_google_knows_is_never_made_up_before_a_person(write: Write, evaluated: Evaluate) -> None:
    more = (
        'pulumi.CustomResource("gcp:dns/recordSet:RecordSet", "r", {"name": "a.example.com.", "type": "A", '
        '"managedZone": "elsewhere", "rrdatas": [pulumi.get(address, "address")]}, google)\n'
    )
    found = evaluated(None, write("head", more=more))
    assert found.after is not None
    assert next(node for node in found.after.nodes if node.name == "r").inputs["rrdatas"] == ["[computed]"]
    assert "127." not in found.model_dump_json()


def test_a_program_that_fails_is_an_error_that_names_the_revision(write: Write, evaluated: Evaluate) -> None:
    broken = write("broken", more="raise ValueError('no such colour')\n")
    failed = evaluated(write("base"), broken)
    assert failed.error.startswith("Stack dev cannot be evaluated")
    assert "no such colour" in failed.error
    assert failed.before is not None, "what the base has is known all the same"
    assert "the base fails" in evaluated(broken, None).error


def test_revisions_import_their_own_modules_also_those_at_the_top_of_their_repository(
    write: Write, evaluated: Evaluate, tmp_path: Path
) -> None:
    for name, text in (("one", "first"), ("two", "second")):
        top = tmp_path / name
        top.mkdir()
        (top / "pyproject.toml").touch()
        (top / "told_at_the_top.py").write_text(f"TEXT = {text!r}\n")
        project = write(f"{name}/example", more="import told_at_the_top\npulumi.export('x', 1)\n" + SHOWN)
        assert project.parent == top
    found = evaluated(tmp_path / "one" / "example", tmp_path / "two" / "example")
    assert [(item.old, item.new) for change in found.changes for item in change.properties] == [("first", "second")]


SHOWN = (
    'pulumi.CustomResource("gcp:compute/address:Address", "t", '
    '{"name": "t", "labels": {"told": told_at_the_top.TEXT}}, google)\n'
)


def test_an_evaluation_inherits_no_credential_and_finds_no_plugin(
    write: Write, evaluated: Evaluate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/canary")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "canary")
    monkeypatch.setenv("PATH", "/canary:/usr/bin")
    more = (
        "import os\n"
        'pulumi.CustomResource("gcp:compute/address:Address", "e", {"name": "e", '
        '"labels": {key: value for key, value in os.environ.items()}}, google)\n'
        "print('what a program prints is not the result')\n"
    )
    found = evaluated(None, write("head", more=more))
    assert found.after is not None, found.error
    assert "canary" not in found.model_dump_json()


def test_a_type_that_the_simulation_does_not_know_is_passed_through(write: Write, evaluated: Evaluate) -> None:
    more = """
redis = pulumi.CustomResource("gcp:redis/instance:Instance", "r", {"tier": "%s", "host": None}, google)
pulumi.CustomResource(
    "gcp:compute/address:Address", "u", {"name": "u", "labels": {"host": pulumi.get(redis, "host")}}, google
)
"""
    found = evaluated(write("base", more=more % "BASIC"), write("head", more=more % "STANDARD_HA"))
    assert changes(found) == {"r": "update"}
    assert [warning.split(" ")[0] for warning in found.warnings] == ["gcp:redis/instance:Instance"]
    assert found.after is not None
    assert next(node for node in found.after.nodes if node.name == "u").inputs["labels"] == {"host": "[computed]"}


KUBERNETES = """
from pulumi_kubernetes.core.v1 import ConfigMap, Service
from pulumi_kubernetes.provider import Provider as Kubernetes

cluster = pulumi.ResourceOptions(provider=Kubernetes("kubernetes", kubeconfig="~/.kube/config", context="minikube"))
ConfigMap("settings", data={"a": "VALUE"}, opts=cluster)
service = Service("front", metadata={"name": "front"}, spec={"type": "LoadBalancer"}, opts=cluster)
pulumi.export("ip", service.status.apply(lambda status: status.load_balancer.ingress[0].ip))
"""


def test_a_kubeconfig_that_is_the_path_of_a_file_is_not_read(write: Write, evaluated: Evaluate) -> None:
    found = evaluated(write("base", more=KUBERNETES), write("head", more=KUBERNETES))
    assert (found.error, found.changes) == ("", ())


def test_a_generated_name_is_the_same_in_every_evaluation_and_another_for_what_replaces(
    write: Write, evaluated: Evaluate
) -> None:
    base, head = write("base", more=KUBERNETES), write("head", more=KUBERNETES.replace("VALUE", "other"))

    def name(graph: Graph | None) -> str:
        assert graph is not None
        return next(node for node in graph.nodes if node.name == "settings").inputs["metadata"]["name"]

    found = evaluated(base, head)
    assert changes(found) == {"settings": "replace"}
    assert name(found.before) == name(evaluated(None, base).after)
    assert name(found.after) == name(evaluated(None, head).after) != name(found.before)


def test_a_stack_reads_what_another_one_of_its_project_exports(write: Write, installation: Installation) -> None:
    more = """
if pulumi.get_stack() == "prod":
    path = f"{pulumi.get_organization()}/shop/" + "dev"
    tried = pulumi.StackReference(path).require_output("tried")
    pulumi.CustomResource("gcp:compute/network:Network", "t", {"name": "t", "description": tried}, google)
pulumi.export("tried", "what dev has tried")
"""
    base = write("base", more=more)
    (base / "Pulumi.prod.yaml").write_text("config: {}\n")
    (found,) = evaluate(installation, [Request("prod", base, base)])
    assert found.after is not None, found.error
    network = next(node for node in found.after.nodes if node.name == "t")
    assert network.inputs["description"] == "what dev has tried"
    assert found.changes == ()


FOREIGN = """
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.provider import Provider as Kubernetes
import pulumi_gcp as gcp

cluster = pulumi.ResourceOptions(provider=Kubernetes("kubernetes", kubeconfig="~/.kube/config"))
system = Namespace.get("system", "kube-system", opts=cluster)
shared = gcp.container.Cluster.get("shared", "projects/p/locations/europe-west1/clusters/shared", opts=google)
labels = {"uid": system.metadata.uid, "name": shared.name, "at": shared.endpoint.apply(lambda text: text.strip())}
pulumi.CustomResource("gcp:compute/address:Address", "r", {"name": "r", "labels": labels}, google)
"""


def test_what_others_made_is_taken_to_be_there(write: Write, evaluated: Evaluate) -> None:
    found = evaluated(write("base", more=FOREIGN), write("head", more=FOREIGN))
    assert (found.error, found.changes) == ("", ())
    assert found.after is not None
    reader = next(node for node in found.after.nodes if node.name == "r")
    assert reader.inputs["labels"] == {"uid": "[computed]", "name": "shared", "at": "[computed]"}


PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def named(args, report):
    if args.resource_type == "gcp:compute/globalAddress:GlobalAddress":
        report("It is called " + args.props["name"] + ".")


PolicyPack(
    "pack",
    [
        ResourceValidationPolicy("strict", "Strict.", named, EnforcementLevel.MANDATORY),
        ResourceValidationPolicy("mild", "Mild.", named, EnforcementLevel.ADVISORY),
    ],
)
"""


def test_violations_of_a_policy_pack_are_told_of_beside_the_changes(
    write: Write, installation: Installation, tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    runtime = f"{{name: python, options: {{virtualenv: {sys.prefix}}}}}"
    (pack / "PulumiPolicy.yaml").write_text(f"runtime: {runtime}\nversion: 0.0.1\n")
    (pack / "__main__.py").write_text(PACK)
    request = Request("dev", write("base"), write("head", network="other"), PolicyPack(pack))
    (found,) = evaluate(installation, [request])
    assert found.error == ""
    assert changes(found) == {"network": "replace", "subnetwork": "replace"}
    assert sorted((one.policy, one.level, urns.name_of(one.urn)) for one in found.violations) == [
        ("mild", "advisory", "address"),
        ("strict", "mandatory", "address"),
    ]
    assert all("It is called shop." in one.message for one in found.violations)
