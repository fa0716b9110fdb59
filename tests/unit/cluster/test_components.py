import hashlib
import io
import json
import re
import tarfile
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.cluster import configuration, metrics, pause
from sandbox.cluster.api import is_ready
from sandbox.cluster.components import CLIENTS, Components
from sandbox.cluster.containerd import Containerd, network
from sandbox.cluster.pki import CLIENTS as IDENTITIES
from sandbox.cluster.pki import SERVERS, Pki
from sandbox.home import Home

NAMES = ("etcd", "kube-apiserver", *CLIENTS)


@pytest.fixture
def components(home: Home) -> Components:
    pki = Pki(home)
    pki.ensure()
    return Components(home.root / "cluster", home.cache / "kubernetes", home.cache / "kube-router", pki)


def test_every_client_of_the_api_server_has_an_identity_of_its_own() -> None:
    assert set(CLIENTS) <= set(IDENTITIES)


def test_no_command_line_shows_a_secret(components: Components) -> None:
    secrets = [path.read_text() for path in components.pki.directory.iterdir() if path.suffix != ".crt"]
    for name in NAMES:
        line = " ".join(components.command(name))
        assert not [secret for secret in secrets if secret.strip() in line]


def test_every_file_on_a_command_line_is_in_the_home_or_the_cache(components: Components, home: Home) -> None:
    for name in NAMES:
        for path in re.findall(r"(?:^|=)(/\S+)", " ".join(components.command(name)[1:])):
            assert path.startswith((str(home.root), str(home.cache))), f"{name}: {path}"


def test_every_process_can_be_told_as_ours_by_its_command_line(components: Components, home: Home) -> None:
    for name in NAMES:
        assert any(f"{home.root}/" in option for option in components.command(name)[1:]), name


def test_a_full_disk_of_the_machine_evicts_no_pod(components: Components) -> None:
    config: dict[str, Any] = configuration.kubelet(components.directory, components.pki, Path("/s"))
    assert not [signal for signal in config["evictionHard"] if "fs." in signal.lower()]


def test_node_ports_answer_on_loopback_and_the_bridge_only() -> None:
    config: dict[str, Any] = configuration.kube_proxy(Path("/k"))
    assert config["nodePortAddresses"] == ["127.0.0.0/8", "10.244.0.0/24"]


def test_no_network_plugin_opens_a_port_of_the_machine(tmp_path: Path) -> None:
    plugins: Any = network(tmp_path)["plugins"]
    assert [plugin["type"] for plugin in plugins] == ["bridge"]


def test_containerd_keeps_everything_in_the_home_and_forgets_old_leases(home: Home) -> None:
    containerd = Containerd(home)
    lease = containerd.network / "leases" / "sandbox" / "10.244.0.2"
    lease.parent.mkdir(parents=True)
    lease.touch()
    containerd.configure("localhost/pause:1")
    config = tomllib.loads(containerd.config.read_text())
    cri = config["plugins"]["io.containerd.grpc.v1.cri"]
    places = [config["root"], config["state"], config["grpc"]["address"], cri["cni"]["conf_dir"]]
    places.append(cri["containerd"]["runtimes"]["runc"]["options"]["Root"])
    assert all(place.startswith(f"{home.root}/") for place in places)
    assert cri["sandbox_image"] == "localhost/pause:1"
    assert not lease.exists()


def test_the_pause_image_is_one_layer_with_the_program(tmp_path: Path) -> None:
    program = tmp_path / "pause"
    program.write_bytes(b"program")
    with tarfile.open(fileobj=io.BytesIO(pause.archive(program, "localhost/pause:1"))) as image:
        parts = {entry.name: image.extractfile(entry) for entry in image}
        contents = {name: file.read() for name, file in parts.items() if file}
    manifest = json.loads(contents["manifest.json"])[0]
    config = json.loads(contents[manifest["Config"]])
    layer = contents[manifest["Layers"][0]]
    assert manifest["RepoTags"] == ["localhost/pause:1"]
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(layer).hexdigest()}"]
    with tarfile.open(fileobj=io.BytesIO(layer)) as files:
        assert files.getmember("pause").mode == 0o755


@pytest.mark.parametrize(
    ("status", "age", "ready"), [("True", 0, True), ("True", 60, False), ("False", 0, False), ("Unknown", 0, False)]
)
def test_a_node_is_ready_only_by_its_own_word_since_the_start(status: str, age: int, ready: bool) -> None:
    started = datetime(2026, 1, 1, 12, 0, 0, 900_000, tzinfo=UTC)
    heartbeat = (started - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ")
    condition = {"type": "Ready", "status": status, "lastHeartbeatTime": heartbeat}
    assert is_ready({"status": {"conditions": [condition]}}, started) is ready
    assert not is_ready({}, started)


def test_the_metrics_api_leads_to_where_its_server_listens_with_the_name_in_its_certificate(
    components: Components,
) -> None:
    made: Any = list(metrics.registration(b"authority", datetime(2026, 1, 1, tzinfo=UTC)).values())
    service, api = made
    options = dict(option[2:].split("=", 1) for option in components.command("metrics-server")[2:])
    assert service["spec"]["externalName"] == options["bind-address"]
    assert str(api["spec"]["service"]["port"]) == options["secure-port"]
    place = service["metadata"]
    assert (f"{place['name']}.{place['namespace']}.svc",) == SERVERS[Path(options["tls-cert-file"]).stem]


def test_only_the_api_server_may_speak_for_others(components: Components) -> None:
    options = dict(option[2:].split("=", 1) for option in components.command("kube-apiserver")[2:])
    allowed = options["requestheader-allowed-names"]
    assert IDENTITIES[Path(options["proxy-client-cert-file"]).stem] == (allowed, None)
    assert [name for name, (user, _) in IDENTITIES.items() if user == allowed] == [allowed]


def test_metrics_are_only_taken_from_a_kubelet_whose_certificate_is_ours(components: Components) -> None:
    command = components.command("metrics-server")
    assert f"--kubelet-certificate-authority={components.pki.certificate('ca')}" in command
    assert not [option for option in command if "insecure" in option]


def test_volumes_are_kept_in_the_home(components: Components, home: Home) -> None:
    (directory,) = [option for option in components.command("provisioner") if option.startswith("--directory=")]
    assert directory.removeprefix("--directory=").startswith(f"{home.root}/")
