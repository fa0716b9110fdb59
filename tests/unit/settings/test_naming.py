"""Names are possible wherever they are used."""

import re

import pytest

from settings import naming
from settings.domain import possible

LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")


@pytest.mark.parametrize("environment", ["dev", "staging", "prod", "pr-123"])
def test_every_name_of_a_usual_environment_is_possible(environment: str) -> None:
    base = naming.base(naming.APPLICATION, environment)
    assert naming.problems(naming.APPLICATION, environment) == []
    for name in (base, naming.google_apis_zone(base), naming.pods_range(base), naming.services_range(base)):
        assert LABEL.fullmatch(name)
        assert len(name) <= naming.CLUSTER_LIMIT
    assert 6 <= len(naming.node_account(base)) <= 30


def test_the_longest_environment_is_the_one_whose_service_account_has_30_characters() -> None:
    longest = "e" * (30 - len("gke-webapp--nodes"))
    assert naming.problems(naming.APPLICATION, longest) == []
    (problem,) = naming.problems(naming.APPLICATION, f"{longest}e")
    assert "node service account" in problem
    assert "31 characters" in problem


def test_the_longest_name_of_a_node_pool_is_possible() -> None:
    name = naming.node_pool("p" * 15, {"spot": False})
    assert LABEL.fullmatch(name)
    assert len(name) <= naming.CLUSTER_LIMIT


def test_a_node_pool_is_named_after_what_its_nodes_are_in_whatever_order_that_is_said() -> None:
    name = naming.node_pool("nodes", {"spot": False, "labels": {"a": "b"}})
    assert name == naming.node_pool("nodes", {"labels": {"a": "b"}, "spot": False})
    assert name != naming.node_pool("nodes", {"spot": True, "labels": {"a": "b"}})
    assert name.startswith("nodes-")


@pytest.mark.parametrize("environment", ["Dev", "my_env", "dev-", "dév", "a.b"])
def test_an_environment_with_other_characters_is_a_problem(environment: str) -> None:
    assert any("lower-case" in problem for problem in naming.problems(naming.APPLICATION, environment))


@pytest.mark.parametrize("domain", ["app.example.com", "a.b", f"{'x' * 50}.example.com"])
def test_a_certificate_name_is_a_label_of_at_most_63_characters(domain: str) -> None:
    name = naming.certificate(domain)
    assert LABEL.fullmatch(name)
    assert len(name) <= 63


def test_domains_that_differ_only_in_dots_and_hyphens_get_certificates_of_their_own() -> None:
    assert naming.certificate("a-b.example.com") != naming.certificate("a.b-example.com")


def test_a_certificate_keeps_its_name() -> None:
    assert naming.certificate("app.example.com") == naming.certificate("app.example.com")
    assert naming.certificate("app.example.com").startswith("app-example-com-")


@pytest.mark.parametrize("domain", ["app.example.com", "1.example.com", f"{'a' * 51}.example.com"])
def test_certificates_at_google_have_possible_names_that_no_other_environment_or_proof_has(domain: str) -> None:
    names = [
        naming.certificate_at_google(name, domain, proof)
        for name in ("gke-webapp-dev", "gke-webapp-prod")
        for proof in ("served", "dns")
    ]
    assert len({*names}) == 4
    for name in names:
        assert LABEL.fullmatch(name)
        assert len(name) <= naming.LABEL_LIMIT


def test_a_host_is_derived_from_service_namespace_and_environment() -> None:
    assert naming.host("server", "pr12er", "dev") == "server-pr12er.dev.example.com"
    assert naming.host("server", "pr12er", "dev", "example.org") == "server-pr12er.dev.example.org"


def test_a_derived_host_can_exist_however_long_the_names_are() -> None:
    service, other = "s" * 60, "s" * 60 + "2"
    assert possible(naming.host(service, "namespace", "dev")) != naming.host(other, "namespace", "dev")
