"""Names, differences and previews of Kubernetes objects: none of it needs a cluster."""

import json
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.providers.kubernetes.naming import field_manager
from sandbox.providers.kubernetes.provider import KubernetesProvider
from sandbox.providers.values import UNKNOWN
from tests.unit.providers.speech import SECRET, Refused, Spoken, plain, secret, struct, urn

DEPLOYMENT = urn("kubernetes:apps/v1:Deployment")
NONE = provider_pb2.DiffResponse.DIFF_NONE


@pytest.fixture
def spoken() -> Spoken:
    return Spoken(KubernetesProvider())


def thing(kind: str = "Deployment", api_version: str = "apps/v1", name: str = "web", **fields: Any) -> dict[str, Any]:
    metadata = {"name": name, **fields.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


def test_a_nameless_object_gets_eight_random_hex_digits_and_keeps_them(spoken: Spoken) -> None:
    nameless = {"spec": {"replicas": 1}}
    first = plain(spoken.check(DEPLOYMENT, nameless).inputs)
    name = first["metadata"]["name"]
    assert name.startswith("web-")
    assert len(bytes.fromhex(name.removeprefix("web-"))) == 4
    assert first["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}
    second = plain(spoken.check(DEPLOYMENT, {"spec": {"replicas": 2}}, first).inputs)
    assert second["metadata"]["name"] == name
    assert second["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}


def test_a_name_that_the_program_drops_is_not_kept_as_if_it_were_generated(spoken: Spoken) -> None:
    old = plain(spoken.check(DEPLOYMENT, thing(spec={})).inputs)
    new = plain(spoken.check(DEPLOYMENT, {"spec": {}}, old).inputs)
    assert new["metadata"]["name"] != "web"


def test_a_given_name_stays_as_it_is(spoken: Spoken) -> None:
    checked = plain(spoken.check(DEPLOYMENT, thing(spec={})).inputs)
    assert checked["metadata"]["name"] == "web"
    assert "annotations" not in checked["metadata"]
    assert "labels" not in checked["metadata"]


def test_the_label_of_client_side_apply_is_kept_but_not_given_anew(spoken: Spoken) -> None:
    label = {"app.kubernetes.io/managed-by": "pulumi"}
    kept = plain(spoken.check(DEPLOYMENT, thing(), thing(metadata={"labels": label})).inputs)
    assert kept["metadata"]["labels"] == label
    without = plain(spoken.check(DEPLOYMENT, thing(), thing()).inputs)
    assert "labels" not in without["metadata"]


def test_unknown_metadata_and_names_pass_a_check(spoken: Spoken) -> None:
    assert plain(spoken.check(DEPLOYMENT, {"metadata": UNKNOWN}).inputs)["metadata"] == UNKNOWN
    named = spoken.check(DEPLOYMENT, {"metadata": {"name": UNKNOWN, "labels": UNKNOWN}})
    assert plain(named.inputs)["metadata"]["name"] == UNKNOWN


def test_the_providers_namespace_is_for_what_lives_in_one(spoken: Spoken) -> None:
    spoken.call("Configure", provider_pb2.ConfigureRequest(args=struct({"namespace": "team"})))
    assert plain(spoken.check(DEPLOYMENT, thing()).inputs)["metadata"]["namespace"] == "team"
    role = thing("ClusterRole", "rbac.authorization.k8s.io/v1")
    token = urn("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole")
    assert "namespace" not in plain(spoken.check(token, role).inputs)["metadata"]


def test_the_data_of_a_secret_is_secret_even_if_the_program_forgets_to_say_so(spoken: Spoken) -> None:
    checked = plain(spoken.check(urn("kubernetes:core/v1:Secret"), thing("Secret", "v1", stringData={"a": "b"})).inputs)
    assert SECRET in checked["stringData"].values()


def test_a_secret_deep_in_the_inputs_stays_the_only_secret(spoken: Spoken) -> None:
    env = [{"name": "A", "value": secret("s")}]
    checked = plain(spoken.check(DEPLOYMENT, thing(spec={"replicas": 1, "template": {"env": env}})).inputs)
    assert checked["spec"]["replicas"] == 1
    assert SECRET in checked["spec"]["template"]["env"].values()


def test_generate_name_is_refused_with_the_reason(spoken: Spoken) -> None:
    answer = spoken.check(DEPLOYMENT, {"metadata": {"generateName": "web-"}})
    assert [failure.property for failure in answer.failures] == ["metadata.generateName"]


def test_raising_the_replicas_is_one_update_at_its_path(spoken: Spoken) -> None:
    old, new = thing(spec={"replicas": 1.0}), thing(spec={"replicas": 2.0})
    diff = spoken.diff(DEPLOYMENT, old, new)
    assert {path: change.kind for path, change in diff.detailedDiff.items()} == {
        "spec.replicas": provider_pb2.PropertyDiff.UPDATE
    }
    assert not diff.replaces


@pytest.mark.parametrize(
    ("token", "old", "new", "path"),
    [
        (
            "apps/v1:Deployment",
            {"spec": {"selector": {"matchLabels": {"a": "1"}}}},
            {"spec": {"selector": {}}},
            "spec.selector.matchLabels",
        ),
        ("core/v1:Service", {"spec": {"clusterIP": "None"}}, {"spec": {}}, "spec.clusterIP"),
        ("batch/v1:Job", {"spec": {"template": {"a": 1}}}, {"spec": {"template": {"a": 2}}}, "spec.template.a"),
        ("apps/v1:StatefulSet", {"spec": {"serviceName": "a"}}, {"spec": {"serviceName": "b"}}, "spec.serviceName"),
        (
            "core/v1:PersistentVolumeClaim",
            {"spec": {"accessModes": ["a"]}},
            {"spec": {"accessModes": ["b"]}},
            "spec.accessModes[0]",
        ),
        (
            "core/v1:Pod",
            {"spec": {"containers": [{"image": "a"}]}},
            {"spec": {"containers": [{"image": "b"}]}},
            "spec.containers[0].image",
        ),
        (
            "rbac.authorization.k8s.io/v1:RoleBinding",
            {"roleRef": {"name": "a"}},
            {"roleRef": {"name": "b"}},
            "roleRef.name",
        ),
        ("storage.k8s.io/v1:StorageClass", {"provisioner": "a"}, {"provisioner": "b"}, "provisioner"),
        ("core/v1:ConfigMap", {"data": {"a": "1"}}, {"data": {"a": "2"}}, "data.a"),
        ("core/v1:Secret", {"stringData": {"a": "1"}}, {"stringData": {"a": "2"}}, "data.a"),
        (
            "apps/v1:Deployment",
            {"metadata": {"namespace": "a"}},
            {"metadata": {"namespace": "b"}},
            "metadata.namespace",
        ),
    ],
)
def test_what_cannot_be_changed_in_place_is_replaced(
    spoken: Spoken, token: str, old: dict[str, Any], new: dict[str, Any], path: str
) -> None:
    module, kind = token.split(":")
    version = module.removeprefix("core/")
    diff = spoken.diff(urn(f"kubernetes:{token}"), thing(kind, version, **old), thing(kind, version, **new))
    assert list(diff.replaces) == [path]


@pytest.mark.parametrize(
    ("token", "old", "new"),
    [
        ("apps/v1:Deployment", {"spec": {"template": {"a": 1}}}, {"spec": {"template": {"a": 2}}}),
        ("core/v1:Service", {"spec": {"ports": [{"port": 1}]}}, {"spec": {"ports": [{"port": 2}]}}),
        ("core/v1:ConfigMap", {"metadata": {"labels": {"a": "1"}}}, {"metadata": {"labels": {"a": "2"}}}),
        ("policy/v1:PodDisruptionBudget", {"spec": {"minAvailable": 1}}, {"spec": {"minAvailable": 2}}),
    ],
)
def test_what_can_be_changed_in_place_is_not_replaced(
    spoken: Spoken, token: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    module, kind = token.split(":")
    version = module.removeprefix("core/")
    diff = spoken.diff(urn(f"kubernetes:{token}"), thing(kind, version, **old), thing(kind, version, **new))
    assert diff.detailedDiff
    assert not diff.replaces


def test_a_mutable_config_map_is_updated_unless_the_object_itself_is_immutable(spoken: Spoken) -> None:
    spoken.call("Configure", provider_pb2.ConfigureRequest(args=struct({"enableConfigMapMutable": "true"})))
    token = urn("kubernetes:core/v1:ConfigMap")

    def replaces(**fields: Any) -> list[str]:
        old = thing("ConfigMap", "v1", data={"a": "1"}, **fields)
        return list(spoken.diff(token, old, thing("ConfigMap", "v1", data={"a": "2"}, **fields)).replaces)

    assert replaces() == []
    assert replaces(immutable=True) == ["data.a"]


def test_the_old_object_goes_first_only_when_the_new_one_needs_its_name(spoken: Spoken) -> None:
    def first(**metadata: Any) -> bool:
        old = thing(spec={"selector": {"a": 1}})
        new = thing(spec={"selector": {"a": 2}}, metadata=metadata)
        return spoken.diff(DEPLOYMENT, old, new).deleteBeforeReplace

    assert first()
    assert not first(name="other")
    assert not first(annotations={"pulumi.com/autonamed": "true"})


def test_leaving_out_the_default_namespace_is_no_change(spoken: Spoken) -> None:
    diff = spoken.diff(DEPLOYMENT, thing(metadata={"namespace": "default"}), thing())
    assert diff.changes == NONE


def test_string_data_and_data_of_the_same_content_are_no_change(spoken: Spoken) -> None:
    diff = spoken.diff(
        urn("kubernetes:core/v1:Secret"),
        thing("Secret", "v1", data=secret({"a": "aHVudGVyMg=="})),
        thing("Secret", "v1", stringData=secret({"a": "hunter2"})),
    )
    assert diff.changes == NONE


def test_an_unknown_name_asks_for_a_replacement_and_does_not_crash(spoken: Spoken) -> None:
    diff = spoken.diff(DEPLOYMENT, thing(), {**thing(), "metadata": {"name": UNKNOWN}})
    assert list(diff.replaces) == ["metadata.name"]
    assert not diff.deleteBeforeReplace


def test_a_preview_returns_the_inputs_without_a_cluster(spoken: Spoken) -> None:
    spoken.call("Configure", provider_pb2.ConfigureRequest(args=struct({"kubeconfig": UNKNOWN})))
    created = spoken.create(DEPLOYMENT, thing(spec={"replicas": 3}), preview=True)
    assert created.id == ""
    assert created.properties["spec"]["replicas"] == 3


def test_an_update_without_a_known_cluster_is_refused_clearly(spoken: Spoken) -> None:
    spoken.call("Configure", provider_pb2.ConfigureRequest(args=struct({"kubeconfig": UNKNOWN})))
    with pytest.raises(Refused, match="kubeconfig is not known yet"):
        spoken.create(DEPLOYMENT, thing())


def test_the_field_manager_tells_resources_apart_and_survives_a_restart() -> None:
    assert field_manager(DEPLOYMENT) == field_manager(DEPLOYMENT)
    assert field_manager(DEPLOYMENT) != field_manager(urn("kubernetes:apps/v1:Deployment", "other"))


def test_a_manifest_is_decoded_without_a_cluster(spoken: Spoken) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {n: null}\n---\n"
    request = provider_pb2.InvokeRequest(tok="kubernetes:yaml:decode", args=struct({"text": text}))
    answer = plain(getattr(spoken.call("Invoke", request), "return"))
    expected = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"n": None}}
    assert answer == {"result": [expected]}


def test_a_patch_keeps_the_name_it_is_given_and_needs_one(spoken: Spoken) -> None:
    token = urn("kubernetes:core/v1:NamespacePatch")
    checked = plain(spoken.check(token, {"kind": "Namespace", "metadata": {"name": "default"}}).inputs)
    assert (checked["kind"], checked["metadata"]) == ("Namespace", {"name": "default"})
    nameless = spoken.check(token, {"kind": "Namespace", "metadata": {"labels": {"a": "1"}}})
    assert [failure.property for failure in nameless.failures] == ["metadata.name"]


def test_a_patch_is_replaced_only_with_the_object_it_changes(spoken: Spoken) -> None:
    token = urn("kubernetes:core/v1:ConfigMapPatch")
    one, two = thing("ConfigMap", "v1", data={"a": "1"}), thing("ConfigMap", "v1", data={"a": "2"})
    assert list(spoken.diff(token, one, two).replaces) == []
    assert list(spoken.diff(token, one, thing("ConfigMap", "v1", "other")).replaces) == ["metadata.name"]


def test_an_expectation_that_nothing_can_meet_is_refused_before_anything_is_created(spoken: Spoken) -> None:
    wrong = thing(metadata={"annotations": {"pulumi.com/waitFor": "phase=Ready"}})
    assert "waitFor" in spoken.check(DEPLOYMENT, wrong).failures[0].property
    later = thing(metadata={"annotations": {"pulumi.com/waitFor": UNKNOWN}})
    assert not spoken.check(DEPLOYMENT, later).failures


def test_the_namespace_of_the_kubeconfigs_context_is_the_default(spoken: Spoken) -> None:
    document = json.loads(kubeconfig("https://a.example.com"))
    document["contexts"][0]["context"]["namespace"] = "team"
    spoken.call("Configure", provider_pb2.ConfigureRequest(args=struct({"kubeconfig": json.dumps(document)})))
    assert plain(spoken.check(DEPLOYMENT, thing()).inputs)["metadata"]["namespace"] == "team"


def test_functions_are_refused_by_name(spoken: Spoken) -> None:
    with pytest.raises(Refused, match="kubernetes:helm:template"):
        spoken.call("Invoke", provider_pb2.InvokeRequest(tok="kubernetes:helm:template"))


PROVIDER = urn("pulumi:providers:kubernetes")


def kubeconfig(server: str) -> str:
    return json.dumps(
        {
            "clusters": [{"name": "c", "cluster": {"server": server}}],
            "contexts": [{"name": "x", "context": {"cluster": "c"}}],
            "current-context": "x",
        }
    )


def replaced(spoken: Spoken, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    request = provider_pb2.DiffRequest(urn=PROVIDER, olds=struct(old), news=struct(new))
    return list(spoken.call("DiffConfig", request).replaces)


def test_another_cluster_replaces_everything_and_a_new_credential_nothing(spoken: Spoken) -> None:
    one, two = kubeconfig("https://one.example.com"), kubeconfig("https://two.example.com")
    assert replaced(spoken, {"kubeconfig": one}, {"kubeconfig": two}) == ["kubeconfig"]
    assert replaced(spoken, {"kubeconfig": one}, {"kubeconfig": one + "\n"}) == []
    assert replaced(spoken, {"kubeconfig": one}, {"kubeconfig": UNKNOWN}) == ["kubeconfig"]


def test_the_cluster_identifier_decides_alone_when_it_is_set(spoken: Spoken) -> None:
    one, two = kubeconfig("https://one.example.com"), kubeconfig("https://two.example.com")
    old = {"kubeconfig": one, "clusterIdentifier": "a"}
    assert replaced(spoken, old, {"kubeconfig": two, "clusterIdentifier": "a"}) == []
    assert replaced(spoken, old, {"kubeconfig": UNKNOWN, "clusterIdentifier": "a"}) == []
    assert replaced(spoken, old, {"kubeconfig": one, "clusterIdentifier": "b"}) == ["clusterIdentifier"]


def failures(spoken: Spoken, **config: Any) -> dict[str, str]:
    answer = spoken.call("CheckConfig", provider_pb2.CheckRequest(urn=PROVIDER, news=struct(config)))
    return {failure.property: failure.reason for failure in answer.failures}


def test_unknown_and_unsupported_settings_are_refused_together(spoken: Spoken) -> None:
    found = failures(spoken, kubconfig="x", helmReleaseSettings={"driver": "x"}, enableServerSideApply="false")
    assert set(found) == {"kubconfig", "helmReleaseSettings", "enableServerSideApply"}


def test_settings_may_come_from_the_environment(spoken: Spoken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", "false")
    assert set(failures(spoken)) == {"enableServerSideApply"}
    assert failures(spoken, enableServerSideApply="true") == {}


def test_rendering_means_no_cluster(spoken: Spoken) -> None:
    assert failures(spoken, renderYamlToDirectory="out", alwaysRender="true") == {}
    assert set(failures(spoken, renderYamlToDirectory="out", context="x")) == {"context"}
    assert set(failures(spoken, alwaysRender="true")) == {"alwaysRender"}
    assert replaced(spoken, {"renderYamlToDirectory": "a"}, {"renderYamlToDirectory": "b"}) == ["renderYamlToDirectory"]


def test_settings_of_the_published_provider_pass(spoken: Spoken) -> None:
    assert failures(spoken, kubeconfig=kubeconfig("https://a"), enableServerSideApply="true", __internal={}) == {}


@pytest.mark.parametrize("text", ["token: hunter2\n  bad: [", "{broken hunter2", "- hunter2\n- x\n"])
def test_a_broken_kubeconfig_is_reported_without_its_text(spoken: Spoken, text: str) -> None:
    reason = failures(spoken, kubeconfig=text)["kubeconfig"]
    assert "neither YAML nor JSON" in reason
    assert "hunter2" not in reason


def test_a_missing_context_is_reported_with_those_there_are(spoken: Spoken) -> None:
    reason = failures(spoken, kubeconfig=kubeconfig("https://a"), context="y")["kubeconfig"]
    assert "no context 'y'" in reason
    assert "x" in reason.rpartition("one of")[2]
