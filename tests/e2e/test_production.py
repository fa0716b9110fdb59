"""What staging and prod ask of a real API server, in order: each test goes on where the one before it ended.

Staging builds its image here, so that nothing of this depends on the dev stack.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Checkout
from tests.e2e.traffic import Traffic
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e

STAYING, COMING = "staging.example.com", "staging.example.net"
SMALL = {"drainSeconds": 3, "timeoutSeconds": 90}
SECRET = "canary-of-a-variable-7c21"
CHANGED: dict[str, dict[str, Any]] = {
    "staging": {
        "image": {"promotedFrom": None},
        "workload": {
            **SMALL,
            "scaling": {"minimum": 1, "maximum": 2, "cpuPercent": 60},
            "migration": {"command": ["python3", "-c", "print('tables are made')"]},
            "cronJobs": {"nightly": {"schedule": "@daily", "command": ["python3", "-c", "pass"]}},
            "variables": {"COLOUR": "blue"},
            "googleRoles": ["roles/storage.objectViewer"],
        },
    },
    "prod": {
        "workload": {
            **SMALL,
            "scaling": {"minimum": 2, "maximum": 3},
            "requests": {"cpu": "20m", "memory": "64Mi", "ephemeralStorage": "64Mi"},
        },
        "ingress": {"kind": "gateway"},
    },
}
"""What differs from the stack files: less patience and fewer processors, and options that they do not use."""


@dataclass(frozen=True)
class Stack:
    """A stack of the project at the root, in a checkout whose stack files may change."""

    checkout: Checkout
    name: str

    @property
    def namespace(self) -> str:
        return f"gke-webapp-{self.name}"

    def change(self, changes: Mapping[str, Any]) -> None:
        """Merge keys into the stack file, mapping by mapping; None removes one."""
        path = self.checkout.directory / f"Pulumi.{self.name}.yaml"
        stack = yaml.safe_load(path.read_text())
        for key, value in changes.items():
            stack["config"][f"gke-webapp:{key}"] = merged(stack["config"].get(f"gke-webapp:{key}"), value)
        path.write_text(yaml.safe_dump(stack))

    def run(self, operation: str, *options: str) -> subprocess.CompletedProcess[str]:
        return self.checkout.run(operation, "--stack", self.name, *options)

    def succeed(self, operation: str, *options: str) -> str:
        done = self.run(operation, *options)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def changed(self) -> list[str]:
        """Types of what a preview would change."""
        return sorted({step["type"].rpartition(":")[2] for step in self.checkout.changes("--stack", self.name)})

    def status(self) -> dict[str, Any]:
        return json.loads(self.succeed("status", "--json"))

    def objects(self, kind: str) -> list[dict[str, Any]]:
        return self.checkout.objects(kind, "--namespace", self.namespace)

    def one(self, kind: str) -> dict[str, Any]:
        (found,) = self.objects(kind)
        return found

    def serving(self) -> list[dict[str, Any]]:
        """The pods of the Deployment that are not ending."""
        pods = self.checkout.objects("pods", "--namespace", self.namespace, "-l", "app.kubernetes.io/name=gke-webapp")
        return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]

    def traffic(self, host: str, rate: float = 20, *, threads: int = 1, reconnect: bool = True) -> Traffic:
        """Visitors of the stack's static address."""
        status = self.status()
        return Traffic(host, status["address"], status["ca"], rate=rate, threads=threads, reconnect=reconnect)

    def asked(self) -> tuple[int, dict[str, Any]]:
        """Exit code and findings of `python -m operations status`."""
        command = [sys.executable, "-m", "operations", "status", "--json", "--stack", self.name]
        environment = {**os.environ, **self.checkout.variables}
        directory = self.checkout.directory
        done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def ask(self, host: str, scheme: str) -> tuple[int, str]:
        """Status, and where it redirects to, of a GET."""
        status = self.status()
        port = 443 if scheme == "https" else 80
        format_ = "%{http_code} %{redirect_url}"
        asked = [f"{scheme}://{host}/", "--resolve", f"{host}:{port}:{status['address']}", "--cacert", status["ca"]]
        command = ["curl", "--silent", "--max-time", "10", "--output", "/dev/null", "--write-out", format_, *asked]
        code, _, location = subprocess.run(command, capture_output=True, text=True, check=False).stdout.partition(" ")
        return int(code), location


def merged(old: Any, new: Any) -> Any:
    if not isinstance(new, dict):
        return new
    both = {**(old if isinstance(old, dict) else {}), **new}
    return {
        key: merged(old.get(key) if isinstance(old, dict) else None, value) if key in new else value
        for key, value in both.items()
        if value is not None
    }


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture(scope="module")
def stacks(checkout: Checkout) -> Iterator[dict[str, Stack]]:
    """Both, edited; gone at the end, with their stack files as they were."""
    files = {name: checkout.directory / name for name in ("Pulumi.staging.yaml", "Pulumi.prod.yaml", "sandbox.yaml")}
    before = {path: path.read_text() for path in files.values()}
    made = {name: Stack(checkout, name) for name in CHANGED}
    try:
        overlay = yaml.safe_load(before[files["sandbox.yaml"]])
        overlay["config"]["gke-webapp:secretVariables"] = {"PASSWORD": {"secret": SECRET}}
        files["sandbox.yaml"].write_text(yaml.safe_dump(overlay))
        for name, changes in CHANGED.items():
            made[name].change(changes)
        yield made
    finally:
        for stack in reversed(made.values()):
            if stack.status()["resources"]:
                stack.change({"cluster": {"deletionProtection": False}, "image": {"promotedFrom": None}})
                stack.run("destroy")
            if stack.status()["resources"]:
                stack.run("up")
                stack.run("destroy")
        for path, text in before.items():
            path.write_text(text)


@pytest.fixture(scope="module")
def staging(stacks: dict[str, Stack]) -> Stack:
    stacks["staging"].succeed("up")
    return stacks["staging"]


@pytest.fixture(scope="module")
def prod(stacks: dict[str, Stack]) -> Stack:
    return stacks["prod"]


def test_the_api_server_admits_everything_that_a_stack_can_ask_for(staging: Stack) -> None:
    (everyone,) = [each["spec"] for each in staging.objects("networkpolicy") if not each["spec"]["podSelector"]]
    assert "Ingress" in everyone["policyTypes"] and "ingress" not in everyone, "nobody is let in by default"
    assert staging.one("podmonitoring")["spec"]["endpoints"][0]["port"] == "metrics"
    assert staging.one("cronjob")["spec"]["schedule"] == "@daily"
    assert staging.one("poddisruptionbudget")["spec"]["maxUnavailable"] == 1
    accounts = {each["metadata"]["name"]: each["metadata"] for each in staging.objects("serviceaccount")}
    account = accounts["gke-webapp"]["annotations"]["iam.gke.io/gcp-service-account"]
    assert account.startswith("gke-webapp-staging-app@sandbox-project.")


def test_the_namespace_runs_our_pods_and_refuses_a_privileged_one(staging: Stack) -> None:
    privileged = {"containers": [{"name": "x", "image": "x:1", "securityContext": {"privileged": True}}]}
    manifest = staging.checkout.directory / "privileged.json"
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": staging.namespace}}
    manifest.write_text(json.dumps({**pod, "spec": privileged}))
    with pytest.raises(subprocess.CalledProcessError) as refused:
        staging.checkout.kubectl("create", "--dry-run=server", "--filename", str(manifest))
    assert 'violates PodSecurity "restricted:latest": privileged' in refused.value.stderr
    assert {pod["status"]["phase"] for pod in staging.serving()} == {"Running"}


def test_the_migration_is_over_before_the_first_pod_of_the_app_is_made(staging: Stack) -> None:
    job = staging.one("job")
    done = moment(job["status"]["completionTime"])
    assert all(moment(pod["metadata"]["creationTimestamp"]) >= done for pod in staging.serving())
    name = job["metadata"]["name"]
    assert "tables are made" in staging.checkout.kubectl("logs", f"job/{name}", "--namespace", staging.namespace)


def test_load_brings_a_second_pod_and_the_next_up_leaves_the_number_alone(staging: Stack) -> None:
    assert staging.one("deployment")["spec"]["replicas"] == 1
    with staging.traffic(STAYING, 300, threads=3, reconnect=False) as visitors:
        until(lambda: staging.one("deployment")["spec"]["replicas"] == 2, 120, "the autoscaler adds a pod")
        until(lambda: staging.one("deployment")["status"].get("readyReplicas") == 2, 60, "the second pod is ready")
    assert visitors.failures == []
    staging.change({"workload": {"cronJobs": {"nightly": {"schedule": "@weekly"}}}})
    assert staging.changed() == ["CronJob"]
    staging.succeed("up")
    assert staging.one("deployment")["spec"]["replicas"] == 2
    assert staging.one("horizontalpodautoscaler")["status"]["desiredReplicas"] == 2


def test_a_drain_may_take_one_pod_and_not_the_next(staging: Stack) -> None:
    first, second = (pod["metadata"]["name"] for pod in staging.serving())
    evict(staging, first)
    with pytest.raises(subprocess.CalledProcessError) as refused:
        evict(staging, second)
    assert "would violate the pod's disruption budget" in refused.value.stderr
    until(lambda: staging.one("poddisruptionbudget")["status"]["disruptionsAllowed"], 60, "a pod may go again")


def evict(stack: Stack, pod: str) -> None:
    """Ask the API server as `kubectl drain` does."""
    eviction = stack.checkout.directory / "eviction.json"
    metadata = {"name": pod, "namespace": stack.namespace}
    eviction.write_text(json.dumps({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}))
    path = f"/api/v1/namespaces/{stack.namespace}/pods/{pod}/eviction"
    stack.checkout.kubectl("create", "--raw", path, "--filename", str(eviction))


def test_nodes_of_another_kind_are_a_pool_of_another_name_and_nothing_else_changes(staging: Stack) -> None:
    before = google(staging, "nodePools")
    staging.change({"cluster": {"nodePools": {"nodes": {"spot": False}}}})
    assert staging.changed() == ["NodePool"]
    with staging.traffic(STAYING) as visitors:
        staging.succeed("up")
    assert visitors.failures == []
    assert len(google(staging, "nodePools") - before) == len(google(staging, "nodePools")) == 1


def google(stack: Stack, collection: str) -> set[str]:
    """Names of the resources of a stack in a collection of the simulated Google."""
    recorded = json.loads((stack.checkout.home / "google.json").read_text())
    return {name for name in recorded if f"/{collection}/" in name and stack.namespace in name}


def test_http_is_redirected_by_the_update_that_finds_the_certificate_active(staging: Stack) -> None:
    until(lambda: staging.ask(STAYING, "https") == (200, ""), 60, "the domain has its certificate")
    assert staging.ask(STAYING, "http") == (200, "")
    assert staging.changed() == [], "a preview that does not refresh knows of no certificate"
    with staging.traffic(STAYING) as visitors:
        staging.succeed("up", "--refresh")
        until(lambda: staging.ask(STAYING, "http") == (301, f"https://{STAYING}/"), 30, "HTTP is redirected")
    assert visitors.failures == []
    assert staging.changed() == []


@pytest.mark.parametrize(
    ("version", "accepted"), [("tls1", False), ("tls1_1", False), ("tls1_2", True), ("tls1_3", True)]
)
def test_a_client_that_speaks_nothing_newer_than_tls_1_1_is_turned_away(
    staging: Stack, version: str, accepted: bool
) -> None:
    where = ["-connect", f"{staging.status()['address']}:443", "-servername", STAYING]
    command = ["openssl", "s_client", *where, f"-{version}", "-cipher", "ALL@SECLEVEL=0"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == accepted, done.stdout + done.stderr
    assert ("alert protocol version" in done.stderr) != accepted


def test_a_domain_comes_and_another_goes_and_no_visitor_of_the_one_that_stays_notices(staging: Stack) -> None:
    with staging.traffic(STAYING) as visitors:
        staging.change({"domains": [STAYING, COMING]})
        staging.succeed("up")
        assert staging.ask(STAYING, "http")[0] == 301, "the new certificate does not end the redirect"
        until(lambda: staging.ask(COMING, "https") == (200, ""), 60, "the new domain has its certificate")
    assert visitors.failures == []
    assert visitors.answered > 20
    with staging.traffic(COMING) as visitors:
        staging.change({"domains": [COMING]})
        staging.succeed("up")
    assert visitors.failures == []
    assert visitors.answered > 20
    assert [each["spec"]["domains"] for each in staging.objects("managedcertificate")] == [[COMING]]
    assert staging.ask(STAYING, "https")[0] == 0
    assert staging.ask(COMING, "http") == (301, f"https://{COMING}/")


def test_changed_variables_roll_the_pods_and_fail_no_request(staging: Stack) -> None:
    before = {pod["metadata"]["uid"] for pod in staging.serving()}
    staging.change({"workload": {"variables": {"COLOUR": "green"}}})
    with staging.traffic(COMING) as visitors:
        staging.succeed("up")
    assert visitors.failures == []
    assert not before & {pod["metadata"]["uid"] for pod in staging.serving()}
    held = {name for pod in staging.serving() for name in held_by(pod)}
    maps = {each["metadata"]["name"]: each.get("data") for each in staging.objects("configmap")}
    secrets = {each["metadata"]["name"] for each in staging.objects("secret")}
    assert {"COLOUR": "green"} in [maps.get(name) for name in held]
    assert {"COLOUR": "blue"} not in maps.values(), "the old one is gone with the last pod that held it"
    assert held & secrets, "the Secret of the variables is read, too"


def held_by(pod: Mapping[str, Any]) -> Iterator[str]:
    for source in pod["spec"]["containers"][0]["envFrom"]:
        yield next(iter(source.values()))["name"]


def test_a_failed_migration_stops_the_rollout_names_its_job_and_the_old_version_serves_on(staging: Stack) -> None:
    before = {pod["metadata"]["uid"] for pod in staging.serving()}
    failing = ["python3", "-c", "raise SystemExit('the column is there already')"]
    good = CHANGED["staging"]["workload"]["migration"]
    staging.change({"workload": {"migration": {"command": failing, "retries": 0}, "variables": {"COLOUR": "red"}}})
    with staging.traffic(COMING) as visitors:
        done = staging.run("up")
    staging.change({"workload": {"migration": {**good, "retries": None}, "variables": {"COLOUR": "green"}}})
    assert done.returncode == 1
    assert "kubernetes:batch/v1:Job" in done.stdout
    assert visitors.failures == []
    assert {pod["metadata"]["uid"] for pod in staging.serving()} == before
    staging.succeed("up")
    assert {pod["metadata"]["uid"] for pod in staging.serving()} == before, "going back is no rollout"


def test_prod_refuses_an_image_that_staging_does_not_run(prod: Stack, staging: Stack) -> None:
    stranger = f"sha256:{'0' * 64}"
    prod.change({"image": {"digest": stranger}})
    done = prod.run("up")
    prod.change({"image": {"digest": None}})
    assert done.returncode == 1
    assert (
        f"image.digest = {stranger}: staging runs {staging.status()['outputs']['image'].split('@')[1]}" in done.stdout
    )
    assert "Traceback" not in done.stdout
    assert not [each for each in prod.checkout.objects("namespace") if each["metadata"]["name"] == prod.namespace]


def test_prod_runs_what_staging_runs_behind_a_gateway_on_its_own_address(prod: Stack, staging: Stack) -> None:
    prod.succeed("up")
    status = prod.status()
    assert status["outputs"]["image"] == staging.status()["outputs"]["image"]
    until(lambda: len(prod.serving()) == 2, 60, "the autoscaler brings the pods to their minimum")
    assert {pod["spec"]["containers"][0]["image"] for pod in prod.serving()} == {status["outputs"]["image"]}
    assert status["address"] != staging.status()["address"]
    assert prod.one("gateway")["status"]["addresses"] == [{"type": "IPAddress", "value": status["address"]}]
    assert prod.objects("ingress") == []
    for domain in status["outputs"]["domains"]:
        assert prod.ask(domain, "http")[0] == prod.ask(domain, "https")[0] == 200


def test_unchanged_stacks_change_nothing(staging: Stack, prod: Stack) -> None:
    assert staging.changed() == prod.changed() == []


def test_whether_a_stack_is_up_is_told_without_kubectl(staging: Stack, prod: Stack) -> None:
    for stack, front in ((staging, "Ingress"), (prod, "Gateway")):
        # A pod that the autoscaler adds is waited for like any other.
        until(lambda stack=stack: stack.asked()[0] == 0, 90, f"{stack.name} is up")
        _, told = stack.asked()
        assert told["up"]
        assert {"Deployment", "HorizontalPodAutoscaler", front} <= {part["kind"] for part in told["parts"]}


PROBE = "/spec/template/spec/containers/0/readinessProbe"
BREAKS = {
    "certificate": (["delete", "managedcertificate", "--all"], "ManagedCertificate", r"does not exist"),
    "image": (
        ["set", "image", "deployment/gke-webapp", "*=localhost:5044/nobody:1"],
        "Deployment",
        r"Err\w*Pull|BackOff",
    ),
    "probe": (
        [
            *("patch", "deployment", "gke-webapp", "--type=json", "--patch"),
            f'[{{"op": "replace", "path": "{PROBE}/httpGet/path", "value": "/no"}}]',
        ],
        "Deployment",
        r"Readiness probe failed.*404",
    ),
}
"""What kubectl does to a stack, and where and how status tells of it."""


@pytest.mark.parametrize("name", BREAKS)
def test_why_a_stack_is_not_up_is_told_without_kubectl(staging: Stack, name: str) -> None:
    harm, kind, reason = BREAKS[name]
    staging.checkout.kubectl("--namespace", staging.namespace, *harm)

    def told() -> bool:
        code, found = staging.asked()
        parts = [part for part in found["parts"] if part["kind"] == kind and not part["up"]]
        return code == 1 and not found["up"] and bool(re.search(reason, json.dumps(parts)))

    until(told, 90, f"status tells of the {name}")
    if kind == "Deployment":
        staging.checkout.kubectl("--namespace", staging.namespace, "rollout", "undo", "deployment/gke-webapp")


def test_secret_variables_are_in_no_output_and_no_state(staging: Stack) -> None:
    states = [staging.checkout.checkpoint(stack=stack) for stack in CHANGED]
    for file in (staging.checkout.directory / "transcript", *states):
        assert SECRET not in file.read_text()


def test_a_protected_stack_refuses_to_be_destroyed_and_serves_on(prod: Stack) -> None:
    resources = prod.status()["resources"]
    before = {pod["metadata"]["uid"] for pod in prod.serving()}
    done = prod.run("destroy")
    assert done.returncode == 1
    assert "cannot be deleted" in done.stdout and "because it is protected" in done.stdout
    assert prod.status()["resources"] == resources
    assert {pod["metadata"]["uid"] for pod in prod.serving()} == before


def test_other_ranges_are_refused_by_a_protected_stack_before_anything_is_deleted(prod: Stack) -> None:
    before = {pod["metadata"]["uid"] for pod in prod.serving()}
    prod.change({"network": {"nodes": "10.1.0.0/20"}})
    done = prod.run("up")
    prod.change({"network": {"nodes": "10.0.0.0/20"}})
    assert done.returncode == 1
    assert "marked for protection" in done.stdout
    assert {pod["metadata"]["uid"] for pod in prod.serving()} == before


def test_other_ranges_replace_subnet_and_cluster_by_one_up_and_the_address_stays(staging: Stack) -> None:
    status, before = staging.status(), {pod["metadata"]["uid"] for pod in staging.serving()}
    staging.change({"network": {"nodes": "10.1.0.0/20"}})
    staging.succeed("up")
    assert not before & {pod["metadata"]["uid"] for pod in staging.serving()}
    assert staging.status()["address"] == status["address"]
    until(lambda: staging.ask(status["outputs"]["domains"][0], "https")[0] == 200, 60, "the new cluster serves")


def test_destroy_leaves_nothing_of_either(prod: Stack, staging: Stack) -> None:
    prod.change({"cluster": {"deletionProtection": False}})
    prod.succeed("up")
    for stack in (prod, staging):
        stack.succeed("destroy")
        assert stack.status()["resources"] == 0
        assert "Nothing of" in stack.checkout.succeed("audit", "--stack", stack.name)
    namespaces = {each["metadata"]["name"] for each in prod.checkout.objects("namespace")}
    assert not namespaces & {prod.namespace, staging.namespace}
    google = json.loads((prod.checkout.home / "google.json").read_text())
    assert [name for name in google if prod.namespace in name or staging.namespace in name] == []
