"""What each checker finds. None of them reaches the network."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from sandbox.cluster.build import VERSION
from tests.manifests import schemas
from tests.manifests.finding import Finding
from tests.manifests.installation import installed
from tests.unit.recording import REPOSITORY

CUSTOM_RESOURCES = REPOSITORY / "sandbox" / "cluster" / "crds"

NOWHERE = "http://127.0.0.1:9"
"""Nobody listens there: what a checker would ask the network for, it does without."""

GOOD = 10
"""kube-score's grade for what it has nothing against."""


def kubeconform(manifests: Path) -> Iterator[Finding]:
    """What an API server would refuse, or drop because it does not know it."""
    with TemporaryDirectory() as scratch:
        for path in installed().schemas.iterdir():
            Path(scratch, path.name).symlink_to(path)
        schemas.of_definitions(CUSTOM_RESOURCES, Path(scratch))
        options = ["-strict", "-output", "json", "-schema-location", f"{scratch}/{schemas.LOCATION}"]
        for each in json.loads(_said("kubeconform", *options, str(manifests)))["resources"]:
            yield Finding("kubeconform", each["status"], _place(manifests, Path(each["filename"])), each["msg"])


def kube_score(manifests: Path) -> Iterator[Finding]:
    """What is against good practice: each stack by itself, as its objects are seen together."""
    release = VERSION.rpartition(".")[0]
    for stack in sorted(manifests.iterdir()):
        files = sorted(str(path) for path in stack.rglob("*.yaml"))
        said = _said("kube-score", "score", "--output-format", "json", "--kubernetes-version", release, *files)
        for scored in json.loads(said):
            place = _place(manifests, Path(scored["file_name"]))
            for check in scored["checks"] or ():
                if not check["skipped"] and check["grade"] < GOOD:
                    told = "; ".join(dict.fromkeys(comment["summary"] for comment in check["comments"] or ()))
                    yield Finding("kube-score", check["check"]["id"], place, told)


def checkov(manifests: Path) -> Iterator[Finding]:
    """What is known to make pods insecure."""
    yield from _checkov(["--directory", str(manifests), "--framework", "kubernetes"], _by_manifest(manifests))


def checkov_on_images(_: Path) -> Iterator[Finding]:
    """The same of images."""
    files = [str(path.relative_to(REPOSITORY)) for path in dockerfiles()]
    yield from _checkov(["--file", *files, "--framework", "dockerfile"], lambda failed: failed["file_path"].strip("/"))


def actionlint(_: Path) -> Iterator[Finding]:
    """What GitHub would not run as it is meant."""
    for each in json.loads(_said("actionlint", "-shellcheck=", "-pyflakes=", "-format", "{{json .}}")):
        yield Finding("actionlint", each["kind"], each["filepath"], f"{each['line']}: {each['message']}")


def zizmor(_: Path) -> Iterator[Finding]:
    """What makes workflows insecure."""
    for each in json.loads(_said("zizmor", "--offline", "--quiet", "--format", "json", ".github")):
        file = each["locations"][0]["symbolic"]["key"]["Local"]["given_path"]
        yield Finding("zizmor", each["ident"], file, each["desc"])


CHECKERS: Mapping[str, Callable[[Path], Iterator[Finding]]] = {
    "kubeconform": kubeconform,
    "kube-score": kube_score,
    "checkov": checkov,
    "checkov on images": checkov_on_images,
    "actionlint": actionlint,
    "zizmor": zizmor,
}


def dockerfiles() -> list[Path]:
    """Of the app, the examples, and what stands in for their databases."""
    places = ("app", "examples/*/apps", "sandbox/registry/standins")
    return sorted(path for place in places for top in REPOSITORY.glob(place) for path in top.rglob("Dockerfile"))


def _by_manifest(manifests: Path) -> Callable[[dict[str, Any]], str]:
    return lambda failed: _place(manifests, Path(failed["file_abs_path"]))


def _checkov(options: list[str], place: Callable[[dict[str, Any]], str]) -> Iterator[Finding]:
    said = json.loads(_said("checkov", *options, "--output", "json", "--skip-download", "--compact", "--quiet"))
    for failed in said["results"]["failed_checks"]:
        yield Finding("checkov", failed["check_id"], place(failed), failed["check_name"])


def _place(manifests: Path, file: Path) -> str:
    thing = yaml.safe_load(file.read_text())
    return f"{file.relative_to(manifests).parts[0]}/{thing['kind']}/{thing['metadata']['name']}"


def _said(name: str, *arguments: str) -> str:
    """A checker's answer; what it finds makes it fail, so that its status tells nothing."""
    quiet = {**os.environ, "HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE, "https_proxy": NOWHERE, "http_proxy": NOWHERE}
    program = installed().program(name)
    done = subprocess.run([program, *arguments], cwd=REPOSITORY, env=quiet, capture_output=True, text=True)
    if not done.stdout.startswith(("{", "[")):
        raise RuntimeError(f"{name} ended with status {done.returncode} and no findings:\n{done.stderr[-2000:]}")
    return done.stdout
