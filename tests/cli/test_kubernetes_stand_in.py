"""The stand-in for the Kubernetes provider answers Check and Diff as the real provider does without a cluster.

Where the real one asks the cluster, nothing can be compared: whether a kind of custom resource lives in a namespace,
whether the API server accepts the object, what else changed the object since, and `pulumi.com/replaceUnready`.
"""

import asyncio
import json
import re
import subprocess
from collections.abc import Callable, Generator
from copy import deepcopy
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.graph.plugins.kubernetes.provider import Kubernetes
from sandbox.providers.plugin import Servicer
from sandbox.pulumi.installation import Installation
from tests.unit.providers.speech import Context, plain, struct, urn
from tests.unit.recording import record_stack

pytestmark = pytest.mark.cli

Object = dict[str, Any]

KUBECONFIG = json.dumps(
    {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
)
"""Of a cluster that does not answer."""


class Peer:
    """One provider, real or not, configured with a kubeconfig that leads nowhere."""

    def __init__(self, call: Callable[[str, Any], Any], **configuration: str) -> None:
        self.call = call
        variables = {f"kubernetes:config:{key}": value for key, value in configuration.items()}
        args = struct(configuration)
        request = provider_pb2.ConfigureRequest(variables=variables, args=args, acceptSecrets=True)
        self.call("Configure", request)

    def check(self, token: str, news: Object, olds: Object | None = None, name: str = "web") -> Object:
        seed = bytes(range(32))
        request = provider_pb2.CheckRequest(
            urn=urn(token, name), name=name, type=token, news=struct(news), olds=struct(olds or {}), randomSeed=seed
        )
        return plain(self.call("Check", request).inputs)

    def diff(self, token: str, old: Object, new: Object) -> tuple[dict[str, str], set[str], bool]:
        """The kinds of changes by path, the paths that replace, and whether the old object is deleted first."""
        state = {**old, "__inputs": old}
        request = provider_pb2.DiffRequest(
            id="id", urn=urn(token), type=token, olds=struct(state), old_inputs=struct(old), news=struct(new)
        )
        answer = self.call("Diff", request)
        kinds = {path: provider_pb2.PropertyDiff.Kind.Name(change.kind) for path, change in answer.detailedDiff.items()}
        return kinds, set(answer.replaces), answer.deleteBeforeReplace

    def diff_config(self, old: Object, new: Object) -> tuple[frozenset[str], frozenset[str]]:
        """The keys that change, and those that replace."""
        request = provider_pb2.DiffRequest(urn=urn("pulumi:providers:kubernetes"), olds=struct(old), news=struct(new))
        answer = self.call("DiffConfig", request)
        return frozenset(answer.diffs), frozenset(answer.replaces)


@pytest.fixture(params=["true", "false"])
def peers(request: pytest.FixtureRequest, installation: Installation) -> Generator[tuple[Peer, Peer]]:
    """The real provider and the stand-in, with Secrets and ConfigMaps that change in place or not."""
    settings = {f"enable{kind}Mutable": str(request.param) for kind in ("Secret", "ConfigMap")}
    plugin = subprocess.Popen(
        [installation.kubernetes_plugin, "127.0.0.1:1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"},
        text=True,
    )
    assert plugin.stdout is not None
    channel = grpc.insecure_channel(f"127.0.0.1:{plugin.stdout.readline().strip()}")
    stub = provider_pb2_grpc.ResourceProviderStub(channel)
    try:
        real = Peer(lambda method, sent: getattr(stub, method)(sent, timeout=30), kubeconfig=KUBECONFIG, **settings)
        yield real, Peer(call_stand_in(), kubeconfig=KUBECONFIG, **settings)
    finally:
        channel.close()
        plugin.kill()
        plugin.wait()
        plugin.stdout.close()


def call_stand_in() -> Callable[[str, Any], Any]:
    servicer = Servicer([], "1.2.3", Kubernetes(), "")
    return lambda method, request: asyncio.run(getattr(servicer, method)(request, Context()))


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Generator[tuple[str | int, ...]]:
    if isinstance(value, dict | list) and value:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))
    else:
        yield path


def altered(thing: Object, path: tuple[str | int, ...], value: Callable[[Any], Any]) -> Object:
    """The object with another value at a path; without what is there when that value is None."""
    copy = deepcopy(thing)
    place: Any = copy
    for key in path[:-1]:
        place = place[key]
    if (new := value(place[path[-1]])) is None:
        del place[path[-1]]
    else:
        place[path[-1]] = new
    return copy


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}1" if isinstance(value, str) else value


def gone(_value: Any) -> None:
    return None


def assert_same_diffs(token: str, inputs: Object, real: Peer, stand_in: Peer) -> None:
    """Each leaf of an object changed, and taken away, for itself; and put back."""
    old = real.check(token, inputs)
    assert stand_in.check(token, inputs) == old, token
    for path in leaves(inputs):
        if path[0] in ("apiVersion", "kind") or path == ("metadata",):
            continue
        for change in (other, gone):
            if change is gone and path == ("metadata", "name"):
                continue
            changed = altered(inputs, path, change)
            new = real.check(token, changed, old)
            assert stand_in.check(token, changed, old) == new, (token, path)
            for pair in ((old, new), (new, old)):
                assert stand_in.diff(token, *pair) == real.diff(token, *pair), (token, path, change.__name__)


@pytest.mark.parametrize("peers", ["true"], indirect=True)
@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_every_object_of_a_stack_and_every_change_of_it_is_judged_alike(stack: str, peers: tuple[Peer, Peer]) -> None:
    for recorded in record_stack(stack).custom:
        if recorded.type.startswith("kubernetes:"):
            assert_same_diffs(recorded.type, recorded.inputs, *peers)


def made(api_version: str, kind: str, **rest: Any) -> tuple[str, Object]:
    module = api_version if "/" in api_version else f"core/{api_version}"
    metadata = {"name": "web", "namespace": "shop", "labels": {"a": "b"}}
    return f"kubernetes:{module}:{kind}", {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}


POD = {
    "containers": [
        {"name": "a", "image": "a", "env": [{"name": "a", "value": "b"}], "resources": {"limits": {"cpu": "0.5"}}}
    ],
    "restartPolicy": "Never",
    "terminationGracePeriodSeconds": 30,
}
TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": POD}
SELECTOR = {"matchLabels": {"a": "b"}}
ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"}

KINDS = (
    made("v1", "Pod", spec=POD),
    made("v1", "Secret", type="Opaque", stringData={"a": "b"}),
    made("v1", "Secret", data={"a": "Yg=="}),
    made("v1", "Secret", data={"a": "Yg=="}, immutable=True),
    made("v1", "ConfigMap", data={"a": "b"}, binaryData={"b": "Yg=="}),
    made("v1", "ConfigMap", data={"a": "b"}, immutable=True),
    made("v1", "Service", spec={"clusterIP": "10.0.0.1", "ports": [{"port": 80, "targetPort": "http"}]}),
    made("v1", "PersistentVolume", spec={"capacity": {"storage": "1024Mi"}, "hostPath": {"path": "/a"}}),
    made(
        "v1",
        "PersistentVolumeClaim",
        spec={
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "a",
            "volumeName": "a",
            "selector": SELECTOR,
            "resources": {"requests": {"storage": "1Gi"}},
        },
    ),
    made("v1", "ResourceQuota", spec={"scopes": ["BestEffort"], "hard": {"pods": "1"}}),
    made(
        "apps/v1", "StatefulSet", spec={"serviceName": "a", "selector": SELECTOR, "template": TEMPLATE, "replicas": 1}
    ),
    made("apps/v1", "DaemonSet", spec={"selector": SELECTOR, "template": TEMPLATE}),
    made("batch/v1", "Job", spec={"completions": 1, "parallelism": 1, "backoffLimit": 1, "template": TEMPLATE}),
    made("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef=ROLE, subjects=[{"kind": "User", "name": "u"}]),
    made("storage.k8s.io/v1", "StorageClass", provisioner="p", parameters={"a": "b"}),
    made("example.com/v1", "Widget", spec={"limits": {"cpu": "0.5"}, "list": [{"a": 1}]}),
)


def test_every_kind_that_is_ever_replaced_is_replaced_by_the_same_changes(peers: tuple[Peer, Peer]) -> None:
    for token, inputs in KINDS:
        assert_same_diffs(token, inputs, *peers)


def test_a_generated_name_has_the_same_form_and_is_kept_until_the_object_is_replaced(peers: tuple[Peer, Peer]) -> None:
    token, inputs = made("v1", "ConfigMap", data={"a": "b"})
    del inputs["metadata"]["name"]
    changed = {**inputs, "data": {"a": "c"}}
    answers: list[Any] = []
    for peer in peers:
        named = peer.check(token, inputs)
        assert named["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}
        assert re.fullmatch(r"web-[0-9a-f]{8}", named["metadata"]["name"])
        kept = peer.check(token, changed, named)
        assert kept["metadata"] == named["metadata"]
        answers.append(peer.diff(token, named, kept))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("key", ["clusterIdentifier", "kubeconfig", "namespace", "enableSecretMutable"])
def test_another_cluster_replaces_what_is_in_the_old_one(key: str, peers: tuple[Peer, Peer]) -> None:
    other_cluster = KUBECONFIG.replace("127.0.0.1:1", "127.0.0.1:2")
    for identifier in ({}, {"clusterIdentifier": "a"}):
        old = {"kubeconfig": KUBECONFIG, "namespace": "a", "enableSecretMutable": "true", **identifier}
        new = {**old, key: other_cluster if key == "kubeconfig" else "b"}
        assert len({peer.diff_config(old, new) for peer in peers}) == 1, (identifier, key)
