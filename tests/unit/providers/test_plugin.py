"""What an engine hears from a provider: answers, and errors that are safe and clear."""

import subprocess
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.provider import PropertyDiff, PropertyDiffKind
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.commands import install
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.providers import version
from sandbox.providers.plugin import PluginProvider
from sandbox.providers.protocol import DiffRequest
from sandbox.pulumi.home import plugin_script
from tests.unit.providers.speech import Refused, Spoken, secret, struct, urn

URN = urn("test:index:Thing")


class Failing(PluginProvider):
    """Fails every creation with `error`."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:  # noqa: ARG002
        raise self.error


def refusal(error: Exception, **inputs: object) -> Refused:
    with pytest.raises(Refused) as refused:
        Spoken(Failing(error)).create(URN, inputs)
    return refused.value


def test_a_mistake_that_the_user_can_mend_arrives_as_its_own_words() -> None:
    refused = refusal(SandboxError("The network is in use. Delete its subnet first."))
    assert refused.code is grpc.StatusCode.FAILED_PRECONDITION
    assert refused.details == "The network is in use. Delete its subnet first."


def test_a_failure_of_our_own_is_named_without_a_traceback() -> None:
    refused = refusal(KeyError("metadata"))
    assert refused.code is grpc.StatusCode.INTERNAL
    assert refused.details == "KeyError: 'metadata'"


def test_an_unimplemented_method_says_so_to_the_engine() -> None:
    with pytest.raises(Refused) as refused:
        Spoken(PluginProvider()).call("GetSchema", provider_pb2.GetSchemaRequest())
    assert refused.value.code is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("hunter2-token", "token hunter2-token refused"),
        ("hunter2-token", "aHVudGVyMi10b2tlbg=="),
        ("aHVudGVyMi10b2tlbg==", "decoded: hunter2-token"),
        ('{"auths": {"localhost": {"password": "hunter2-token"}}}', "with hunter2-token"),
    ],
)
def test_no_error_text_holds_a_secret_input_in_any_spelling(given: str, shown: str) -> None:
    for error in (SandboxError(shown), ValueError(shown)):
        details = refusal(error, data={"nested": [secret({"token": given})]}).details
        assert "hunter2" not in details and "aHVudGVy" not in details
        assert "[secret]" in details


def test_warnings_hold_no_secret_of_earlier_requests() -> None:
    heard: list[str] = []
    provider = Failing(SandboxError("no"))
    provider.warn = lambda urn, message: heard.append(f"{urn}: {message}")
    spoken = Spoken(provider)
    with pytest.raises(Refused):
        spoken.create(URN, {"token": secret("hunter2-token")})
    provider.tell(URN, "the log says hunter2-token")
    assert heard == [f"{URN}: the log says [secret]"]


class Differing(sdk.Provider):
    """Answers every diff with `answer`, and remembers what it was asked."""

    def __init__(self, answer: sdk.DiffResponse) -> None:
        self.answer = answer
        self.asked: sdk.DiffRequest | None = None

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        self.asked = request
        return self.answer

    async def diff_config(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        return await self.diff(request)


@pytest.mark.parametrize("method", ["Diff", "DiffConfig"])
def test_a_diff_has_details_only_when_the_provider_gave_some(method: str) -> None:
    request = provider_pb2.DiffRequest(urn=URN)
    bare = Spoken(Differing(sdk.DiffResponse(changes=True, replaces=["a"]))).call(method, request)
    assert not bare.hasDetailedDiff
    assert list(bare.replaces) == ["a"]
    detail = {"a.b": PropertyDiff(PropertyDiffKind.ADD_REPLACE, input_diff=True)}
    full = Spoken(Differing(sdk.DiffResponse(changes=True, detailed_diff=detail))).call(method, request)
    assert full.hasDetailedDiff
    assert full.detailedDiff["a.b"].kind == provider_pb2.PropertyDiff.ADD_REPLACE
    assert full.detailedDiff["a.b"].inputDiff


def test_a_diff_knows_the_inputs_of_the_last_update() -> None:
    provider = Differing(sdk.DiffResponse(changes=False))
    answer = Spoken(provider).diff(URN, old={"a": "before"}, new={"a": "now"})
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE
    assert isinstance(provider.asked, DiffRequest)
    assert provider.asked.old_inputs["a"].value == "before"


def test_a_component_of_the_published_plugin_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="kubernetes:yaml/v2:ConfigGroup is a component"):
        Spoken(PluginProvider()).call("Construct", provider_pb2.ConstructRequest(type="kubernetes:yaml/v2:ConfigGroup"))


def test_a_plugin_serves_from_any_directory_whatever_flags_the_cli_gives(tmp_path: Path) -> None:
    home = Home(tmp_path / "a home", tmp_path)
    plugin = tmp_path / "pulumi-resource-gcp"
    plugin.write_text(plugin_script(home, "gcp"))
    plugin.chmod(0o755)
    # A directory whose modules would shadow ours.
    (tmp_path / "sandbox.py").write_text("raise SystemExit('shadowed')")
    command = [plugin, "--logtostderr", "-v=9", "--tracing", "http://x:1", "127.0.0.1:1"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                assert stub.GetPluginInfo(empty_pb2.Empty()).version == version("gcp")
                stub.Configure(provider_pb2.ConfigureRequest(args=struct({"project": "my-project"})))
                inputs = {"name": "web"}
                name = urn("gcp:compute/globalAddress:GlobalAddress")
                checked = stub.Check(provider_pb2.CheckRequest(urn=name, news=struct(inputs)))
                created = stub.Create(provider_pb2.CreateRequest(urn=name, properties=checked.inputs))
                assert created.id == "projects/my-project/global/addresses/web"
        finally:
            process.kill()
    assert "projects/my-project/global/addresses/web" in home.google.read_text()


def test_the_credential_helper_hands_out_the_token_of_the_running_cluster(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", tmp_path)
    install(home)
    helper = home.bin / "gke-gcloud-auth-plugin"
    absent = subprocess.run([helper], capture_output=True, text=True, check=False)
    assert absent.returncode == 1
    assert "cluster is not running" in absent.stderr
    home.pki.mkdir()
    (home.pki / "admin.token").write_text("t0ken")
    given = subprocess.run([helper], capture_output=True, text=True, check=True)
    assert given.stdout == (
        '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1",'
        '"spec":{},"status":{"token":"t0ken"}}\n'
    )
