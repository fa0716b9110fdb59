"""The type checker refuses wrong arguments of resources, at their line."""

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

REPOSITORY = Path(__file__).parents[2]
PREAMBLE = "import pulumi_kubernetes as k8s\n\nfrom components import gke\nfrom components.namespace import Namespace\n"
USES = "_ = (k8s, gke, Namespace)\n"

PROGRAMS = {
    "nothing wrong": """
        metadata = k8s.meta.v1.ObjectMetaArgs(name="app")
        labels = k8s.meta.v1.LabelSelectorArgs(match_labels={"app": "app"})
        container = k8s.core.v1.ContainerArgs(name="app", image="app:1", liveness_probe=None)
        k8s.apps.v1.Deployment(
            "app",
            metadata=metadata,
            spec=k8s.apps.v1.DeploymentSpecArgs(
                replicas=2,
                selector=labels,
                template=k8s.core.v1.PodTemplateSpecArgs(spec=k8s.core.v1.PodSpecArgs(containers=[container])),
            ),
        )
        endpoint = gke.ScrapeEndpointArgs(port="metrics", interval="30s")
        spec = gke.PodMonitoringSpecArgs(selector=labels, endpoints=[endpoint])
        gke.PodMonitoring("app", metadata=metadata, spec=spec)
        Namespace("app", {"name": "app"})
    """,
    "a number as text": """
        k8s.apps.v1.Deployment(
            "app",
            spec=k8s.apps.v1.DeploymentSpecArgs(
                replicas="two",  # refused
                selector=k8s.meta.v1.LabelSelectorArgs(),
                template=k8s.core.v1.PodTemplateSpecArgs(),
            ),
        )
    """,
    "a Deployment without selector": """
        k8s.apps.v1.Deployment(
            "app",
            spec=k8s.apps.v1.DeploymentSpecArgs(template=k8s.core.v1.PodTemplateSpecArgs()),  # refused
        )
    """,
    "an unknown nested argument": """
        k8s.core.v1.PodSpecArgs(
            containers=[
                k8s.core.v1.ContainerArgs(
                    name="app",
                    readiness_prob=k8s.core.v1.ProbeArgs(),  # refused
                )
            ]
        )
    """,
    "an unknown argument of a resource": """
        k8s.core.v1.Namespace("app", metdata=k8s.meta.v1.ObjectMetaArgs(name="app"))  # refused
    """,
    "an object of GKE without metadata": """
        spec = gke.PodMonitoringSpecArgs(selector=k8s.meta.v1.LabelSelectorArgs(), endpoints=[])
        gke.PodMonitoring("app", spec=spec)  # refused
    """,
    "wrong fields of an object of GKE": """
        gke.ScrapeEndpointArgs(port="metrics")  # refused
        gke.ScrapeEndpointArgs(port="metrics", interval=30)  # refused
        gke.ScrapeEndpointArgs(port="metrics", interval="30s", timeout="10s")  # refused
        gke.PodMonitoringSpecArgs(
            selector={"match_labels": {}},  # refused
            endpoints=[],
        )
    """,
    "wrong arguments of a component": """
        Namespace("app", {})  # refused
        Namespace("app", {"name": "app", "label": "app"})  # refused
    """,
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The lines that the checker refuses, by program."""
    directory = tmp_path_factory.mktemp("programs")
    files = {name: directory / f"{name.replace(' ', '_')}.py" for name in PROGRAMS}
    for name, file in files.items():
        file.write_text(PREAMBLE + dedent(PROGRAMS[name]) + USES)
    command = [
        "basedpyright",
        "--level",
        "error",
        "--outputjson",
        "--project",
        str(REPOSITORY),
        *map(str, files.values()),
    ]
    done = subprocess.run([sys.executable, "-m", *command], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    problems = json.loads(done.stdout)["generalDiagnostics"]
    return {
        name: {
            file.read_text().splitlines()[problem["range"]["start"]["line"]].strip()
            for problem in problems
            if Path(problem["file"]).name == file.name
        }
        for name, file in files.items()
    }


@pytest.mark.types
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_checker_refuses_what_is_wrong_and_nothing_else(name: str, refused: dict[str, set[str]]) -> None:
    lines = {line.strip() for line in PROGRAMS[name].splitlines()}
    assert refused[name] == {line for line in lines if line.endswith("# refused")}
