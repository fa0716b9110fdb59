"""The image's grpc_health_probe: flags and exit codes of the one that it is named after, against real servers."""

import os
import socket
import subprocess
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from grpc_health.v1.health import HealthServicer
from grpc_health.v1.health_pb2 import HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server

from sandbox.go.toolchain import Toolchain
from sandbox.home import Home
from tests.unit.pr12er.ports import free
from tests.unit.pr12er.protocol import APPS

SOURCE = APPS / "server" / "probe"
GO = Toolchain.choose(Home.locate(), "1.26").go

# The end-to-end tests run it in the image, wherever they run.
pytestmark = [
    pytest.mark.skipif(not GO.exists(), reason="the probe is in Go, and this machine has no Go yet"),
    pytest.mark.timeout(300),
]

INVALID, UNREACHABLE, FAILED, UNHEALTHY = 1, 2, 3, 4

STATUSES = {
    "": HealthCheckResponse.SERVING,
    "resting": HealthCheckResponse.NOT_SERVING,
    "unsure": HealthCheckResponse.UNKNOWN,
    "a service whose name is longer than a hundred and twenty-seven bytes" * 2: HealthCheckResponse.SERVING,
}


class Agents(grpc.ServerInterceptor):
    """Remembers what clients call themselves."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        self.seen.append(dict(handler_call_details.invocation_metadata)["user-agent"])
        return continuation(handler_call_details)


@contextmanager
def serving(servicer: Any, credentials: grpc.ServerCredentials | None = None, *agents: Agents) -> Generator[int]:
    """The port of a server with the health service; None: a server that has none."""
    server = grpc.server(ThreadPoolExecutor(2), interceptors=[*agents])
    if servicer:
        add_HealthServicer_to_server(servicer, server)
    address = "127.0.0.1:0"
    port = server.add_secure_port(address, credentials) if credentials else server.add_insecure_port(address)
    server.start()
    try:
        yield port
    finally:
        server.stop(None).wait()


def healthy() -> HealthServicer:
    servicer = HealthServicer()
    for service, status in STATUSES.items():
        servicer.set(service, status)
    return servicer


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("probe") / "grpc_health_probe"
    environment = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOPROXY": "off"}
    subprocess.run([GO, "build", "-o", program, "."], cwd=SOURCE, env=environment, check=True)
    return program


def run(probe: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([probe, *arguments], capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("form", ["-addr=:{}", "--addr=:{}", "-addr=127.0.0.1:{}", "--addr=localhost:{}"])
def test_a_healthy_server_is_success(probe: Path, form: str) -> None:
    with serving(healthy()) as port:
        done = run(probe, form.format(port))
    assert (done.returncode, done.stdout) == (0, "status: SERVING\n")


@pytest.mark.parametrize("service", STATUSES)
def test_each_service_is_asked_for_by_its_name(probe: Path, service: str) -> None:
    with serving(healthy()) as port:
        done = run(probe, f"-addr=:{port}", "-service", service)
    status = STATUSES[service]
    assert done.returncode == (0 if status == HealthCheckResponse.SERVING else UNHEALTHY)
    assert HealthCheckResponse.ServingStatus.Name(status) in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "-addr"),
        (["-addr="], "-addr"),
        (["-addr=:9000", "-unknown"], "-unknown"),
        (["-addr=:9000", "stray"], "stray"),
        (["-addr=:9000", "-connect-timeout=0s"], "-connect-timeout"),
        (["-addr=:9000", "-rpc-timeout=-1s"], "-rpc-timeout"),
        (["-addr=:9000", "-rpc-timeout=soon"], "-rpc-timeout"),
        (["-addr=:9000", "-tls-no-verify"], "-tls"),
        (["-addr=:9000", "-tls-ca-cert=ca.crt"], "-tls"),
        (["-addr=:9000", "-tls-server-name=example.com"], "-tls"),
        (["-addr=:9000", "-tls", "-tls-ca-cert=/nonexistent"], "/nonexistent"),
        (["-addr=:9000", "-tls", "-tls-no-verify", "-tls-ca-cert=ca.crt"], "-tls-ca-cert"),
        (["-addr=:9000", "-tls", "-tls-no-verify", "-tls-server-name=example.com"], "-tls-server-name"),
        (["-help"], "-addr"),
    ],
)
def test_impossible_arguments_are_told_and_exit_with_1(probe: Path, arguments: list[str], told: str) -> None:
    done = run(probe, *arguments)
    assert (done.returncode, done.stdout) == (INVALID, "")
    assert told in done.stderr


def test_where_nobody_listens_it_exits_with_2(probe: Path) -> None:
    done = run(probe, f"-addr=:{free()}")
    assert done.returncode == UNREACHABLE
    assert "refused" in done.stderr


@pytest.mark.parametrize("tls", [[], ["-tls"]])
def test_a_server_that_accepts_and_is_mute_is_not_connected_to(probe: Path, tls: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        done = run(probe, f"-addr=:{mute.getsockname()[1]}", "-connect-timeout=200ms", "-rpc-timeout=1m", *tls)
    assert done.returncode == UNREACHABLE
    assert "within 200ms" in done.stderr


def test_an_unknown_service_is_a_failed_rpc(probe: Path) -> None:
    with serving(healthy()) as port:
        done = run(probe, f"-addr=:{port}", "-service=nobody")
    assert done.returncode == FAILED
    assert f"code {grpc.StatusCode.NOT_FOUND.value[0]}" in done.stderr


def test_a_server_without_the_health_service_is_a_failed_rpc(probe: Path) -> None:
    with serving(None) as port:
        done = run(probe, f"-addr=:{port}")
    assert done.returncode == FAILED
    assert "grpc.health.v1.Health" in done.stderr


def test_an_answer_that_does_not_come_is_a_failed_rpc(probe: Path) -> None:
    ended = threading.Event()

    class Silent(HealthServicer):
        def Check(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
            ended.wait(20)
            return HealthCheckResponse()

    with serving(Silent()) as port:
        done = run(probe, f"-addr=:{port}", "-connect-timeout=10s", "-rpc-timeout=200ms")
        ended.set()
    assert done.returncode == FAILED
    assert "within 200ms" in done.stderr


def test_the_server_is_told_who_asks(probe: Path) -> None:
    agents = Agents()
    with serving(healthy(), None, agents) as port:
        run(probe, f"-addr=:{port}")
        run(probe, f"-addr=:{port}", "-user-agent=kubelet/1.36")
    assert agents.seen == ["grpc_health_probe", "kubelet/1.36"]


@pytest.fixture(scope="module")
def certificate() -> tuple[bytes, bytes]:
    """Key and certificate of server.example.com, which is its own authority; both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "server")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("server.example.com")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).add_extension(names, critical=False)
    signed = (
        builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, signed.public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-tls", "-tls-ca-cert=ca.crt", "-tls-server-name=server.example.com"], 0),
        (["-tls", "-tls-no-verify"], 0),
        (["-tls", "-tls-ca-cert=ca.crt"], UNREACHABLE),
        (["-tls", "-tls-ca-cert=ca.crt", "-tls-server-name=other.example.com"], UNREACHABLE),
        (["-tls", "-tls-server-name=server.example.com"], UNREACHABLE),
        ([], UNREACHABLE),
    ],
)
def test_with_tls_only_the_right_certificate_is_connected_to(
    probe: Path,
    certificate: tuple[bytes, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
) -> None:
    (tmp_path / "ca.crt").write_bytes(certificate[1])
    monkeypatch.chdir(tmp_path)
    with serving(healthy(), grpc.ssl_server_credentials([certificate])) as port:
        assert run(probe, f"-addr=127.0.0.1:{port}", *arguments).returncode == code


def test_tls_with_a_server_that_has_none_is_no_connection(probe: Path) -> None:
    with serving(healthy()) as port:
        assert run(probe, f"-addr=:{port}", "-tls", "-tls-no-verify").returncode == UNREACHABLE
