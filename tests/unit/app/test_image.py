"""Rules that the app's image is built by."""

import importlib.metadata
import json
import re
from pathlib import Path

from app.settings import Settings
from sandbox.providers.docker.context import Ignore, files

APP = Path(__file__).parents[3] / "app"
DOCKERFILE = (APP / "Dockerfile").read_text().replace("\\\n", " ")
INSTRUCTIONS = [line for line in DOCKERFILE.splitlines() if line.strip() and not line.startswith("#")]
FINAL = INSTRUCTIONS[max(i for i, line in enumerate(INSTRUCTIONS) if line.startswith("FROM")) :]
LOCKED = dict(re.findall(r"^([\w-]+)==([\w.]+)", (APP / "requirements.txt").read_text(), re.MULTILINE))


def final(instruction: str) -> str:
    [line] = [line for line in FINAL if line.startswith(f"{instruction} ")]
    return line.removeprefix(instruction).strip()


def test_every_stage_starts_from_an_image_that_a_build_argument_can_replace():
    defaults = {
        line.split()[1].partition("=")[0]: line.partition("=")[2] for line in INSTRUCTIONS if line.startswith("ARG")
    }
    bases = re.findall(r"^FROM \$\{(\w+)\}", DOCKERFILE, re.MULTILINE)
    assert bases == ["BUILDER_IMAGE", "RUNTIME_IMAGE"]
    assert len(bases) == sum(line.startswith("FROM") for line in INSTRUCTIONS)
    assert all("." in defaults[base].partition("/")[0] for base in bases), "public defaults are named in full"


def test_the_user_is_a_high_number_that_kubernetes_can_verify():
    *_, user = [line.removeprefix("USER ") for line in FINAL if line.startswith("USER ")]
    assert all(int(part) >= 10_000 for part in user.split(":"))


def test_the_entry_point_needs_no_shell_so_that_sigterm_reaches_the_server():
    assert isinstance(json.loads(final("ENTRYPOINT")), list)
    assert not [line for line in FINAL if line.startswith("CMD")]


def test_the_server_listens_where_the_image_says():
    defaults = Settings.model_construct()
    assert final("EXPOSE").split() == [str(defaults.port), defaults.metrics_address.rpartition(":")[2]]


def test_the_context_is_the_code_and_the_lock_file(tmp_path: Path):
    for name in [
        "main.py",
        "__init__.py",
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
    assert set(files(tmp_path, ignore)) == {"main.py", "__init__.py", "requirements.txt"}


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
