"""The user's own commands in the sandbox's shell, on the dev stack, in order."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Checkout
from tests.e2e.summary import summary, unchanged

pytestmark = pytest.mark.e2e

STACK_FILE = "Pulumi.dev.yaml"
NAMESPACE = "gke-webapp-dev"
RESOURCES = 44


@pytest.fixture(scope="module", autouse=True)
def deployed(checkout: Checkout) -> Iterator[None]:
    """The stack is up; afterwards it is as the work tree says."""
    good = (checkout.directory / STACK_FILE).read_text()
    checkout.succeed("up")
    yield
    (checkout.directory / STACK_FILE).write_text(good)
    checkout.succeed("up")


def configure(checkout: Checkout, key: str, **values: Any) -> None:
    """Change a mapping in the stack file."""
    file = checkout.directory / STACK_FILE
    stack = yaml.safe_load(file.read_text())
    stack["config"].setdefault(f"gke-webapp:{key}", {}).update(values)
    file.write_text(yaml.safe_dump(stack))


def replicas(checkout: Checkout) -> int:
    (deployment,) = checkout.objects("deployments", "--namespace", NAMESPACE)
    return deployment["spec"]["replicas"]


def timeout(checkout: Checkout) -> int:
    (config,) = checkout.objects("backendconfig", "--namespace", NAMESPACE)
    return config["spec"]["timeoutSec"]


def urn(checkout: Checkout, kind: str) -> str:
    """Of the one resource of this type."""
    resources = checkout.deployment()["resources"]
    (found,) = [each["urn"] for each in resources if each["type"].endswith(f":{kind}") and each["custom"]]
    return found


def test_pulumi_is_the_real_one(checkout: Checkout) -> None:
    pulumi = checkout.status()["pulumi"]
    version = subprocess.run([pulumi, "version"], capture_output=True, text=True, check=True).stdout
    assert re.fullmatch(r"v\d+\.\d+\.\d+\n", version)
    assert checkout.shell_output("pulumi version") == version


def test_about_lists_the_plugins_and_the_programs_packages(checkout: Checkout) -> None:
    about = checkout.shell_output("pulumi about")
    for plugin in ("gcp", "kubernetes", "docker"):
        assert re.search(rf"^resource +{plugin} +\d", about, re.MULTILINE), about
    for package in ("pulumi_gcp", "pulumi_kubernetes", "pulumi_docker"):
        assert re.search(rf"^{package} +\d", about, re.MULTILINE), about
    assert "This project is written in python" in about


def test_a_preview_of_a_stack_that_is_up_changes_nothing(checkout: Checkout) -> None:
    assert summary(checkout.shell_output("pulumi preview")) == {"unchanged": RESOURCES}


def test_outputs_are_shown_and_secret_ones_are_not(checkout: Checkout) -> None:
    assert checkout.shell_output("pulumi stack output url") == "https://app.example.com/\n"
    outputs = checkout.shell_output("pulumi stack output")
    assert re.search(r"^ *kubeconfig +\[secret\]$", outputs, re.MULTILINE)


def test_the_configuration_is_the_stack_files_with_the_sandboxs_values(checkout: Checkout) -> None:
    config = json.loads(checkout.shell_output("pulumi config --json"))
    assert config["gke-webapp:registryUsername"]["value"] == "sandbox"
    assert config["gke-webapp:google"]["objectValue"]["region"] == "europe-west1"
    assert "value" not in config["gke-webapp:registryToken"]


def test_config_set_is_refused_with_the_way_to_do_it(checkout: Checkout) -> None:
    before = (checkout.directory / STACK_FILE).read_bytes()
    done = checkout.shell("pulumi config set domains example.com")
    assert done.returncode == 1
    assert f"Edit Pulumi.<stack>.yaml in {checkout.directory}" in done.stdout
    assert (checkout.directory / STACK_FILE).read_bytes() == before


def test_a_diff_shows_the_property_that_changes(checkout: Checkout) -> None:
    configure(checkout, "workload", replicas=2)
    shown = checkout.shell_output("pulumi preview --diff")
    assert re.search(r"~ replicas: 1 => 2", shown), shown
    assert summary(shown) == {"to update": 1, "unchanged": RESOURCES - 1}


def test_a_target_is_changed_alone(checkout: Checkout) -> None:
    configure(checkout, "ingress", backend={"timeoutSeconds": 61})
    done = checkout.shell_output(f"pulumi up --yes --target '{urn(checkout, 'BackendConfig')}'")
    assert summary(done)["updated"] == 1
    assert (timeout(checkout), replicas(checkout)) == (61, 1)


def test_up_does_the_rest(checkout: Checkout) -> None:
    done = checkout.shell_output("pulumi up --yes")
    assert summary(done) == {"updated": 1, "unchanged": RESOURCES - 1}
    assert replicas(checkout) == 2


def test_a_plan_is_kept_to(checkout: Checkout, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    configure(checkout, "workload", replicas=1)
    checkout.shell_output(f"pulumi preview --save-plan {plan}")
    configure(checkout, "workload", replicas=1, drainSeconds=4)
    refused = checkout.shell(f"pulumi up --yes --plan {plan}")
    assert refused.returncode != 0
    assert "violates plan" in refused.stdout
    assert replicas(checkout) == 2
    configure(checkout, "workload", drainSeconds=3)
    assert summary(checkout.shell_output(f"pulumi up --yes --plan {plan}"))["updated"] == 1
    assert replicas(checkout) == 1


def test_the_policy_pack_lets_the_stack_pass_and_refuses_a_bad_one(checkout: Checkout) -> None:
    command = "pulumi preview --policy-pack policy"
    passed = checkout.shell_output(command)
    assert unchanged(passed)
    assert "mandatory" not in passed
    checkout.edit("components/container.py", "read_only_root_filesystem=True", "read_only_root_filesystem=False")
    refused = checkout.shell(command)
    checkout.edit("components/container.py", "read_only_root_filesystem=False", "read_only_root_filesystem=True")
    assert refused.returncode != 0
    assert re.search(r"\[mandatory\] .*pod-read-only", refused.stdout), refused.stdout


def test_what_kubectl_deletes_is_missed_by_refresh_and_made_anew_by_up(checkout: Checkout) -> None:
    delete = f"kubectl delete deployment gke-webapp --namespace {NAMESPACE} --wait"
    missed = checkout.shell_output(f"{delete}\npulumi refresh --yes --run-program=false")
    assert summary(missed)["deleted"] == 1
    made = checkout.shell_output("pulumi up --yes")
    assert summary(made)["created"] == 1
    assert checkout.curl("/ping", https=False)[0] in (200, 301)


def test_a_state_is_exported_and_imported(checkout: Checkout, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    checkout.shell_output(f"pulumi stack export --file {state}")
    # The summaries leave out what is only read: the reference to the stack's own outputs.
    assert len(json.loads(state.read_text())["deployment"]["resources"]) == RESOURCES + 1
    checkout.shell_output(f"pulumi stack import --file {state}")
    assert unchanged(checkout.shell_output("pulumi preview"))


def test_the_graph_is_drawn_where_the_user_is(checkout: Checkout) -> None:
    checkout.shell_output("pulumi stack graph graph.dot")
    file = checkout.directory / "graph.dot"
    text = file.read_text()
    file.unlink()
    assert "digraph" in text
    assert urn(checkout, "Deployment") in text


@pytest.mark.parametrize("system", ["imageview", "orchestrate", "pr12er", "tour"])
def test_every_example_is_previewed_in_its_own_directory(checkout: Checkout, system: str) -> None:
    assert summary(checkout.shell_output("pulumi preview", system=system)).keys() == {"to create"}
