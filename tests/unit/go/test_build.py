import re
import shutil
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.cluster.build import KUBE_ROUTER, KUBERNETES, MODULE, VERSION, linker_flags
from sandbox.errors import SandboxError
from sandbox.go.build import DISCARDED, build, go_caches, require_disk
from sandbox.go.program import Build, GoProgram
from sandbox.go.toolchain import PYPI_VERSION, Toolchain
from sandbox.home import Home
from sandbox.pulumi.builds import CLI, KUBERNETES_PROVIDER

GO = """#!/bin/sh
[ "$1" = version ] && { echo "go version go1.99.0 linux/amd64"; exit; }
echo "$@" >> "$(dirname "$0")/calls"
[ "$1" = list ] && echo example.com/package
for word; do
    case "$word" in */) touch "$word"kubernetes "$word"pause ;; esac
done
exit %d
"""


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a `go` that builds at once, and notes its calls."""
    return install_go(tmp_path, monkeypatch, code=0)


def install_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> Path:
    directory = tmp_path / "go"
    directory.mkdir(exist_ok=True)
    (directory / "go").write_text(GO % code)
    (directory / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    for name in ("GOPATH", "GOMODCACHE"):
        monkeypatch.delenv(name, raising=False)
    return directory


def test_every_module_of_kubernetes_own_tree_is_replaced_by_the_same_release() -> None:
    go_mod = (MODULE / "go.mod").read_text()
    staging = set(re.findall(r"^\s*(k8s\.io/\S+) => \1 (v\S+)$", go_mod, re.MULTILINE))
    assert len(staging) > 25
    assert {version for _, version in staging} == {VERSION.replace("v1.", "v0.", 1)}


def requirements(program: GoProgram) -> dict[str, str]:
    """Release of each module that the program is built from; a replacement counts for what it replaces."""
    text = (program.module / "go.mod").read_text()
    return dict(re.findall(r"^\s*(\S+\.\S+) (v\S+)", text, re.MULTILINE)) | dict(
        re.findall(r"^\s*(\S+) => \S+ (v\S+)$", text, re.MULTILINE)
    )


def test_what_kube_router_shares_with_kubernetes_is_of_one_release_and_compiled_once() -> None:
    ours, theirs = requirements(KUBE_ROUTER), requirements(KUBERNETES)
    shared = ours.keys() & theirs.keys()
    assert "k8s.io/client-go" in shared
    assert len(shared) > len(ours) - 8
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}


@pytest.mark.parametrize(
    "program", [KUBERNETES, KUBE_ROUTER, CLI, KUBERNETES_PROVIDER], ids=lambda program: program.name
)
def test_the_toolchain_from_pypi_is_new_enough_for_every_go_mod(
    program: GoProgram, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert Toolchain.choose(home, program.minimum_go).version == PYPI_VERSION
    assert [int(part) for part in PYPI_VERSION.split(".")] >= [int(part) for part in program.minimum_go.split(".")]


def test_components_report_the_version_that_go_mod_asks_for() -> None:
    assert f"k8s.io/component-base/version.gitVersion={VERSION}" in linker_flags()
    assert "version.gitMinor=36 " in f"{linker_flags('v1.36.3')} "


def kubernetes(home: Home) -> Build:
    return Build.locate(home, KUBERNETES)


def test_a_build_is_kept_and_not_repeated(home: Home, go: Path) -> None:
    said: list[str] = []
    build([kubernetes(home)], said.append)
    assert kubernetes(home).executable("kubernetes").exists()
    assert kubernetes(home).executable("pause").exists()
    assert any(VERSION in line for line in said)
    calls = (go / "calls").read_text()
    build([kubernetes(home)], said.append)
    assert (go / "calls").read_text() == calls


def test_whatever_is_in_the_module_or_changes_the_executable_gives_a_key_of_its_own(
    home: Home, go: Path, tmp_path: Path
) -> None:
    assert go
    module = tmp_path / "module"
    shutil.copytree(MODULE, module)
    program = replace(KUBERNETES, module=module)
    keys = {Build.locate(home, program).key, Build.locate(home, replace(program, linker_flags="-s")).key}
    for path in sorted(path for path in module.rglob("*") if path.is_file()):
        with path.open("a") as file:
            file.write("\n")
        keys.add(Build.locate(home, program).key)
    assert len(keys) == 2 + sum(path.is_file() for path in module.rglob("*"))


def test_a_build_that_fails_leaves_nothing_and_says_where_its_log_is(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_go(tmp_path, monkeypatch, code=1)
    one = kubernetes(home)
    with pytest.raises(SandboxError, match=re.escape(str(one.log))):
        build([one], lambda _: None)
    assert not one.exists
    assert not list(one.cache.glob("*.draft"))


def test_a_build_that_was_killed_is_cleared_away_by_the_next(home: Home, go: Path) -> None:
    assert go
    half = kubernetes(home).cache / "abc.draft"
    half.mkdir(parents=True)
    build([kubernetes(home)], lambda _: None)
    assert not half.exists()


def test_builds_of_other_inputs_go_with_their_logs_but_for_one_that_runs(home: Home, go: Path) -> None:
    assert go
    cache = kubernetes(home).cache
    unused, running = cache / "v1.0.0-unused", cache / "v1.0.0-running"
    for other in (unused, running):
        other.mkdir(parents=True)
        other.with_name(f"{other.name}.log").touch()
    shutil.copy("/bin/sleep", running / "kubernetes")
    with subprocess.Popen([running / "kubernetes", "60"]) as process:
        build([kubernetes(home)], lambda _: None)
        process.kill()
    kept = {kubernetes(home).key, running.name}
    assert {path.name for path in cache.glob("v*")} == kept | {f"{name}.log" for name in kept}


def test_caches_made_for_the_build_go_with_it_but_a_users_own_are_used_and_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GOPATH", "GOMODCACHE"):
        monkeypatch.delenv(name, raising=False)
    assert go_caches(tmp_path / "ours", home=tmp_path)["GOCACHE"].startswith(str(tmp_path / "ours"))
    (tmp_path / "go" / "pkg" / "mod").mkdir(parents=True)
    assert go_caches(tmp_path / "ours", home=tmp_path) == {}


def test_caches_made_for_the_build_and_what_an_earlier_one_left_of_them_are_removed(home: Home, go: Path) -> None:
    assert go
    left = home.cache / f"{DISCARDED}abc", home.cache / "go-cache"
    for directory in left:
        (directory / "modules").mkdir(parents=True)
    build([kubernetes(home)], lambda _: None)
    deadline = time.monotonic() + 20
    while any(directory.exists() for directory in left) or list(home.cache.glob(f"{DISCARDED}*")):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_disk_that_is_too_small_is_refused_with_what_is_needed_what_is_free_and_where(home: Home) -> None:
    huge = Build.locate(home, replace(KUBERNETES, disk=1 << 60))
    with pytest.raises(SandboxError, match=rf"needs {1 << 40} MiB in {home.cache}, and \d+ MiB are free"):
        require_disk([huge])
    require_disk([Build.locate(home, replace(KUBERNETES, disk=1))])


def test_what_upstream_does_not_ship_is_generated_before_the_compilation(home: Home, go: Path) -> None:
    assert go

    def generate(module: object, source: Path, output: Path) -> None:
        assert module
        assert (source / "go.mod").exists()
        (output / "generated").touch()

    one = Build.locate(home, replace(KUBERNETES, generate=generate))
    build([one], lambda _: None)
    assert one.executable("generated").exists()


def test_two_sandboxes_that_need_the_same_build_make_it_once(home: Home, go: Path) -> None:
    waiting = [threading.Thread(target=build, args=[[kubernetes(home)], print]) for _ in range(2)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join()
    assert (go / "calls").read_text().count("build ") == 1
