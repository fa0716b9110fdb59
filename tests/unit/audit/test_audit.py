"""What counts as left over, and in which order it can be removed."""

import pytest

from audit.audit import Owner, audit
from audit.inventory import Found
from audit.kind import KINDS
from audit.report import to_json, to_markdown
from tests.unit.audit.project import DISK, LEFT, OTHER, STACK, Project
from tests.unit.recording import REPOSITORY


def names(project: Project, owner: Owner = Owner.stack) -> set[str]:
    return {one.name for one in audit(project, STACK) if one.owner is owner and not one.informational}


def test_an_empty_project_is_clean() -> None:
    assert audit(Project(), STACK) == []
    assert to_markdown([], "example-project", STACK) == "Nothing of gke-webapp-dev is left in example-project."


def test_without_any_cluster_everything_that_a_cluster_made_is_left_over() -> None:
    assert names(Project(LEFT)) == {found.name for listed in LEFT.values() for found in listed}


def test_beside_another_cluster_only_what_names_the_stack_is_left_over() -> None:
    project = Project({**LEFT, "clusters": [Found("gke-webapp-prod", "europe-west1")]})
    assert names(project) == {
        "k8s1-7a1-gke-webapp-dev-gke-webapp-8000-1f2e",
        "k8s2-fr-7a1-gke-webapp-dev-gke-webapp-1f2e",
        "gke-gke-webapp-dev-0a1b2c3d-all",
        "pvc-0a1b2c3d",
        STACK,
    }


def test_beside_another_cluster_what_does_not_say_whose_it_is_is_listed_apart() -> None:
    project = Project({**LEFT, "clusters": [Found("gke-webapp-prod", "europe-west1")]})
    assert names(project, Owner.unsure) == {
        "k8s2-tp-7a1-gke-webapp-dev-gke-webapp-1f2e",
        "k8s2-um-7a1-gke-webapp-dev-gke-webapp-1f2e",
        "k8s1-7a1-gke-webapp-dev-gke-webapp-8000-1f2e",
        "mcrt-0a1b2c3d-0000-0000-0000-000000000000",
        "k8s-fw-l7--0123456789abcdef",
    }


@pytest.mark.parametrize(
    ("collection", "found"),
    [
        ("networkEndpointGroups", Found("k8s1-7a1-gke-webapp-dev-eu-gke-webapp-8000", "europe-west1-b", OTHER)),
        ("firewalls", Found("gke-gke-webapp-dev-eu-0a1b2c3d-all")),
        ("forwardingRules", Found("k8s2-fr-x", said='{"kubernetes.io/ingress-name": "gke-webapp-dev-eu/gke-webapp"}')),
        (
            "targetPools",
            Found("a" + "0" * 31, "europe-west1", '{"kubernetes.io/service-name":"ingress-nginx/ingress"}'),
        ),
        ("healthChecks", Found("gkegw1-x", said='{"k8sResource":"/namespaces/other/services/app"}')),
        ("disks", Found("pvc-1", "europe-west1-b", DISK.replace(STACK, "other"))),
        ("disks", Found("pvc-1", "europe-west1-b", '{"goog-k8s-cluster-name": "gke-webapp-dev-eu"}')),
        ("addresses", Found("gke-webapp-dev-eu")),
        ("addresses", Found("office")),
        ("networks", Found("default")),
        ("disks", Found("database")),
    ],
)
def test_what_belongs_to_others_is_not_mentioned(collection: str, found: Found) -> None:
    project = Project({"clusters": [Found("gke-webapp-dev-eu", "europe-west1")], collection: [found]})
    assert audit(project, STACK) == []


def test_what_the_program_names_is_left_over_only_under_its_own_name() -> None:
    """No cluster makes networks: one beside it is somebody's."""
    assert names(Project({"networks": [Found("gke-vpc"), Found("k8s-net")], "routers": [Found("gke-router")]})) == set()


def test_a_cluster_that_is_still_there_goes_first() -> None:
    project = Project({**LEFT, "clusters": [Found(STACK, "europe-west1-b")]})
    assert audit(project, STACK)[0].command == (
        "gcloud container clusters delete gke-webapp-dev --location=europe-west1-b --project=example-project --quiet"
    )


def test_everything_is_removed_before_what_it_needs() -> None:
    order = [kind.collection for kind in KINDS]
    needs = {
        "forwardingRules": ["targetHttpProxies", "targetHttpsProxies", "targetPools", "backendServices", "addresses"],
        "targetHttpProxies": ["urlMaps"],
        "targetHttpsProxies": ["urlMaps", "sslCertificates", "sslPolicies"],
        "targetPools": ["httpHealthChecks"],
        "urlMaps": ["backendServices"],
        "backendServices": ["healthChecks", "networkEndpointGroups", "instanceGroups"],
        "networkEndpointGroups": ["subnetworks", "networks"],
        "instanceGroups": ["networks"],
        "firewalls": ["networks"],
        "routers": ["networks"],
        "addresses": ["subnetworks"],
        "subnetworks": ["networks"],
        "clusters": ["forwardingRules", "networkEndpointGroups", "firewalls", "disks", "subnetworks"],
    }
    for before, others in needs.items():
        for after in others:
            assert order.index(before) < order.index(after), (before, after)


@pytest.mark.parametrize(
    ("collection", "found", "place"),
    [
        ("forwardingRules", Found("k8s2-fr-x"), " --global"),
        ("forwardingRules", Found("a" + "0" * 31, "europe-west1"), " --region=europe-west1"),
        ("networkEndpointGroups", Found("k8s1-x", "europe-west1-b"), " --zone=europe-west1-b"),
        ("firewalls", Found("k8s-fw-x"), ""),
        ("networks", Found(STACK), ""),
        ("addresses", Found(STACK), " --global"),
    ],
)
def test_the_command_says_where_the_resource_is(collection: str, found: Found, place: str) -> None:
    (left,) = audit(Project({collection: [found]}), STACK)
    assert left.command.endswith(f" delete {found.name}{place} --project=example-project --quiet")


def test_images_are_shown_but_do_not_count() -> None:
    (images,) = audit(Project({"repositories": [Found("images", "europe-west1")]}), STACK)
    assert not images.counts
    assert "Nothing of gke-webapp-dev is left" in to_markdown([images], "example-project", STACK)
    assert "`images`" in to_markdown([images], "example-project", STACK)


def test_the_report_lists_and_then_removes_in_order() -> None:
    left = audit(Project(LEFT), STACK)
    text = to_markdown(left, "example-project", STACK)
    assert text.startswith("11 resources of gke-webapp-dev are left in example-project")
    commands = [line for line in text.splitlines() if line.startswith("gcloud ")]
    assert commands == [one.command for one in left]
    assert '"counts": true' in to_json(left, "example-project", STACK)


def test_the_documented_example_is_what_the_report_says() -> None:
    page = REPOSITORY / "docs" / "audit.md"
    assert page.read_text().endswith(to_markdown(audit(Project(LEFT), STACK), "example-project", STACK) + "\n")
