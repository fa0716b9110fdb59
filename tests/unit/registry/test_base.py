"""The runtime image as a part of the builder image."""

import io
import tarfile
from pathlib import Path

import pytest

from sandbox.home import Home
from sandbox.registry import base as module
from sandbox.registry.base import BaseImages, bootstrap, sources, subset

LISTS = {
    "libc6:amd64": [
        "/.",
        "/lib",
        "/lib/x86_64-linux-gnu/libc.so.6",
        "/usr/lib/x86_64-linux-gnu/gconv/BIG5.so",
    ],
    "python3.11-minimal": ["/usr/bin/python3.11", "/usr/share/doc/python3.11-minimal/copyright"],
    "libpython3.11-stdlib:amd64": ["/usr/lib/python3.11/json/__init__.py", "/usr/share/man/man1/x.1.gz"],
    "bash": ["/bin/bash"],
}


@pytest.fixture
def runtime(tmp_path: Path) -> dict[str, bytes | None]:
    """Paths and contents of the runtime made of a builder with `LISTS`; None for a directory or a link."""
    contents = {f"./var/lib/dpkg/info/{package}.list": "\n".join(lines) for package, lines in LISTS.items()}
    for lines in LISTS.values():
        # A merged /usr: what dpkg calls /lib/... is in /usr/lib/...
        real = [f"./usr{line}" if line.startswith(("/lib/", "/bin/")) else f".{line}" for line in lines]
        contents |= {path: path for path in real if path.count("/") > 1}
    contents["./usr/lib/python3.11/json/__pycache__/__init__.cpython-311.pyc"] = "bytecode"
    contents["./usr/lib/python3/dist-packages/pip/__init__.py"] = "pip"
    with tarfile.open(tmp_path / "builder.tar", "w") as archive:
        link = tarfile.TarInfo("./lib")
        link.type, link.linkname = tarfile.SYMTYPE, "usr/lib"
        archive.addfile(link)
        for path, text in contents.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    subset(tmp_path / "builder.tar", tmp_path / "runtime.tar")
    with tarfile.open(tmp_path / "runtime.tar") as archive:
        return {
            member.name.removeprefix("./"): file.read() if (file := archive.extractfile(member)) else None
            for member in archive
            if not member.issym()
        }


def test_the_runtime_has_the_files_of_its_packages(runtime: dict[str, bytes | None]):
    assert runtime["usr/bin/python3.11"] == b"./usr/bin/python3.11"


def test_a_library_is_found_where_a_merged_usr_keeps_it(runtime: dict[str, bytes | None]):
    assert "usr/lib/x86_64-linux-gnu/libc.so.6" in runtime


def test_modules_come_with_the_bytecode_that_a_read_only_root_cannot_write(runtime: dict[str, bytes | None]):
    assert runtime["usr/lib/python3.11/json/__pycache__/__init__.cpython-311.pyc"] == b"bytecode"


def test_the_runtime_has_no_shell_and_no_pip(runtime: dict[str, bytes | None]):
    assert not [path for path in runtime if "bash" in path or "pip" in path or "dpkg" in path]


def test_licences_stay_and_other_documentation_goes(runtime: dict[str, bytes | None]):
    assert "usr/share/doc/python3.11-minimal/copyright" in runtime
    assert not [path for path in runtime if "/man/" in path or "/gconv/" in path]


def test_the_references_need_neither_a_build_nor_a_registry(tmp_path: Path):
    references = BaseImages(Home(tmp_path / "home", tmp_path / "cache")).references
    assert references.keys() == {"BUILDER_IMAGE", "RUNTIME_IMAGE"}
    assert not list(tmp_path.iterdir())


APT = """#!/bin/sh
echo "deb http://mirror.example.com/debian/ bookworm main"
echo "deb http://mirror.example.com/debian/ bookworm main"
echo "deb http://mirror.example.com/security/ bookworm-security main"
echo "deb http://mirror.example.com/debian/ bookworm-backports main"
echo "deb http://mirror.example.com/debian/ trixie main"
"""


def test_packages_come_from_where_this_machine_has_its_own_of_the_same_suite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name, script in (("apt-get", APT), ("mmdebstrap", f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/said\n')):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    bootstrap(tmp_path / "builder.tar")
    assert (tmp_path / "said").read_text().splitlines()[-4:] == [
        "bookworm",
        str(tmp_path / "builder.tar"),
        "deb http://mirror.example.com/debian/ bookworm main",
        "deb http://mirror.example.com/security/ bookworm-security main",
    ]


def test_a_machine_of_another_suite_leaves_the_choice_of_a_mirror_to_debian(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "apt-get").write_text(APT)
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(module, "SUITE", "forky")
    assert sources() == []
