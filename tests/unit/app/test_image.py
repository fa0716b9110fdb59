"""Rules that the app's image is built by."""

import importlib.metadata
import json
import re
from pathlib import Path

from uvicorn.importer import import_from_string
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.metrics import ADDRESS
from sandbox.providers.docker.context import Ignore, files

APP = Path(__file__).parents[3] / "app"
DOCKERFILE = (APP / "Dockerfile").read_text().replace("\\\n", " ")
INSTRUCTIONS = [line for line in DOCKERFILE.splitlines() if line.strip() and not line.startswith("#")]
FINAL = INSTRUCTIONS[max(i for i, line in enumerate(INSTRUCTIONS) if line.startswith("FROM")) :]
LOCKED = dict(re.findall(r"^([\w-]+)==([\w.]+)", (APP / "requirements.txt").read_text(), re.MULTILINE))

LOAD_BALANCER_IDLE = 600
"""Seconds for which Google's load balancer keeps a backend connection; it cannot be changed."""


def final(instruction: str) -> str:
    [line] = [line for line in FINAL if line.startswith(f"{instruction} ")]
    return line.removeprefix(instruction).strip()


def option(name: str) -> str:
    [value] = [part.partition("=")[2] for part in json.loads(final("ENTRYPOINT")) if part.startswith(f"--{name}=")]
    return value


def test_every_stage_starts_from_an_image_that_a_build_argument_can_replace():
    defaults = {
        line.split()[1].partition("=")[0]: line.partition("=")[2] for line in INSTRUCTIONS if line.startswith("ARG")
    }
    bases = re.findall(r"^FROM \$\{(\w+)\}", DOCKERFILE, re.MULTILINE)
    assert bases == ["BUILDER_IMAGE", "RUNTIME_IMAGE"]
    assert len(bases) == sum(line.startswith("FROM") for line in INSTRUCTIONS)
    assert all("." in defaults[base].partition("/")[0] for base in bases), "public defaults are named in full"


def test_the_final_stage_runs_nothing_but_the_copy_of_the_dependencies():
    [run] = [line for line in FINAL if line.startswith("RUN")]
    program, *_ = json.loads(run[run.index("[") :])
    assert program == "python3", "the runtime has no shell"


def test_the_dependencies_are_copied_anew_when_their_digest_changes():
    """A mount is no part of a layer's key in builders without BuildKit: what comes before it has to be."""
    mounted = next(i for i, line in enumerate(FINAL) if "--mount=type=bind,from=dependencies" in line)
    assert FINAL[mounted - 1] == "COPY --from=dependencies /dependencies.sha256 /"


def test_the_user_is_a_high_number_that_kubernetes_can_verify():
    *_, user = [line.removeprefix("USER ") for line in FINAL if line.startswith("USER ")]
    assert all(int(part) >= 10_000 for part in user.split(":"))


def test_the_entry_point_needs_no_shell_so_that_sigterm_reaches_the_server():
    assert isinstance(json.loads(final("ENTRYPOINT")), list)
    assert not [line for line in FINAL if line.startswith("CMD")]


def test_idle_connections_outlive_those_of_the_load_balancer():
    assert int(option("timeout-keep-alive")) > LOAD_BALANCER_IDLE


def test_the_server_ends_by_itself_after_a_while():
    assert int(option("timeout-graceful-shutdown")) > 0


def test_the_server_listens_where_the_image_says():
    host, _, metrics = ADDRESS.rpartition(":")
    assert (option("host"), host) == ("0.0.0.0", "0.0.0.0")
    assert [option("port"), metrics] == final("EXPOSE").split()


def test_the_server_runs_the_fast_loop_and_parser_that_are_locked():
    assert issubclass(import_from_string(option("http")), HttpToolsProtocol)
    assert {option("loop"), "httptools"} <= LOCKED.keys()


def test_a_change_of_the_code_rebuilds_the_last_layer_only():
    assert final_copies()[-1] == FINAL[-1]
    assert "--from" not in FINAL[-1]


def final_copies() -> list[str]:
    return [line for line in FINAL if line.startswith("COPY")]


def test_the_context_is_the_code_and_the_lock_file(tmp_path: Path):
    for name in [
        "main.py",
        "__init__.py",
        "logging.json",
        "requirements.txt",
        "credentials.json",
        ".env",
        "notes.md",
        "key.pem",
        "tests/test.py",
    ]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / ".dockerignore").write_text((APP / ".dockerignore").read_text())
    ignore = Ignore.read(tmp_path, tmp_path / "Dockerfile")
    assert set(files(tmp_path, ignore)) == {"main.py", "__init__.py", "logging.json", "requirements.txt"}


def test_pip_installs_what_is_locked_and_nothing_else():
    [install] = [line for line in INSTRUCTIONS if "pip install" in line]
    assert "--require-hashes" in install
    assert "--requirement=requirements.txt" in install


def test_the_lock_file_names_versions_and_hashes_but_no_index():
    text = (APP / "requirements.txt").read_text()
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert {
        line for line in (APP / "requirements.in").read_text().split("\n") if line and line[0] != "#"
    } <= LOCKED.keys()


def test_the_app_is_tested_with_the_versions_that_it_ships_with():
    assert {name: importlib.metadata.version(name) for name in LOCKED} == LOCKED
