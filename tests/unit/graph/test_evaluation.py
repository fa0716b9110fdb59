"""Evaluating two revisions of a program without cloud, cluster or credential."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.diff.risk import findings
from sandbox.errors import SandboxError
from sandbox.graph.isolation import Request
from sandbox.graph.isolation import evaluated as isolated
from sandbox.graph.worker import Evaluated
from tests.unit.graph.conftest import Write

Evaluate = Callable[..., Evaluated]


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
    with pytest.raises(SandboxError, match=r"(?s)^Stack dev cannot be evaluated.*no such colour"):
        evaluated(write("base"), broken)
    with pytest.raises(SandboxError, match=r"(?s)because the base fails.*no such colour"):
        evaluated(broken, None)


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
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/canary")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "canary")
    more = (
        "import os\n"
        'pulumi.CustomResource("gcp:compute/address:Address", "e", {"name": "e", '
        '"labels": {key: value for key, value in os.environ.items()}}, google)\n'
        "print('what a program prints is not the result')\n"
    )
    found = isolated([Request("dev", after=write("head", more=more))])[0]
    assert found.after is not None
    seen = next(node for node in found.after.nodes if node.name == "e").inputs["labels"]
    assert "canary" not in str(seen)
    assert seen["PATH"] == ""
