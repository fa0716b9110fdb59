"""`docker.Image` through the provider's gRPC methods, with a builder that only takes notes."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime.proto import provider_pb2

from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.providers.docker.provider import DockerProvider
from sandbox.providers.plugin import Servicer
from sandbox.providers.values import UNKNOWN, decode, encode
from sandbox.registry.buildah import Buildah
from sandbox.registry.login import Login

URN = "urn:pulumi:dev::project::project:images:Image$docker:index/image:Image::app"


class Recorder(Buildah):
    """Builds nothing."""

    def __init__(self, directory: Path) -> None:
        super().__init__(Home(directory / "home", directory / "cache"))
        self.built: list[dict[str, Any]] = []
        self.pushed: list[tuple[str, Collection[Login]]] = []

    def build(self, name: str, context: Path, dockerfile: Path, **options: Any) -> None:
        self.built.append({"name": name, "context": context, "dockerfile": dockerfile, **options})

    def push(self, name: str, logins: Collection[Login] = ()) -> str:
        self.pushed.append((name, logins))
        return "sha256:abc"

    def identifier(self, name: str) -> str:
        return f"sha256:id-of-{name}"


class AbortedError(Exception):
    """The call ended with this gRPC status."""


class Context:
    """The part of a gRPC context that a servicer uses."""

    async def abort(self, code: Any, details: str) -> None:
        raise AbortedError(f"{code.name}: {details}")


class Engine:
    """Calls the provider as an engine does."""

    def __init__(self, buildah: Buildah) -> None:
        self.servicer: Any = Servicer([], "5.1.1", DockerProvider(buildah), "none")

    def check(self, urn: str = URN, **inputs: Any) -> tuple[dict[str, Any], dict[str, str]]:
        """The checked inputs, and the failures by property."""
        request = provider_pb2.CheckRequest(urn=urn, news=marshal(inputs))
        response = asyncio.run(self.servicer.Check(request, Context()))
        failures = {failure.property: failure.reason for failure in response.failures}
        return decode(PropertyValue.unmarshal_map(response.inputs)), failures

    def create(self, preview: bool = False, **inputs: Any) -> dict[str, Any]:
        checked, failures = self.check(**inputs)
        assert not failures
        request = provider_pb2.CreateRequest(urn=URN, properties=marshal(checked), preview=preview)
        response = asyncio.run(self.servicer.Create(request, Context()))
        return {"id": response.id, **decode(PropertyValue.unmarshal_map(response.properties))}

    def diff(self, old: dict[str, Any], **inputs: Any) -> provider_pb2.DiffResponse:
        checked, _ = self.check(**inputs)
        request = provider_pb2.DiffRequest(urn=URN, id="app", olds=marshal(old), news=marshal(checked))
        return asyncio.run(self.servicer.Diff(request, Context()))


def marshal(inputs: dict[str, Any]) -> Any:
    """The inputs on the wire, the registry's password as the secret it is."""
    return PropertyValue.marshal_map(encode(inputs, {"registry": PropertyValue({"password": secret()})}))


def secret() -> PropertyValue:
    return PropertyValue("canary").with_secret(True)


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Works in a project with the build context `app`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Dockerfile").write_text("FROM scratch")
    return Recorder(tmp_path)


@pytest.fixture
def engine(recorder: Recorder) -> Engine:
    return Engine(recorder)


NAME = "registry.example.com/team/app:1"
REGISTRY = {"server": "registry.example.com", "username": "someone", "password": "canary-token"}


def image(**changes: Any) -> dict[str, Any]:
    return {"imageName": NAME, "build": {"context": "app"}, "registry": REGISTRY, **changes}


def test_a_new_image_is_built_pushed_and_known_by_its_digest(engine: Engine, recorder: Recorder):
    made = engine.create(**image())
    assert made["repoDigest"] == "registry.example.com/team/app@sha256:abc"
    assert made["id"] == NAME
    assert [build["name"] for build in recorder.built] == [NAME]
    assert recorder.pushed == [(NAME, (Login("registry.example.com", "someone", "canary-token"),))]


def test_the_digest_of_a_registry_with_a_port_names_it(engine: Engine):
    made = engine.create(**image(imageName="localhost:5000/app:1"))
    assert made["repoDigest"] == "localhost:5000/app@sha256:abc"


def test_build_arguments_target_platform_and_network_reach_the_builder(engine: Engine, recorder: Recorder):
    build = {
        "context": "app",
        "args": {"A": "b"},
        "target": "final",
        "platform": "linux/arm64",
        "network": "none",
    }
    engine.create(**image(build=build))
    assert recorder.built[0]["arguments"] == {"A": "b"}
    assert set(recorder.built[0]["options"]) == {"--target=final", "--platform=linux/arm64", "--network=none"}


def test_an_image_that_is_not_pushed_is_known_by_its_local_id(engine: Engine, recorder: Recorder):
    assert engine.create(**image(skipPush=True))["repoDigest"] == f"sha256:id-of-{NAME}"
    assert not recorder.pushed


def test_the_password_is_no_part_of_the_outputs(engine: Engine):
    assert "canary" not in str(engine.create(**image()))


def test_a_preview_builds_nothing_and_leaves_the_digest_unknown(engine: Engine, recorder: Recorder):
    previewed = engine.create(preview=True, **image())
    assert previewed["repoDigest"] == UNKNOWN
    assert previewed["imageName"] == NAME
    assert not recorder.built


def test_a_preview_builds_when_asked_to_but_never_pushes(engine: Engine, recorder: Recorder):
    assert engine.create(preview=True, **image(buildOnPreview=True))["repoDigest"] == UNKNOWN
    assert recorder.built
    assert not recorder.pushed


@pytest.mark.parametrize("unknown", [{"imageName": UNKNOWN}, {"build": UNKNOWN}, {"build": {"context": UNKNOWN}}])
def test_a_preview_with_unknown_inputs_builds_nothing(engine: Engine, recorder: Recorder, unknown: dict[str, Any]):
    assert engine.create(preview=True, **image(buildOnPreview=True, **unknown))["repoDigest"] == UNKNOWN
    assert not recorder.built


def test_the_same_inputs_are_no_change(engine: Engine):
    assert engine.diff(engine.create(**image()), **image()).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_new_password_is_no_change(engine: Engine):
    renewed = {**REGISTRY, "password": "another", "username": "other"}
    difference = engine.diff(engine.create(**image()), **image(registry=renewed))
    assert difference.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_changed_file_is_an_update_in_place(engine: Engine):
    made = engine.create(**image())
    Path("app", "main.py").write_text("changed")
    difference = engine.diff(made, **image())
    assert list(difference.detailedDiff) == ["build.contextDigest"]
    assert not difference.replaces


def test_a_changed_name_is_an_update_in_place(engine: Engine):
    difference = engine.diff(engine.create(**image()), **image(imageName="registry.example.com/team/app:2"))
    assert list(difference.detailedDiff) == ["imageName"]
    assert not difference.replaces


@pytest.mark.parametrize(
    ("changes", "property", "reason"),
    [
        ({"imageName": "app:1"}, "imageName", "ghcr.io/example/app:1"),
        ({"imageName": "registry.example.com/App:1"}, "imageName", "lower-case"),
        ({"imageName": None}, "imageName", "missing"),
        ({"build": {"context": "nowhere"}}, "build.context", "'nowhere', which is no directory"),
        (
            {"build": {"context": "app", "dockerfile": "Dockerfile"}},
            "build.dockerfile",
            "Set it to 'app/Dockerfile'",
        ),
        ({"build": {"context": "app", "dockerfile": "app/Other"}}, "build.dockerfile", "Write it"),
        ({"registry": {"username": "someone"}}, "registry", "only one of username and password"),
    ],
)
def test_a_mistake_is_reported_with_its_property_and_its_remedy(
    engine: Engine, changes: dict[str, Any], property: str, reason: str
):
    _, failures = engine.check(**image(**changes))
    assert list(failures) == [property]
    assert reason in failures[property]


def test_all_mistakes_are_reported_together(engine: Engine):
    _, failures = engine.check(imageName="app", build={"context": "nowhere"}, registry={"password": "x"})
    assert failures.keys() == {"imageName", "build.context", "registry"}


@pytest.mark.parametrize("name", ["ghcr.io/a/b:1", "localhost/a", "localhost:5000/a", "registry:5000/a-b/c_d:v1.2-3"])
def test_a_name_with_a_registry_is_accepted(engine: Engine, name: str):
    assert engine.check(**image(imageName=name))[1] == {}


def test_a_local_image_needs_no_registry(engine: Engine):
    assert engine.check(imageName="app", build={"context": "app"}, skipPush=True)[1] == {}


def test_a_failed_build_is_the_user_s_error_and_hides_the_password(engine: Engine, recorder: Recorder):
    def fail(*_: Any, **__: Any) -> None:
        raise SandboxError("STEP 2: canary-token is no package")

    recorder.build = fail
    with pytest.raises(AbortedError, match=r"FAILED_PRECONDITION: STEP 2: \[secret\] is no package"):
        engine.create(**image())


def test_another_resource_of_the_package_is_refused_by_name(engine: Engine):
    with pytest.raises(AbortedError, match="no docker:index/container:Container, so web cannot be made"):
        engine.check(urn="urn:pulumi:dev::project::docker:index/container:Container::web")
