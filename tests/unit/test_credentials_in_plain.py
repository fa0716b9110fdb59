"""What looks like a credential is recognized by its name and by its value, and nothing else is."""

import pytest

from credentials_in_plain import in_command, is_credential, redacted


@pytest.mark.parametrize(
    "name",
    [
        "NPM_TOKEN",
        "API_KEY",
        "apiKey",
        "NPM_AUTH",
        "DB_PASS",
        "DATABASE_PASSWORD",
        "db-password",
        "PGPASSWORD",
        "AWS_SECRET_ACCESS_KEY",
        "STRIPE_KEY",
        "JWT_SECRET",
        "GH_PAT",
        "SSH_PRIVATE_KEY",
        "SENTRY_DSN",
        "SMTP_PWD",
        "REDIS_PASSWD",
        "ENCRYPTION_KEY",
        "CLIENT_SECRET",
        "dockerPassword",
        "GITHUB_CREDENTIALS",
        "MYSQL_ROOT_PASSWORD",
    ],
)
def test_a_name_of_a_credential_is_one(name: str) -> None:
    assert is_credential(name, "hunter2x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN_FILE", "/run/secrets/token"),
        ("MAX_TOKENS", "4096"),
        ("PASSWORD_MIN_LENGTH", "12"),
        ("TOKEN_URL", "https://id.example.com/token"),
        ("AUTH_MODE", "oidc"),
        ("AUTH", "false"),
        ("SECRET_NAME", "projects/p/secrets/database/versions/1"),
        ("SESSION_COOKIE_NAME", "sid"),
        ("AUTHOR", "Jane Doe"),
        ("KEYBOARD", "qwerty"),
        ("PASSENGER_LIMIT", "many"),
        ("COMPASS", "north"),
        ("PRIMARY_KEY", "id"),
        ("BASE_IMAGE", f"docker.io/library/python:3.11-slim@sha256:{'0123456789abcdef' * 4}"),
        ("GIT_SHA", "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"),
        ("COMMIT", "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"),
        ("TENANT", "123e4567-e89b-12d3-a456-426614174000"),
        ("DATABASE_URL", "postgres://db.internal:5432/app"),
        ("PYTHONPATH", "/usr/lib/Python3/Site1Packages2/Example3"),
        ("ALLOWED_HOSTS", "app.example.com,www.example.com"),
        ("JAVA_OPTS", "-XX:MaxRAMPercentage=75.0 -XX:+UseG1GC -Dspring.profiles.active=production"),
        ("GREETING", "The quick brown fox jumps over 13 lazy dogs"),
        ("TOPIC", "projects/example-project/topics/Orders2026"),
        ("MODEL", "text-embedding-3-large-2026-01-01"),
        ("ACCOUNT", "gke-webapp-dev-nodes@example-project.iam.gserviceaccount.com"),
    ],
)
def test_what_only_mentions_one_or_is_public_is_none(name: str, value: str) -> None:
    assert not is_credential(name, value)


@pytest.mark.parametrize(
    "value",
    [
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "glpat-12345678901234567890",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "xoxb-123456789012-abcdefghijkl",
        "AIzaSyA-1234567890abcdefghijklmnopqrs",
        "postgres://app:hunter2@db.internal/app",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
        "Server=db;Password=hunter2",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig",
        "9f86d081884c7d659a2feaa0c55ad015",
        "Bearer abcdef0123456789",
        "https://example.com/hook?token=abcdef123",
        "Zm9vYmFyQmF6UXV4MTIzNDU2Nzg5MA==",
    ],
)
def test_a_value_of_a_known_or_random_shape_is_one_whatever_its_name(value: str) -> None:
    assert is_credential("SETTING", value)


def test_a_password_of_digits_is_one() -> None:
    assert is_credential("DB_PASSWORD", "12345")


@pytest.mark.parametrize(
    ("command", "indexes"),
    [
        (["serve", "--token", "hunter2x"], [2]),
        (["serve", "--api-key=hunter2x", "--port=8000"], [1]),
        (["env", "DB_PASS=hunter2x", "serve"], [1]),
        (["redis-server", "--appendonly", "yes", "--dir", "/data"], []),
        (["serve", "--password-file", "/run/secrets/password"], []),
        (["sh", "-c", "curl -H 'Authorization: Bearer abcdef0123456789'"], [2]),
        (["python3", "-m", "app.mailer"], []),
    ],
)
def test_a_command_has_one_in_an_option_or_an_assignment(command: list[str], indexes: list[int]) -> None:
    assert [*in_command(command)] == indexes


def test_nothing_that_looks_like_one_is_shown() -> None:
    stated = {
        "replicas": 3,
        "variables": {"API_KEY": "hunter2x", "PIN_PASS": 5, "LEVEL": "info"},
        "command": ["a", "--token", "x1y2"],
    }
    assert redacted(stated) == {
        "replicas": 3,
        "variables": {"API_KEY": "[not shown]", "PIN_PASS": "[not shown]", "LEVEL": "info"},
        "command": ["a", "--token", "[not shown]"],
    }
