"""What would stop `up` is said before it, with a remedy; the rest does not count."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit.session import CredentialsError
from operations.doctor import findings, to_json, to_text
from operations.error import OperationError
from operations.finding import Finding, Level
from operations.resolver import Caa
from operations.services import needed
from tests.unit.operations import surroundings
from tests.unit.operations.surroundings import (
    ACCESS_TOKEN,
    ADDRESS,
    CERTIFICATE_LIST,
    CLUSTER,
    COMPUTED,
    MACHINE,
    REGION,
    SERVED,
    ZONE,
    Names,
    Project,
    complete,
    quota,
    settings,
)

DOMAIN = "app.example.com"
LEADING = Names({DOMAIN: [SERVED]})
ZONED = {"dns": {"zone": "example-com"}}


@pytest.fixture
def project() -> Project:
    return Project()


Look = Callable[..., list[Finding]]


@pytest.fixture
def look(tmp_path: Path, project: Project) -> Look:
    def look(names: Names | None = None, **changes: Any) -> list[Finding]:
        return list(findings(settings(tmp_path, **changes), project.sign_in, names or Names(), complete))

    return look


def of(found: list[Finding], about: str) -> Finding:
    (one,) = [each for each in found if each.about == about]
    return one


def stops(found: list[Finding]) -> list[str]:
    return [each.about for each in found if each.level is Level.stops]


def test_nothing_stops_the_first_up_of_a_complete_machine_in_an_empty_project(look: Look) -> None:
    found = look()
    assert stops(found) == []
    assert to_text(found).endswith("Nothing would stop `up`.")


def test_whatever_is_not_ok_says_what_follows_and_what_to_do(look: Look, project: Project) -> None:
    project.off = {"container.googleapis.com"}
    project.answers[REGION]["quotas"] = quota(CPUS=1)
    project.answers[ADDRESS] = {"address": SERVED}
    wrong = [each for each in look(Names({DOMAIN: ["192.0.2.1"]})) if each.level is not Level.ok]
    assert len(wrong) == 3
    for each in wrong:
        assert each.consequence and each.remedy
        assert each.consequence in to_text(wrong) and each.remedy in to_text(wrong)


def test_json_has_every_finding_with_its_level(look: Look, project: Project) -> None:
    project.off = {"compute.googleapis.com"}
    told = json.loads(to_json(look()))
    assert {each["about"]: each["level"] for each in told}["compute.googleapis.com"] == "stops"


def test_missing_and_old_tools_stop_up_and_docker_only_where_something_is_built(tmp_path: Path) -> None:
    def bare(command: Any) -> str | None:
        return "v3.100.0" if command[0] == "pulumi" else None

    project = Project()
    found = list(findings(settings(tmp_path), project.sign_in, Names(), bare))
    assert stops(found) == ["pulumi", "gke-gcloud-auth-plugin", "gcloud account", "docker"]
    assert "older than" in of(found, "pulumi").found
    (tmp_path / "Pulumi.staging.yaml").touch()
    image = {"repository": "ghcr.io/example/gke-webapp/app", "promotedFrom": "staging"}
    assert "docker" not in stops(list(findings(settings(tmp_path, image=image), project.sign_in, Names(), bare)))


def test_docker_has_to_know_how_to_sign_in_at_artifact_registry(tmp_path: Path) -> None:
    registry = "europe-west1-docker.pkg.dev"
    chosen = settings(tmp_path, image={"repository": f"{registry}/example-project/apps/app"})
    config = tmp_path / "config.json"

    def found() -> Finding:
        return of(list(findings(chosen, Project().sign_in, Names(), complete, docker=tmp_path)), "docker sign-in")

    assert found().remedy == f"Run `gcloud auth configure-docker {registry}`."
    config.write_text(json.dumps({"credHelpers": {registry: "gcloud"}}))
    assert found().level is Level.ok


def test_the_token_of_gcloud_is_not_shown(look: Look) -> None:
    assert ACCESS_TOKEN not in to_json(look()) + to_text(look())


def test_a_package_of_another_version_than_pinned_stops_up(tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    pins.write_text("pulumi==3.272.0\npulumi-gcp==1.0.0\nno-such-package==1.0\n")
    found = list(findings(settings(tmp_path), Project().sign_in, Names(), complete, pins))
    assert stops(found) == ["Python packages"]
    assert "instead of 1.0.0" in found[0].found and "no-such-package missing" in found[0].found


def test_without_credentials_nothing_is_asked_of_google(tmp_path: Path, project: Project) -> None:
    def refuse() -> Any:
        raise CredentialsError("none", "Run `gcloud auth application-default login`.")

    found = list(findings(settings(tmp_path), refuse, Names(), complete))
    assert stops(found) == ["Google credentials"]
    assert project.asked == []


def test_each_api_that_is_off_is_named_with_the_command_that_enables_it(look: Look, project: Project) -> None:
    project.off = {"iam.googleapis.com", "certificatemanager.googleapis.com"}
    assert stops(look()) == ["iam.googleapis.com"], "what a stack does not use it does not need"
    found = look(ingress={"kind": "gateway"})
    assert stops(found) == ["iam.googleapis.com", "certificatemanager.googleapis.com"]
    remedy = of(found, "iam.googleapis.com").remedy
    assert remedy == "Run `gcloud services enable iam.googleapis.com --project example-project`."


def test_what_readme_has_people_enable_is_what_a_stack_with_a_zone_needs(tmp_path: Path) -> None:
    readme = (surroundings.REPOSITORY / "README.md").read_text()
    command = re.search(r"gcloud services enable (?:.*\\\n)*.*\n", readme)
    assert command is not None
    told = set(re.findall(r"[a-z]+\.googleapis\.com", command[0]))
    assert set(needed(settings(tmp_path, **ZONED))) == told


def test_a_refusal_by_google_stops_up_and_the_other_looks_go_on(look: Look, project: Project) -> None:
    project.answers[REGION] = (403, {"error": {"message": "Compute Engine API has not been used"}})
    found = look()
    assert stops(found) == ["quotas"]
    assert "compute.googleapis.com answered 403: Compute Engine API has not been used" in of(found, "quotas").found
    assert of(found, f"DNS of {DOMAIN}")


def test_quotas_that_a_new_stack_would_exceed_stop_up(look: Look, project: Project) -> None:
    project.answers[REGION]["quotas"] = [{"metric": "CPUS", "limit": 24, "usage": 23}]
    project.answers[COMPUTED]["quotas"] = quota(STATIC_ADDRESSES=0)
    found = look()
    assert of(found, "quotas for nodes").found == "CPUS: 2 needed, 23 of 24 in use"
    assert of(found, "quotas for network and load balancer").found == "STATIC_ADDRESSES: 1 needed, 0 of 0 in use"
    assert len(stops(found)) == 2


def test_what_is_there_already_is_not_needed_again(look: Look, project: Project) -> None:
    project.answers[REGION]["quotas"] = [{"metric": "CPUS", "limit": 24, "usage": 24}]
    project.answers[CLUSTER] = {"name": "gke-webapp-dev"}
    assert stops(look()) == []


def test_machines_count_against_the_quota_of_their_kind(look: Look, project: Project) -> None:
    project.answers[MACHINE.replace("e2-", "n2-")] = {"guestCpus": 2}
    project.answers[REGION]["quotas"] = quota(CPUS=2, N2_CPUS=24, PREEMPTIBLE_CPUS=1)
    pools = {"nodes": {"machineType": "n2-standard-2"}}
    assert stops(look(cluster={"deletionProtection": False, "nodePools": pools})) == []
    pools["nodes"]["spot"] = True  # pyright: ignore[reportArgumentType]
    found = look(cluster={"deletionProtection": False, "nodePools": pools})
    assert of(found, "quotas for nodes").found == "PREEMPTIBLE_CPUS: 2 needed, 0 of 1 in use"


def test_the_pool_that_gke_makes_first_counts_in_every_zone(look: Look, project: Project) -> None:
    project.answers[REGION]["quotas"] = quota(CPUS=5, DISKS_TOTAL_GB=59, SSD_TOTAL_GB=50)
    found = look(
        google={"project": "example-project", "region": "europe-west1", "zones": [f"europe-west1-{z}" for z in "bcd"]}
    )
    assert (
        of(found, "quotas for nodes").found
        == "CPUS: 6 needed, 0 of 5 in use; DISKS_TOTAL_GB: 60 needed, 0 of 59 in use"
    )


def test_a_machine_type_that_the_zone_does_not_have_stops_up(look: Look, project: Project) -> None:
    del project.answers[MACHINE]
    assert stops(look()) == ["machine type e2-standard-2"]


def test_a_domain_that_leads_elsewhere_stops_no_up_but_its_certificate(look: Look, project: Project) -> None:
    project.answers[ADDRESS] = {"address": SERVED}
    found = of(look(Names({DOMAIN: [SERVED, "2001:db8::1"]})), f"DNS of {DOMAIN}")
    assert found.level is Level.later, "an AAAA record leads half of the visitors elsewhere"
    assert f"`{DOMAIN}. 300 IN A {SERVED}`" in found.remedy
    assert of(look(LEADING), f"DNS of {DOMAIN}").level is Level.ok


def test_a_zone_that_is_missing_or_another_domains_stops_up(look: Look, project: Project) -> None:
    assert stops(look(**ZONED)) == ["Cloud DNS zone example-com"]
    project.answers[ZONE] = {"dnsName": "example.net."}
    assert f"but not {DOMAIN}" in of(look(**ZONED), "Cloud DNS zone example-com").found
    project.answers[ZONE] = {"dnsName": "ample.com."}
    assert stops(look(**ZONED)) == ["Cloud DNS zone example-com"], "a zone begins at a dot"
    project.answers[ZONE] = {"dnsName": "example.com."}
    found = look(**ZONED)
    assert stops(found) == []
    assert of(found, f"DNS of {DOMAIN}").level is Level.ok, "the program writes the record"


def test_the_nearest_caa_records_decide_who_may_issue(look: Look) -> None:
    others = [Caa("issue", "letsencrypt.org"), Caa("iodef", "mailto:security@example.com")]
    found = of(look(Names(caa={"example.com": others})), f"CAA of {DOMAIN}")
    assert found.level is Level.later
    assert found.remedy == 'Add `example.com. 300 IN CAA 0 issue "pki.goog"`.'
    nearer = {"example.com": others, DOMAIN: [Caa("issue", "pki.goog; cansignhttpexchanges=yes")]}
    assert of(look(Names(caa=nearer)), f"CAA of {DOMAIN}").level is Level.ok
    assert of(look(Names(caa={"com": [Caa("issue", ";")]})), f"CAA of {DOMAIN}").level is Level.later
    assert of(look(Names(caa={"com": [Caa("iodef", "mailto:x")]})), f"CAA of {DOMAIN}").level is Level.ok


def test_name_servers_that_do_not_answer_are_not_taken_for_missing_records(look: Look) -> None:
    names = Names()
    names.silent = True
    found = of(look(names), f"DNS of {DOMAIN}")
    assert found.level is Level.later and "no name server answered" in found.found


def test_a_certificate_that_is_not_active_says_what_it_waits_for(look: Look, project: Project) -> None:
    project.answers[ADDRESS] = {"address": SERVED}
    certificate = f"certificate of {DOMAIN}"
    assert of(look(LEADING), certificate).found == "none yet: `up` asks for it"
    failing = {"managed": {"domainStatus": {DOMAIN: "FAILED_NOT_VISIBLE"}}}
    project.answers[CERTIFICATE_LIST] = {"items": [{"selfManaged": {}}, failing]}
    found = of(look(LEADING), certificate)
    assert found.level is Level.later
    assert f"Point its A record to {SERVED}" in found.remedy
    project.answers[CERTIFICATE_LIST]["items"].insert(0, {"managed": {"domainStatus": {DOMAIN: "ACTIVE"}}})
    assert of(look(LEADING), certificate).level is Level.ok, "the old one serves until the new one does"


@pytest.mark.parametrize(("dns", "proof"), [({}, ()), (ZONED, ("dns",))])
def test_a_gateways_certificates_are_asked_for_by_the_name_that_the_program_gives_them(
    look: Look, project: Project, dns: dict[str, Any], proof: tuple[str, ...]
) -> None:
    from settings.naming import certificate_at_google

    name = certificate_at_google("gke-webapp-dev", DOMAIN, *proof)
    failed = {"state": "FAILED", "authorizationAttemptInfo": [{"failureReason": "CAA"}]}
    project.answers[f"{surroundings.MAPPED}/{name}"] = {"managed": failed}
    found = of(look(ingress={"kind": "gateway"}, **dns), f"certificate of {DOMAIN}")
    assert (found.level, found.found) == (Level.later, "FAILED (CAA)")


def test_mistakes_of_the_stack_file_are_told_as_by_the_program(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match=r"(?s)Pulumi\.dev\.yaml has 1 mistake.*gke-webapp:colour"):
        settings(tmp_path, colour="blue")
