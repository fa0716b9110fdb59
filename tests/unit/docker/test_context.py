"""Which files a build sees, by Docker's rules, and when their digest changes."""

from pathlib import Path

import pytest

from sandbox.providers.docker.context import Ignore, Rule, digest, files


@pytest.mark.parametrize(
    ("lines", "path", "excluded"),
    [
        (["*"], "main.py", True),
        (["*"], "folder/main.py", True),
        (["*", "!main.py"], "main.py", False),
        (["*", "!*.py"], "folder/main.py", True),
        (["*", "!**/*.py"], "folder/main.py", False),
        (["!main.py", "*"], "main.py", True),
        (["*.pyc"], "main.pyc", True),
        (["*.pyc"], "folder/main.pyc", False),
        (["**/*.pyc"], "a/b/main.pyc", True),
        (["**/*.pyc"], "main.pyc", True),
        (["folder"], "folder/a/b", True),
        (["folder/"], "folder/a", True),
        (["/folder"], "folder/a", True),
        (["folder"], "folders/a", False),
        (["a/**/z"], "a/b/c/z", True),
        (["a?c"], "abc", True),
        (["a?c"], "a/c", False),
        (["[ab].txt"], "b.txt", True),
        (["a.b"], "axb", False),
        ([], "anything", False),
    ],
)
def test_the_last_rule_that_matches_a_path_or_a_directory_above_it_decides(lines: list[str], path: str, excluded: bool):
    assert Ignore(tuple(Rule.parse(line) for line in lines)).excludes(path) is excluded


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text("FROM scratch")
    (tmp_path / "main.py").write_text("one")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "data").write_text("two")
    (tmp_path / "link").symlink_to("folder")
    return tmp_path


def fingerprint(context: Path) -> str:
    return digest(context, context / "Dockerfile")


def test_comments_and_empty_lines_are_no_rules(context: Path):
    (context / ".dockerignore").write_text("# main.py\n\n  folder  \n")
    ignore = Ignore.read(context, context / "Dockerfile")
    assert list(files(context, ignore)) == [".dockerignore", "Dockerfile", "link", "main.py"]


def test_an_ignore_file_of_the_dockerfile_s_own_comes_first(context: Path):
    (context / ".dockerignore").write_text("main.py")
    (context / "Dockerfile.dockerignore").write_text("folder")
    assert Ignore.read(context, context / "Dockerfile").excludes("folder/data")
    assert not Ignore.read(context, context / "Dockerfile").excludes("main.py")


def test_the_digest_of_the_same_files_is_the_same(context: Path):
    before = fingerprint(context)
    (context / "main.py").touch()
    assert fingerprint(context) == before


def test_the_digest_changes_with_content_name_executable_bit_and_link(context: Path):
    seen = {fingerprint(context)}
    (context / "main.py").write_text("changed")
    seen.add(fingerprint(context))
    (context / "main.py").rename(context / "other.py")
    seen.add(fingerprint(context))
    (context / "other.py").chmod(0o755)
    seen.add(fingerprint(context))
    (context / "link").unlink()
    (context / "link").symlink_to("elsewhere")
    seen.add(fingerprint(context))
    assert len(seen) == 5


def test_the_digest_changes_with_a_dockerfile_outside_the_context(
    context: Path, tmp_path_factory: pytest.TempPathFactory
):
    dockerfile = tmp_path_factory.mktemp("elsewhere") / "Dockerfile"
    dockerfile.write_text("FROM scratch")
    before = digest(context, dockerfile)
    dockerfile.write_text("FROM other")
    assert digest(context, dockerfile) != before


def test_an_ignored_file_does_not_change_the_digest(context: Path):
    (context / ".dockerignore").write_text("folder")
    before = fingerprint(context)
    (context / "folder" / "data").write_text("changed")
    assert fingerprint(context) == before
