"""When HTTP is redirected to HTTPS, update by update, with the real CLI and certificates of the simulated Google."""

import json

import pytest

from components.https_redirect import OUTPUT
from tests.cli.workspace import STACK, Workspace

pytestmark = pytest.mark.cli

PROGRAM = """
import pulumi
from pulumi_gcp.provider import Provider

from components.certificate_map import CertificateMap
from components.https_redirect import OUTPUT, HttpsRedirect

domains = {domains}
google = pulumi.ResourceOptions(providers=[Provider("google", project="my-project", region="europe-west1")])
certificates = CertificateMap("certificates", {{"name": "demo", "domains": domains, "zone": None}}, google)
redirected = HttpsRedirect("front", {{"domains": domains, "stated": None}}).domains(certificates.states)
pulumi.Stash("front", input=redirected.apply(bool))
pulumi.export(OUTPUT, redirected)
"""
"""The Stash stands for what answers HTTP."""

OLD, NEW, OTHER = "old.example.com", "new.example.com", "other.example.com"


class Site:
    """A stack with certificates that become what a test says."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        workspace.write(PROGRAM.format(domains=[OLD, NEW]))
        workspace.pulumi("stack", "init", STACK)
        workspace.up()

    def serve(self, *domains: str) -> None:
        (self.workspace.project / "__main__.py").write_text(PROGRAM.format(domains=list(domains)))

    def certify(self, state: str, *domains: str) -> None:
        """Google writes the state of the domains' certificates."""
        google = json.loads(self.workspace.google.read_text())
        for record in google.values():
            managed = record["properties"].get("managed", {})
            if set(managed.get("domains", ())) & set(domains):
                managed["state"] = state
        self.workspace.google.write_text(json.dumps(google))

    def changed(self, *options: str) -> set[str]:
        """Types of what a preview would change."""
        steps = json.loads(self.workspace.pulumi("preview", "--json", *options))["steps"]
        changing = [each for each in steps if each["op"] not in ("same", "read", "refresh")]
        return {(each.get("newState") or each["oldState"])["type"].rpartition(":")[2] for each in changing}

    @property
    def redirected(self) -> list[str]:
        return json.loads(self.workspace.pulumi("stack", "output", OUTPUT, "--json"))


@pytest.fixture
def site(empty_workspace: Workspace) -> Site:
    return Site(empty_workspace)


def test_it_begins_with_the_refreshed_update_that_finds_every_certificate_active(site: Site) -> None:
    assert site.redirected == []
    site.certify("ACTIVE", OLD)
    assert site.changed("--refresh") == set(), "visitors of the other domain would be sent to where nobody answers"
    site.certify("ACTIVE", NEW)
    assert site.changed() == set(), "the state does not know yet"
    assert site.changed("--refresh") == {"Stash"}
    site.workspace.pulumi("up", "--yes", "--skip-preview", "--refresh")
    assert site.redirected == [OLD, NEW]
    assert site.changed() == site.changed("--refresh") == set()


def test_once_begun_it_outlasts_renewals_and_the_exchange_of_a_domain(site: Site) -> None:
    site.certify("ACTIVE", OLD, NEW)
    site.workspace.pulumi("up", "--yes", "--skip-preview", "--refresh")
    site.certify("PROVISIONING", OLD, NEW)
    site.serve(OTHER, NEW)
    assert "Stash" not in site.changed("--refresh")
    site.workspace.pulumi("up", "--yes", "--skip-preview", "--refresh")
    assert site.redirected == [OTHER, NEW]
    site.serve(OTHER)
    site.workspace.up()
    assert site.redirected == [OTHER]


def test_it_ends_when_no_domain_stays(site: Site) -> None:
    site.certify("ACTIVE", OLD, NEW)
    site.workspace.pulumi("up", "--yes", "--skip-preview", "--refresh")
    site.serve(OTHER)
    site.workspace.up()
    assert site.redirected == []


def test_a_refreshed_plan_is_kept_to(site: Site) -> None:
    site.certify("ACTIVE", OLD, NEW)
    plan = str(site.workspace.directory / "plan.json")
    site.workspace.pulumi("preview", "--refresh", "--save-plan", plan)
    site.workspace.pulumi("up", "--yes", "--skip-preview", "--refresh", "--plan", plan)
    assert site.redirected == [OLD, NEW]


def test_what_becomes_active_after_the_plan_is_refused(site: Site) -> None:
    plan = str(site.workspace.directory / "plan.json")
    site.workspace.pulumi("preview", "--refresh", "--save-plan", plan)
    site.certify("ACTIVE", OLD, NEW)
    done = site.workspace.run("pulumi", "up", "--yes", "--skip-preview", "--refresh", "--plan", plan)
    assert done.returncode != 0
    assert "violates plan" in done.stdout + done.stderr
