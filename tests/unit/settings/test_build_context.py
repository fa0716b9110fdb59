"""The digest of a build context changes with what the build reads, and with nothing else."""

from pathlib import Path

import pytest
from pulumi import RunError

from settings.build_context import digest, extended, files
from tests.unit.recording import REPOSITORY


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / ".dockerignore").write_text("*\n!*.py\n!data\n")
    (tmp_path / "main.py").write_text("answer = 42\n")
    (tmp_path / "notes.txt").write_text("not for the image")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows.csv").write_text("1\n")
    return tmp_path


def names(context: Path) -> list[str]:
    return [path.relative_to(context).as_posix() for path in files(context)]


def test_files_are_those_that_dockerignore_lets_through(context: Path) -> None:
    assert names(context) == ["data/rows.csv", "main.py"]


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ("", [".dockerignore", "Dockerfile", "data/rows.csv", "main.py", "notes.txt"]),
        ("# a comment\n\n.*\n", ["Dockerfile", "data/rows.csv", "main.py", "notes.txt"]),
        ("**/*.csv\n.dockerignore\n", ["Dockerfile", "main.py", "notes.txt"]),
        ("/data/\n.d*\n", ["Dockerfile", "main.py", "notes.txt"]),
        ("*.csv\n.d*\n", ["Dockerfile", "data/rows.csv", "main.py", "notes.txt"]),
        ("**\n!main.py\n", ["main.py"]),
        ("!main.py\n*\n", []),
        ("note?.txt\n[a-e]*\n.d*", ["Dockerfile", "main.py"]),
    ],
)
def test_rules_mean_what_docker_means_by_them(context: Path, rules: str, kept: list[str]) -> None:
    (context / ".dockerignore").write_text(rules)
    assert names(context) == kept


@pytest.mark.parametrize("changed", ["main.py", "data/rows.csv", "Dockerfile"])
def test_a_changed_file_changes_the_digest(context: Path, changed: str) -> None:
    before = digest(context, {})
    (context / changed).write_text("changed")
    assert digest(context, {}) != before


def test_a_file_that_the_build_does_not_see_does_not_matter(context: Path) -> None:
    before = digest(context, {})
    (context / "notes.txt").write_text("changed")
    (context / "cache").mkdir()
    (context / "cache" / "main.pyc").write_bytes(b"\0")
    assert digest(context, {}) == before


def test_names_modes_and_build_arguments_matter(context: Path) -> None:
    digests = [digest(context, {}), digest(context, {"BASE": "a"}), digest(context, {"BASE": "b"})]
    (context / "main.py").chmod(0o755)
    digests.append(digest(context, {}))
    (context / "main.py").rename(context / "other.py")
    digests.append(digest(context, {}))
    assert len(set(digests)) == len(digests)


def test_where_the_context_lies_does_not_matter(context: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "moved"
    before = digest(context, {})
    context.rename(elsewhere)
    assert digest(elsewhere, {}) == before


@pytest.mark.parametrize("rules", ["", "!*.py\n*\n", "*.pyc\n", "# all\n.git\n*\n"])
def test_a_context_that_does_not_exclude_everything_first_is_refused(context: Path, rules: str) -> None:
    (context / ".dockerignore").write_text(rules)
    with pytest.raises(RunError, match="first line be") as error:
        digest(context, {})
    assert str(context / ".dockerignore") in str(error.value)


@pytest.mark.parametrize(
    "name", [".git/config", ".env", "data/.env.local", "tls.key", "data/id_rsa", "Pulumi.dev.yaml"]
)
def test_a_context_that_would_send_a_secret_is_refused_by_the_name_of_the_file(context: Path, name: str) -> None:
    (context / name).parent.mkdir(exist_ok=True)
    (context / name).write_text("secret")
    digest(context, {}) if not name.startswith("data/") else None
    (context / ".dockerignore").write_text("*\n!**\n")
    with pytest.raises(RunError, match="would be sent to the build") as error:
        digest(context, {})
    assert str(context / name) in str(error.value)


def test_the_app_has_a_digest_that_makes_an_image_tag() -> None:
    assert len(digest(REPOSITORY / "app", {})) == 16
    assert "app/main.py" in {path.relative_to(REPOSITORY).as_posix() for path in files(REPOSITORY / "app")}


def test_a_dockerfile_elsewhere_brings_its_own_dockerignore(context: Path) -> None:
    shared = context / "shared"
    shared.mkdir()
    (shared / "Dockerfile").write_text("FROM scratch\n")
    (shared / "Dockerfile.dockerignore").write_text("*\n!main.py\n")
    before = digest(context, {}, "shared/Dockerfile")
    (context / "data" / "rows.csv").write_text("changed")
    assert digest(context, {}, "shared/Dockerfile") == before
    (context / "main.py").write_text("changed")
    assert digest(context, {}, "shared/Dockerfile") != before


def test_arguments_that_become_known_later_count_too() -> None:
    digests = {extended("a", given) for given in ({"BASE": "x"}, {"BASE": "y"}, {"BAS": "Ex"}, {})}
    assert len({*digests, "a", extended("b", {"BASE": "x"})}) == 6
