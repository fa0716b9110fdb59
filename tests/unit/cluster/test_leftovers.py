import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.cluster import leftovers as room
from sandbox.cluster import mounts
from sandbox.cluster.containerd import Containerd
from sandbox.cluster.leftovers import Leftovers, abandoned, processes, remove_empty
from sandbox.home import Home
from sandbox.process import started_at

Spawn = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts a sleeping process with whatever argument list it shall show."""
    children: list[subprocess.Popen[bytes]] = []

    def start(name: str, *shown: str) -> subprocess.Popen[bytes]:
        command = [name, "-Ic", "import time; print(flush=True); time.sleep(60)", *shown]
        child = subprocess.Popen(command, executable=sys.executable, stdout=subprocess.PIPE)
        children.append(child)
        assert child.stdout
        child.stdout.readline()
        return child

    yield start
    for child in children:
        child.kill()
        child.wait()
        assert child.stdout
        child.stdout.close()


@pytest.fixture
def leftovers(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Leftovers:
    runc = tmp_path / "bin" / "runc"
    runc.parent.mkdir()
    runc.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/runc-calls\n')
    runc.chmod(0o755)
    monkeypatch.setenv("PATH", f"{runc.parent}:/usr/bin:/bin")
    return Leftovers(home, Containerd(home))


def container(leftovers: Leftovers, name: str, pid: int, ticks: str) -> None:
    state = leftovers.containerd.runc / "k8s.io" / name / "state.json"
    state.parent.mkdir(parents=True)
    state.write_text(json.dumps({"init_process_pid": pid, "init_process_start": int(ticks)}))


def test_processes_of_this_home_are_found_and_those_of_another_are_not(home: Home, spawn: Spawn) -> None:
    ours = spawn("/usr/bin/etcd", f"--data-dir={home.root}/etcd")
    other = spawn("etcd", f"--data-dir={home.root}-2/etcd")
    nested = spawn("etcd", f"--data-dir=/elsewhere{home.root}/etcd")
    editor = spawn("vim", f"{home.root}/kubeconfig")
    found = processes(home.root)
    assert ours.pid in found
    assert other.pid not in found
    assert nested.pid not in found
    assert editor.pid not in found


def test_a_container_is_asked_to_end_and_then_deleted(leftovers: Leftovers, spawn: Spawn, tmp_path: Path) -> None:
    child = spawn("app")
    started = started_at(child.pid)
    assert started
    container(leftovers, "c1", child.pid, started.rpartition(":")[2])
    leftovers.end_containers(grace=5)
    assert child.wait() == -signal.SIGTERM
    assert "delete --force c1" in (tmp_path / "runc-calls").read_text()


def test_a_process_that_only_got_the_number_of_a_dead_container_is_spared(leftovers: Leftovers, spawn: Spawn) -> None:
    child = spawn("app")
    container(leftovers, "c1", child.pid, "1")
    leftovers.end_containers(grace=0.1)
    time.sleep(0.05)
    assert child.poll() is None


def test_cleaning_a_home_that_never_ran_is_no_error(leftovers: Leftovers) -> None:
    leftovers.clean()


def test_the_latest_mount_goes_first_and_only_what_is_inside_goes() -> None:
    table = "\n".join(
        f"none {point} tmpfs rw 0 0"
        for point in ("/", "/a", "/a/b", "/a/b/with\\040blank", "/ab", "/a/b/with\\040blank/c")
    )
    assert mounts.below(Path("/a"), table) == [Path("/a/b/with blank/c"), Path("/a/b/with blank"), Path("/a/b")]


def test_the_file_system_of_a_path_is_that_of_the_nearest_mount() -> None:
    table = "overlay / overlay rw 0 0\n/dev/vda /data ext4 rw 0 0"
    assert mounts.file_system(Path("/data/x"), table) == "ext4"
    assert mounts.file_system(Path("/database"), table) == "overlay"


def test_of_the_network_plugins_results_only_those_of_this_home_go(
    leftovers: Leftovers, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = tmp_path / "cni" / "results"
    results.mkdir(parents=True)
    for name, root in (("ours", home.root), ("theirs", f"{home.root}-other")):
        (results / name).write_text(json.dumps({"result": {"interfaces": [{"sandbox": f"{root}/cluster/netns/1"}]}}))
    monkeypatch.setattr(room, "CNI_RESULTS", results)
    leftovers.clean()
    assert [path.name for path in results.iterdir()] == ["theirs"]


def test_a_directory_with_someone_elses_file_stays(tmp_path: Path) -> None:
    directory = tmp_path / "shared" / "ours"
    directory.mkdir(parents=True)
    (tmp_path / "shared" / "theirs").touch()
    remove_empty(directory)
    assert (tmp_path / "shared" / "theirs").exists()
    assert not directory.exists()


def test_a_socket_is_abandoned_when_nobody_listens_and_only_if_it_exists(tmp_path: Path) -> None:
    import socket

    path = tmp_path / "s"
    assert not abandoned(path)
    with socket.socket(socket.AF_UNIX) as holder:
        holder.bind(str(path))
        holder.listen()
        assert not abandoned(path)
    assert abandoned(path)
