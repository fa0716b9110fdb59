import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.cluster import build as room
from sandbox.cluster.build import MODULE, VERSION, Build, go_caches, linker_flags, require_disk
from sandbox.cluster.toolchain import PYPI_VERSION, Toolchain
from sandbox.errors import SandboxError
from sandbox.home import Home

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


def test_the_toolchain_from_pypi_is_new_enough_for_go_mod(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert Toolchain.choose(home, room.GO_MINIMUM).version == PYPI_VERSION
    assert [int(part) for part in PYPI_VERSION.split(".")] >= [int(part) for part in room.GO_MINIMUM.split(".")]


def test_components_report_the_version_that_go_mod_asks_for() -> None:
    assert f"k8s.io/component-base/version.gitVersion={VERSION}" in linker_flags()
    assert "version.gitMinor=36 " in f"{linker_flags('v1.36.3')} "


def test_a_build_is_kept_and_not_repeated(home: Home, go: Path) -> None:
    said: list[str] = []
    Build(home).run(said.append)
    assert Build(home).kubernetes.exists()
    assert Build(home).pause.exists()
    assert any(VERSION in line for line in said)
    calls = (go / "calls").read_text()
    Build(home).run(said.append)
    assert (go / "calls").read_text() == calls


@pytest.mark.parametrize("name", room.INPUTS)
def test_whatever_goes_into_a_build_gives_it_a_key_of_its_own(
    name: str, home: Home, go: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert go
    module = tmp_path / "module"
    shutil.copytree(MODULE, module)
    monkeypatch.setattr(room, "MODULE", module)
    before = Build(home).key
    with (module / name).open("a") as file:
        file.write("\n")
    assert Build(home).key != before


def test_a_build_that_fails_leaves_nothing_and_says_where_its_log_is(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_go(tmp_path, monkeypatch, code=1)
    build = Build(home)
    with pytest.raises(SandboxError, match=re.escape(str(build.log))):
        build.run(lambda _: None)
    assert not build.directory.exists()
    assert not list(build.cache.glob("*.draft"))


def test_a_build_that_was_killed_is_cleared_away_by_the_next(home: Home, go: Path) -> None:
    assert go
    half = Build(home).cache / "abc.draft"
    half.mkdir(parents=True)
    Build(home).run(lambda _: None)
    assert not half.exists()


def test_builds_of_other_inputs_go_with_their_logs_but_for_one_that_runs(home: Home, go: Path) -> None:
    assert go
    cache = Build(home).cache
    unused, running = cache / "v1.0.0-unused", cache / "v1.0.0-running"
    for other in (unused, running):
        other.mkdir(parents=True)
        other.with_name(f"{other.name}.log").touch()
    shutil.copy("/bin/sleep", running / "kubernetes")
    with subprocess.Popen([running / "kubernetes", "60"]) as process:
        Build(home).run(lambda _: None)
        process.kill()
    kept = {Build(home).key, running.name}
    assert {path.name for path in cache.glob("v*")} == kept | {f"{name}.log" for name in kept}


def test_caches_made_for_the_build_go_with_it_but_a_users_own_are_used_and_stay(tmp_path: Path) -> None:
    assert go_caches(tmp_path / "ours", home=tmp_path)["GOCACHE"].startswith(str(tmp_path / "ours"))
    (tmp_path / "go" / "pkg" / "mod").mkdir(parents=True)
    assert go_caches(tmp_path / "ours", home=tmp_path) == {}


def test_a_disk_that_is_too_small_is_refused_with_what_is_needed_what_is_free_and_where(tmp_path: Path) -> None:
    place = tmp_path / "not" / "there" / "yet"
    with pytest.raises(SandboxError, match=rf"needs {1 << 40} MiB in {place}, and \d+ MiB are free"):
        require_disk(place, needed=1 << 60)
    require_disk(place, needed=1)
