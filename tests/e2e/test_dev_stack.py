"""The dev stack's life, in order: each test goes on from where the one before it left the sandbox."""

import base64
import json
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
import yaml

from tests.e2e.conftest import Checkout
from tests.e2e.dev_loop import developing
from tests.e2e.leftovers import leftovers
from tests.e2e.summary import summary
from tests.e2e.waiting import until

pytestmark = pytest.mark.smoke

RESOURCES = 44
IMAGE = "localhost:5044/example/gke-webapp/app@sha256:"


def resource_versions(checkout: Checkout) -> dict[str, str]:
    objects = checkout.objects("namespace,deploy,svc,ingress,secret,managedcertificate,backendconfig", "-A")
    return {item["metadata"]["uid"]: item["metadata"]["resourceVersion"] for item in objects}


def last_changes(checkout: Checkout) -> dict[str, str]:
    """When each resource of the state was changed, by URN; what is only read is read anew each time."""
    resources = checkout.deployment()["resources"]
    return {each["urn"]: each["modified"] for each in resources if not each.get("external")}


def test_preview_works_before_anything_was_built(checkout: Checkout) -> None:
    output = checkout.succeed("preview")
    assert summary(output) == {"to create": RESOURCES}
    assert not (checkout.home / "pki").exists()


def test_all_mistakes_of_a_stack_file_are_reported_at_once_and_nothing_is_started(checkout: Checkout) -> None:
    file = checkout.directory / "Pulumi.dev.yaml"
    good = file.read_text()
    stack = yaml.safe_load(good)
    stack["config"]["gke-webapp:domains"] = ["*.example.com"]
    stack["config"]["gke-webapp:workload"] = {"replicas": "many"}
    stack["config"]["gke-webapp:colour"] = "blue"
    file.write_text(yaml.safe_dump(stack))
    try:
        done = checkout.run("up")
    finally:
        file.write_text(good)
    assert done.returncode == 1
    for mistake in ("*.example.com", "replicas", "colour"):
        assert mistake in done.stdout
    assert "Traceback" not in done.stdout
    assert not (checkout.home / "pki").exists()


def test_up_brings_the_stack_up(checkout: Checkout) -> None:
    output = checkout.succeed("up")
    assert summary(output) == {"created": RESOURCES}
    assert "http://app.example.com" in output
    assert "https://app.example.com" in output


@pytest.mark.parametrize("https", [False, True])
def test_the_app_answers_on_the_static_address(checkout: Checkout, https: bool) -> None:
    status, body = checkout.curl("/", https=https)
    assert (status, json.loads(body)) == (200, {"message": "Hello World"})
    assert checkout.curl("/ping", https=https) == (200, '"pong"')
    assert checkout.curl("/nothing-here", https=https)[0] == 404


def test_the_pod_runs_the_image_by_digest_with_the_pull_secret(checkout: Checkout) -> None:
    (pod,) = [pod for pod in checkout.objects("pods", "-A") if pod["spec"].get("imagePullSecrets")]
    assert pod["spec"]["imagePullSecrets"] == [{"name": "regcred"}]
    assert pod["spec"]["containers"][0]["image"].startswith(IMAGE)
    assert pod["status"]["containerStatuses"][0]["imageID"].startswith(IMAGE)


def test_kubectl_shows_what_gke_shows(checkout: Checkout) -> None:
    table = checkout.kubectl("get", "managedcertificate,ingress,svc,deploy", "-A")
    assert "Active" in table
    (ingress,) = checkout.objects("ingress", "-A")
    assert ingress["status"]["loadBalancer"]["ingress"] == [{"ip": checkout.status()["address"]}]
    assert ingress["metadata"]["finalizers"] == ["networking.gke.io/ingress-finalizer-V2"]


def test_unchanged_up_says_so_and_touches_nothing(checkout: Checkout) -> None:
    objects, modified = resource_versions(checkout), last_changes(checkout)
    for command in ("preview", "up"):
        assert summary(checkout.succeed(command)) == {"unchanged": RESOURCES}
    assert resource_versions(checkout) == objects
    assert last_changes(checkout) == modified


def test_more_replicas_preview_as_one_update_of_one_property(checkout: Checkout) -> None:
    file = checkout.directory / "Pulumi.dev.yaml"
    good = file.read_text()
    stack = yaml.safe_load(good)
    stack["config"]["gke-webapp:workload"]["replicas"] = 2
    file.write_text(yaml.safe_dump(stack))
    try:
        (step,) = checkout.changes()
    finally:
        file.write_text(good)
    assert (step["op"], step["type"]) == ("update", "kubernetes:apps/v1:Deployment")
    assert list(step["detailedDiff"]) == ["spec.replicas"]
    assert [step[state]["inputs"]["spec"]["replicas"] for state in ("oldState", "newState")] == [1, 2]


def test_a_changed_app_is_built_rolled_out_and_served(checkout: Checkout) -> None:
    checkout.edit("app/settings.py", "Hello World", "Hello again")
    assert [step["type"] for step in checkout.changes()] == [
        "docker:index/image:Image",
        "kubernetes:apps/v1:Deployment",
    ]
    checkout.succeed("up")
    assert json.loads(checkout.curl("/", https=True)[1]) == {"message": "Hello again"}


def test_the_dev_loop_serves_what_was_saved(checkout: Checkout) -> None:
    status = checkout.status()

    def greeting() -> str:
        with closing(HTTPConnection(status["address"], timeout=10)) as connection:
            connection.request("GET", "/", headers={"Host": status["domain"]})
            return json.load(connection.getresponse())["message"]

    def save(old: str, new: str) -> None:
        checkout.edit("app/settings.py", old, new)
        until(lambda: greeting() == new, 60, f"{new} is served")

    with developing(checkout, ".", "--keep") as output:
        save("Hello again", "Hello at once")
        until(lambda: output().count("Deployed") == 1, 60, "the first change is deployed")
        save("Hello at once", "Hello again")
        until(lambda: output().count("Deployed") == 2, 60, "the second change is deployed")


def test_a_second_command_is_refused_with_the_pid_of_the_first(checkout: Checkout) -> None:
    holder = (
        "import sys, time; from sandbox.home import Home; from sandbox.lock import exclusive\n"
        "with exclusive(Home.locate(), 'up'): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder], cwd=checkout.directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        refused = checkout.run("up")
        process.communicate()
    assert refused.returncode == 1
    assert f"pid {process.pid}" in refused.stdout


def test_a_wrong_pull_token_fails_naming_deployment_pod_and_the_registrys_answer(checkout: Checkout) -> None:
    file = checkout.directory / "Pulumi.dev.yaml"
    overlay = checkout.directory / "sandbox.yaml"
    good, good_overlay = file.read_text(), overlay.read_text()
    stack = yaml.safe_load(good)
    stack["config"]["gke-webapp:workload"]["timeoutSeconds"] = 30
    file.write_text(yaml.safe_dump(stack))
    changes = yaml.safe_load(good_overlay)
    changes["config"]["gke-webapp:pullToken"] = {"secret": "not-the-token"}
    overlay.write_text(yaml.safe_dump(changes))
    checkout.edit("app/settings.py", "Hello again", "Hello, not pulled")
    try:
        done = checkout.run("up")
    finally:
        file.write_text(good)
        overlay.write_text(good_overlay)
        checkout.edit("app/settings.py", "Hello, not pulled", "Hello again")
    assert done.returncode == 1
    assert "Deployment" in done.stdout
    assert "ErrImagePull" in done.stdout or "ImagePullBackOff" in done.stdout
    assert "401" in done.stdout or "authorization failed" in done.stdout
    assert json.loads(checkout.curl("/", https=True)[1]) == {"message": "Hello again"}
    checkout.succeed("up")
    assert json.loads(checkout.curl("/", https=False)[1]) == {"message": "Hello again"}


def test_the_stack_survives_a_kill_of_everything(checkout: Checkout) -> None:
    for pid in filter(None, checkout.status()["processes"].values()):
        subprocess.run(["kill", "-9", str(pid)], check=False)
    checkout.succeed("up")
    assert checkout.curl("/ping", https=True) == (200, '"pong"')


def test_secrets_appear_nowhere(checkout: Checkout) -> None:
    credentials = json.loads((checkout.home / "credentials.json").read_text())
    kubeconfig_token = (checkout.home / "pki" / "admin.token").read_text().split(",")[0]
    plain = [credentials["registry_token"], credentials["passphrase"], kubeconfig_token, "not-the-token"]
    secrets = [*plain, *(base64.b64encode(secret.encode()).decode().rstrip("=") for secret in plain)]
    files = [
        checkout.directory / "transcript",
        *(checkout.home / "pulumi").rglob("*"),
        *(checkout.home / "projects").rglob("*"),
        *(checkout.home / "logs").iterdir(),
    ]
    for file in filter(Path.is_file, files):
        text = file.read_text(errors="replace")
        assert not [secret for secret in secrets if secret in text], f"a secret is in {file}"


def test_destroy_removes_everything(checkout: Checkout) -> None:
    output = checkout.succeed("destroy")
    assert "Ingress" in output
    assert not [item for item in checkout.objects("ns") if item["metadata"]["name"].startswith("gke-webapp")]
    left = checkout.objects("ingress,managedcertificate,backendconfig,deploy", "-A")
    assert not [item for item in left if item["metadata"]["namespace"] != "kube-system"]
    assert json.loads((checkout.home / "google.json").read_text()) == {}
    assert "resources" not in checkout.deployment()
    assert checkout.status()["resources"] == 0


def test_stop_leaves_nothing_behind(checkout: Checkout) -> None:
    checkout.succeed("stop")
    assert leftovers(checkout.home) == []
