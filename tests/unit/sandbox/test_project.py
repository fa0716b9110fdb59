from pathlib import Path

import pytest

from sandbox import configuration
from sandbox.errors import SandboxError
from sandbox.project import Project, Secret

VALUES = {"registry.address": "localhost:1", "registry.token": "canary"}


def test_a_project_is_found_by_its_directory_or_by_the_name_of_an_example(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.project.EXAMPLES", tmp_path.parent)
    assert Project.find(str(tmp_path)) == Project.find(tmp_path.name) == project
    with pytest.raises(SandboxError, match=f"'elsewhere' is neither .* There are: .*{tmp_path.name}"):
        Project.find("elsewhere")


def test_the_overlay_lies_over_the_stack_file_and_that_over_the_projects_defaults(project: Project) -> None:
    assert project.configuration("dev", VALUES).values == {
        "shop:colour": "red",
        "pulumi:disable-default-providers": ["*"],
        "shop:size": 3,
        "shop:open": True,
        "shop:image": {"repository": "localhost:1/shop", "cached": True},
        "shop:token": Secret("v1:abc", encrypted=True),
        "shop:password": Secret("canary", encrypted=False),
    }


def test_the_clis_stack_file_holds_every_secret_encrypted_anew(project: Project) -> None:
    content = configuration.for_cli(
        project.configuration("dev", VALUES), lambda text: f"opened {text}", lambda text: f"sealed {text}", "v1:new"
    )
    assert content["encryptionsalt"] == "v1:new"
    assert content["config"]["shop:token"] == {"secure": "sealed opened v1:abc"}
    assert content["config"]["shop:password"] == {"secure": "sealed canary"}
    assert content["config"]["shop:size"] == 3


def test_an_unknown_stack_is_refused_with_those_there_are(project: Project) -> None:
    with pytest.raises(SandboxError, match=r"no stack 'staging'.*dev, prod"):
        project.configuration("staging", VALUES)


def test_a_stack_file_that_is_no_yaml_is_refused_by_name(project: Project) -> None:
    (project.directory / "Pulumi.dev.yaml").write_text("config: [")
    with pytest.raises(SandboxError, match=r"Pulumi\.dev\.yaml is not YAML"):
        project.configuration("dev", VALUES)


def test_a_directory_without_a_project_file_is_refused(project: Project) -> None:
    with pytest.raises(SandboxError, match="no Pulumi project"):
        _ = Project(project.directory / "elsewhere").name


def test_a_secret_does_not_show_in_messages() -> None:
    assert "canary" not in repr({"token": Secret("canary", encrypted=False)})


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("Pulumi.yaml", "runtime: python\n", "has no `name`"),
        ("Pulumi.yaml", "name: shop\nconfig: [1]\n", r"`config` in .*Pulumi\.yaml must hold a mapping"),
        ("Pulumi.dev.yaml", "config: [1]\n", r"`config` in .*Pulumi\.dev\.yaml must hold a mapping"),
        ("sandbox.yaml", "config: {a: ['${nothing}']}\n", r"\$\{nothing\} in sandbox\.yaml stands for nothing"),
    ],
)
def test_a_file_of_another_shape_is_refused_by_name(project: Project, file: str, text: str, message: str) -> None:
    (project.directory / file).write_text(text)
    with pytest.raises(SandboxError, match=message):
        project.configuration("dev", VALUES)


def test_a_project_file_with_an_empty_config_has_no_defaults(project: Project) -> None:
    (project.directory / "Pulumi.yaml").write_text("name: shop\nconfig:\n")
    assert "shop:colour" not in project.configuration("dev", VALUES).values
