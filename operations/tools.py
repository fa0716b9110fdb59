"""What `up` runs on the machine it is started from."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from operations.finding import Finding, Level
from settings.existing import ExistingClusterSettings, KubeconfigContext
from settings.stack import Settings

Run = Callable[[Sequence[str]], str | None]
"""Output of a command; None when it is not there or fails."""


def run(command: Sequence[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def tools(settings: Settings, requirements: Path, docker: Path, run: Run = run) -> Iterator[Finding]:
    """Programs and packages that this very stack needs; `docker` is the directory of Docker's configuration."""
    pins = pinned(requirements)
    yield from _packages(pins)
    yield _cli(run, pins["pulumi"])
    existing = settings.cluster.existing if isinstance(settings.cluster, ExistingClusterSettings) else None
    if not isinstance(existing, KubeconfigContext):
        yield _found(
            "gke-gcloud-auth-plugin",
            run(["gke-gcloud-auth-plugin", "--version"]),
            "Nobody can sign in to the cluster, so no Kubernetes object can be created.",
            "Install it with `gcloud components install gke-gcloud-auth-plugin`.",
        )
        yield _found(
            "gcloud account",
            None if run(["gcloud", "auth", "print-access-token"]) is None else "signed in",
            "The plugin signs in to the cluster as gcloud's account, not by application-default credentials.",
            "Run `gcloud auth login`, as the same person.",
        )
    if not settings.image.digest and not settings.image.promoted_from:
        yield _found(
            "docker",
            run(["docker", "version", "--format", "{{.Server.Version}}"]),
            "The app's image cannot be built.",
            "Start the Docker engine and let this user use it, or set image.digest or image.promotedFrom.",
        )
        if settings.image.artifact_repository:
            yield _found(
                "docker sign-in",
                settings.image.registry if settings.image.registry in _signed_in(docker) else None,
                f"{settings.image.registry} takes no image from a stranger.",
                f"Run `gcloud auth configure-docker {settings.image.registry}`.",
            )


def pinned(requirements: Path) -> dict[str, str]:
    """Version by package."""
    return dict(re.findall(r"^([A-Za-z0-9-]+)==(\S+)", requirements.read_text(), re.MULTILINE))


def _packages(pins: dict[str, str]) -> Iterator[Finding]:
    wrong: list[str] = []
    for package, wanted in pins.items():
        try:
            there = version(package)
        except PackageNotFoundError:
            there = "missing"
        if there != wanted:
            wrong.append(f"{package} {there} instead of {wanted}")
    about = "Python packages"
    if wrong:
        yield Finding(
            about,
            ", ".join(wrong),
            Level.stops,
            "The provider plugins follow these versions, and others lose properties without an error.",
            "Run `pip install -r requirements.txt -c constraints.txt` in .venv.",
        )
    else:
        yield Finding(about, "as requirements.txt pins them, and the provider plugins with them")


def _cli(run: Run, wanted: str) -> Finding:
    found = run(["pulumi", "version"])
    if found is None or _parts(found) >= _parts(wanted):
        missing = "There is nobody to deploy.", f"Install version {wanted} or newer from Pulumi's site."
        return _found("pulumi", found, *missing)
    return Finding(
        "pulumi",
        f"{found}, older than the SDK's {wanted}",
        Level.stops,
        "The SDK asks for what this CLI does not know.",
        f"Install version {wanted} or newer.",
    )


def _signed_in(docker: Path) -> set[str]:
    """Registries that Docker has a sign-in for, or asks a helper for one."""
    file = docker / "config.json"
    stated = json.loads(file.read_text()) if file.exists() else {}
    return {*stated.get("auths", ()), *stated.get("credHelpers", ())}


def _parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _found(about: str, found: str | None, consequence: str, remedy: str) -> Finding:
    if found is None:
        return Finding(about, "missing, or it fails", Level.stops, consequence, remedy)
    return Finding(about, (found.splitlines() or ["there"])[0])
