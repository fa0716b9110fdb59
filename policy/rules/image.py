"""Rules of images: what they are built with, and which ones run."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from credentials_in_plain import is_credential

from .containers import PODS, containers
from .property import at, is_stated
from .rule import UNKNOWN, Config, Finding, Rule

BUILD = ("docker:index/image:Image", "docker-build:index:Image")
REGISTRIES = ["ghcr.io", "*-docker.pkg.dev", "gke.gcr.io", "registry.k8s.io", "localhost:*"]
"""`localhost` is the sandbox's; a node in a cloud finds nothing there."""


def _no_secret_arguments(properties: Mapping[str, Any], config: Config) -> Iterator[Finding]:
    """The value is a secret as likely as not: only the argument's name is told."""
    for path in ("build.args", "buildArgs"):
        arguments = at(properties, path)
        for name, value in arguments.items() if isinstance(arguments, Mapping) else ():
            if is_credential(name, None if value == UNKNOWN else str(value)) and not is_stated(name, config):
                yield Finding(path, name)


def _images(properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path, container in containers(properties):
        image = at(container, "image")
        if image != UNKNOWN and image is not None:
            yield f"{path}.image", str(image)


def _registry(image: str) -> str:
    """The registry an image names; an image without one is Docker Hub's."""
    host, slash, _ = image.partition("/")
    return host if slash and ("." in host or ":" in host or host == "localhost") else "docker.io"


def _no_latest(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    for path, image in _images(properties):
        if "@" not in image:
            tag = image.rpartition("/")[2].partition(":")[2]
            if tag in ("", "latest"):
                yield Finding(path, image)


def _by_digest(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    for path, image in _images(properties):
        if "@sha256:" not in image:
            yield Finding(path, image)


def _known_registry(properties: Mapping[str, Any], config: Config) -> Iterator[Finding]:
    for path, image in _images(properties):
        if not any(fnmatchcase(_registry(image), allowed) for allowed in config["registries"]):
            yield Finding(path, image)


RULES = [
    Rule(
        id="image-build-arguments",
        title="No secret is a build argument",
        types=BUILD,
        config={"stated": []},
        check=_no_secret_arguments,
        consequence="whoever can pull the image reads it in its history.",
        remedy="Mount it as a build secret; what is none, name under `stated` in the policy's configuration.",
    ),
    Rule(
        id="image-tag",
        title="An image names its version",
        references=("CKV_K8S_14",),
        types=PODS,
        check=_no_latest,
        consequence="what runs changes without a deployment, and cannot be rolled back.",
        remedy="Name a version, or better the digest.",
    ),
    Rule(
        id="image-digest",
        title="An image is named by its content",
        references=("CKV_K8S_43",),
        types=PODS,
        check=_by_digest,
        consequence="whoever may push to the repository decides what runs.",
        remedy="Name it as REPOSITORY@sha256:DIGEST.",
    ),
    Rule(
        id="image-registry",
        title="Images come from known registries",
        types=PODS,
        config={"registries": REGISTRIES},
        check=_known_registry,
        consequence="code of people that nobody chose runs in the cluster.",
        remedy="Copy the image into a registry of your own, or add the registry to the policy's configuration.",
    ),
]
