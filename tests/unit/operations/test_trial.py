"""What was being created is read back in a copy of the state, which nobody else sees."""

import json
from pathlib import Path

import pytest

from operations.pulumi_cli import PulumiCli
from operations.trial import FIELD_MANAGER, read_back
from tests.unit.operations.executables import install

URN = "urn:pulumi:dev::demo::kubernetes:core/v1:Service::web"
CANDIDATE = {"urn": URN, "type": "kubernetes:core/v1:Service", "custom": True, "id": "dev/web", "inputs": {}}

PULUMI = """
directory="${PULUMI_BACKEND_URL#file://}"
stat -c %a "$directory" > asked
dirname "$PULUMI_OPTION_CONFIG_FILE" >> asked
echo "$directory" "$*" >> asked
[ "$1" = refresh ] || cat exported
"""


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PulumiCli:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    install(tmp_path, "pulumi", PULUMI)
    return PulumiCli(tmp_path, "organization/demo/dev")


def exported(directory: Path, *resources: dict[str, object]) -> None:
    (directory / "exported").write_text(json.dumps({"deployment": {"resources": resources}}))


def test_what_was_read_keeps_the_name_under_which_it_was_created(tmp_path: Path, pulumi: PulumiCli) -> None:
    managed = [{"manager": "kube-controller-manager"}, {"manager": "pulumi-kubernetes-1a2b"}]
    exported(tmp_path, {**CANDIDATE, "outputs": {FIELD_MANAGER: "random", "metadata": {"managedFields": managed}}})
    (found,) = read_back(pulumi, {}, [CANDIDATE])
    assert found["outputs"][FIELD_MANAGER] == "pulumi-kubernetes-1a2b"


def test_what_the_refresh_dropped_does_not_exist(tmp_path: Path, pulumi: PulumiCli) -> None:
    exported(tmp_path)
    assert read_back(pulumi, {}, [CANDIDATE]) == []


def test_the_predecessor_of_a_replacement_is_not_taken_for_it(tmp_path: Path, pulumi: PulumiCli) -> None:
    exported(tmp_path, {**CANDIDATE, "delete": True})
    assert read_back(pulumi, {}, [CANDIDATE]) == []


def test_the_copy_is_private_and_has_the_stacks_name_and_a_stack_file_of_its_own(
    tmp_path: Path, pulumi: PulumiCli
) -> None:
    exported(tmp_path)
    read_back(pulumi, {}, [CANDIDATE])
    mode, stack_file, asked = (tmp_path / "asked").read_text().splitlines()
    assert mode == "700"
    assert asked.startswith(f"{stack_file} ")
    assert "--stack dev" in asked
    assert not Path(stack_file).exists()
