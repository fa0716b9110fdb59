"""The simulated Google accepts, computes and refuses what Google does."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox import addresses
from sandbox.google import Google
from sandbox.home import Home
from sandbox.providers.gcp import inputs, sdk
from sandbox.providers.gcp.provider import GcpProvider
from sandbox.providers.gcp.types import TYPES
from sandbox.providers.values import UNKNOWN
from tests.unit.providers.speech import SECRET, Refused, Spoken, plain, secret, struct, urn

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
ROUTER = "gcp:compute/router:Router"
NAT = "gcp:compute/routerNat:RouterNat"
ADDRESS = "gcp:compute/globalAddress:GlobalAddress"
CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
ACCOUNT = "gcp:serviceaccount/account:Account"
MEMBER = "gcp:projects/iAMMember:IAMMember"
ZONE = "gcp:dns/managedZone:ManagedZone"
RECORD = "gcp:dns/recordSet:RecordSet"
MAP = "gcp:certificatemanager/certificateMap:CertificateMap"
ENTRY = "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry"
CERTIFICATE = "gcp:certificatemanager/certificate:Certificate"
AUTHORIZATION = "gcp:certificatemanager/dnsAuthorization:DnsAuthorization"

NET = "projects/my-project/global/networks/net"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home", tmp_path / "cache")
    home.pki.mkdir(parents=True)
    (home.pki / "ca.crt").write_text("CERTIFICATE")
    return home


class Program(Spoken):
    """A program's requests to one provider, checked before they are created, as by the engine."""

    def __init__(self, home: Home, **configuration: str) -> None:
        super().__init__(GcpProvider(home))
        given = {"project": "my-project", "region": "europe-west1", **configuration}
        self.call("Configure", provider_pb2.ConfigureRequest(args=struct(given)))

    def mistakes(self, token: str, **given: Any) -> dict[str, str]:
        return {failure.property: failure.reason for failure in self.check(urn(token), given).failures}

    def make(self, token: str, resource: str = "web", **given: Any) -> tuple[str, dict[str, Any]]:
        """Id and outputs; fails the test when the check finds a mistake."""
        checked = self.check(urn(token, resource), given)
        assert not checked.failures
        created = self.create(urn(token, resource), plain(checked.inputs))
        return created.id, plain(created.properties)

    def remove(self, token: str, resource_id: str) -> None:
        self.call("Delete", provider_pb2.DeleteRequest(urn=urn(token), id=resource_id))

    def network(self) -> str:
        return self.make(NETWORK, name="net", autoCreateSubnetworks=False)[0]


@pytest.fixture
def program(home: Home) -> Program:
    return Program(home)


# Importing all of the SDK's types warns of those that it has renamed.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_declared_inputs_are_those_of_the_pinned_sdk() -> None:
    assert inputs.PATH.read_text() == sdk.written(), "run python -m sandbox.providers.gcp.sdk"


@pytest.mark.parametrize("token", TYPES)
def test_the_table_speaks_only_of_inputs_that_exist(token: str) -> None:
    kind, shape = TYPES[token], inputs.properties(inputs.shapes()[token])
    paths = (
        *(*kind.identity, *kind.rules, *kind.api_rules, *kind.replaces, *kind.in_place, *kind.replaces_if),
        *(*kind.computed_inputs, *kind.sets, *kind.keyed, *kind.references, *kind.defaults, *kind.equivalences),
    )
    for path in paths:
        inner: Any = shape
        for step in path.removesuffix(".*").replace("[*]", ".*").split("."):
            assert step == "*" or step in inner, f"{path} of {token}"
            inner = inner[0] if step == "*" else inner[step]
            inner = inputs.properties(inner) if isinstance(inner, dict) else inner


def test_a_name_by_google_s_rules_and_the_providers_project_make_the_id(program: Program) -> None:
    resource_id, outputs = program.make(NETWORK, name="net")
    assert resource_id == NET
    assert outputs["selfLink"] == f"https://www.googleapis.com/compute/v1/{NET}"
    assert outputs["project"] == "my-project"


def test_a_nameless_resource_gets_a_name_that_it_keeps(program: Program) -> None:
    first = plain(program.check(urn(NETWORK, "Net"), {}).inputs)
    assert first["name"].startswith("net-")
    second = plain(program.check(urn(NETWORK, "Net"), {"mtu": 1500}, first).inputs)
    assert second["name"] == first["name"]


@pytest.mark.parametrize(
    ("token", "given", "path", "reason"),
    [
        (NETWORK, {"name": "Net"}, "name", "'Net' is no name"),
        (NETWORK, {"name": "n" * 64}, "name", "at most 63"),
        (NETWORK, {"name": "net", "autoCreateSubnetwork": False}, "autoCreateSubnetwork", "no such property"),
        (NETWORK, {"name": "net", "auto_create_subnetworks": False}, "auto_create_subnetworks", "no such property"),
        (NETWORK, {"name": "net", "routingMode": "LOCAL"}, "routingMode", "not one of REGIONAL, GLOBAL"),
        (NETWORK, {"name": "net", "mtu": "big"}, "mtu", "no number"),
        (SUBNETWORK, {"name": "s", "ipCidrRange": "10.0.0.0/20"}, "network", "required and missing"),
        (SUBNETWORK, {"name": "s", "network": "n", "ipCidrRange": "10.0.0.0"}, "ipCidrRange", "is no range"),
        (
            SUBNETWORK,
            {"name": "s", "network": "n", "secondaryIpRanges": [{"ipCidrRange": "x"}]},
            "secondaryIpRanges[0].rangeName",
            "required and missing",
        ),
        (CLUSTER, {"name": "c" * 41}, "name", "at most 40"),
        (CLUSTER, {"name": "c", "ipAllocationPolicy": {"podsRange": "x"}}, "ipAllocationPolicy.podsRange", "no such"),
        (ACCOUNT, {"accountId": "short"}, "accountId", "6 to 30"),
        (MEMBER, {"project": "my-project", "role": "roles/viewer", "member": "me"}, "member", "is no member"),
        (RECORD, {"name": "a.example.com", "managedZone": "z", "type": "A"}, "name", "ending with a dot"),
        (ADDRESS, {"name": "a", "ipVersion": "IPV5"}, "ipVersion", "not one of IPV4, IPV6"),
        (MEMBER, {"role": "roles/viewer", "member": "user:a@example.com"}, "project", "required and missing"),
    ],
)
def test_a_mistake_is_reported_at_its_path(
    program: Program, token: str, given: dict[str, Any], path: str, reason: str
) -> None:
    assert reason in program.mistakes(token, **given)[path]


@pytest.mark.parametrize(
    ("token", "given", "words", "reason"),
    [
        (NETWORK, {"name": "net", "project": "P"}, "field 'resource.project': 'P'", "is no project id"),
        (
            SUBNETWORK,
            {"name": "s", "network": "net", "ipCidrRange": "10.0.0.1/20"},
            "'resource.ipCidrRange'",
            "host bits",
        ),
        (SUBNETWORK, {"name": "s", "network": "net", "region": "europe"}, "Unknown region., invalid", "is no region"),
        (ADDRESS, {"name": "Bad_Name"}, "field 'resource.name': 'Bad_Name'", "is no name that Google accepts"),
        (ADDRESS, {"name": "a", "addressType": "INTERNAL"}, "'resource.addressType'", "is not simulated here"),
        (CLUSTER, {"name": "c", "location": "here"}, 'Location "here" does not exist', "is no region or zone"),
        (MEMBER, {"role": "viewer", "member": "user:a@example.com"}, "Role viewer is not supported", "is no role"),
        (MEMBER, {"role": "roles/viewer", "member": "me:a"}, "The member me:a is of an unknown type", "is no member"),
    ],
)
def test_what_the_provider_passes_on_and_google_does_not_take_is_refused_by_google(
    program: Program, token: str, given: dict[str, Any], words: str, reason: str
) -> None:
    with pytest.raises(Refused, match="googleapi: Error 400: ") as refused:
        program.make(token, **{"project": "my-project", **given})
    assert words in refused.value.details
    assert reason in refused.value.details


def test_an_update_to_what_google_does_not_take_is_refused(program: Program) -> None:
    program.network()
    given = {"name": "net", "project": "P"}
    request = provider_pb2.UpdateRequest(urn=urn(NETWORK), id=NET, news=struct(given))
    with pytest.raises(Refused, match=r"Error 400: Invalid value for field 'resource\.project'"):
        program.call("Update", request)


def test_all_mistakes_are_reported_together(program: Program) -> None:
    assert set(program.mistakes(SUBNETWORK, name="S", ipCidrRange="x", odd=1)) == {
        *("name", "ipCidrRange", "odd", "network"),
    }


def test_a_place_that_nobody_names_is_a_mistake(home: Home) -> None:
    spoken = Spoken(GcpProvider(home))
    found = {failure.property for failure in spoken.check(urn(SUBNETWORK), {"network": "n"}).failures}
    assert {"project", "region"} <= found


def test_what_is_not_known_yet_is_no_mistake(program: Program) -> None:
    assert program.mistakes(SUBNETWORK, name=UNKNOWN, network=UNKNOWN, ipCidrRange=UNKNOWN) == {}
    assert program.mistakes(CLUSTER, name="c", ipAllocationPolicy=UNKNOWN) == {}


def test_each_global_address_is_the_lowest_that_is_free(program: Program, home: Home) -> None:
    first, second = (str(addresses.STATIC_ADDRESSES[index]) for index in (1, 2))
    one, outputs = program.make(ADDRESS, "one", name="one")
    assert outputs["address"] == first
    assert program.make(ADDRESS, "two", name="two")[1]["address"] == second
    program.remove(ADDRESS, one)
    assert program.make(ADDRESS, "three", name="three")[1]["address"] == first
    record = Google(home).resources()["projects/my-project/global/addresses/two"]
    assert (record["type"], record["name"], record["address"]) == (ADDRESS, "two", second)


def test_a_cluster_s_endpoint_is_a_bare_address_and_its_authority_the_sandbox_s(program: Program) -> None:
    _, outputs = program.make(
        CLUSTER, name="c", masterAuth={"clientCertificateConfig": {"issueClientCertificate": False}}
    )
    assert outputs["endpoint"] == addresses.API_SERVER
    assert base64.b64decode(outputs["masterAuth"]["clusterCaCertificate"]) == b"CERTIFICATE"
    assert outputs["masterAuth"]["clientCertificateConfig"] == {"issueClientCertificate": False}


def test_a_cluster_cannot_be_made_while_the_local_one_does_not_run(program: Program, home: Home) -> None:
    (home.pki / "ca.crt").unlink()
    with pytest.raises(Refused, match="the local cluster behind it is not running"):
        program.make(CLUSTER, name="c")
    assert Google(home).resources() == {}


def test_a_preview_marks_what_google_computes_as_unknown(program: Program, home: Home) -> None:
    given = {"name": "c", "location": "europe-west1", "masterAuth": {"clientCertificateConfig": {}}}
    outputs = plain(program.create(urn(CLUSTER), given, preview=True).properties)
    assert outputs["endpoint"] == UNKNOWN
    assert outputs["masterAuth"] == {"clientCertificateConfig": {}, "clusterCaCertificate": UNKNOWN}
    assert outputs["name"] == "c"
    assert Google(home).resources() == {}


def test_a_protected_cluster_is_not_deleted(program: Program, home: Home) -> None:
    resource_id, _ = program.make(CLUSTER, name="c")
    with pytest.raises(Refused, match=r"deletionProtection is set to true.*Set it to false, run `up` once"):
        program.remove(CLUSTER, resource_id)
    assert resource_id in Google(home).resources()


def test_an_update_lifts_the_protection_and_keeps_what_google_computed(program: Program) -> None:
    resource_id, before = program.make(CLUSTER, name="c")
    inputs = {"name": "c", "location": "europe-west1", "project": "my-project", "deletionProtection": False}
    request = provider_pb2.UpdateRequest(urn=urn(CLUSTER), id=resource_id, news=struct(inputs))
    after = plain(program.call("Update", request).properties)
    assert after["selfLink"] == before["selfLink"]
    program.remove(CLUSTER, resource_id)


def test_a_preview_of_an_update_keeps_what_google_computed_beside_an_input(program: Program) -> None:
    closed = {"clientCertificateConfig": {"issueClientCertificate": False}}
    resource_id, before = program.make(CLUSTER, name="c", masterAuth=closed)
    inputs = {"name": "c", "location": "europe-west1", "project": "my-project", "masterAuth": closed}
    request = provider_pb2.UpdateRequest(
        urn=urn(CLUSTER), id=resource_id, olds=struct(before), news=struct(inputs), preview=True
    )
    after = plain(program.call("Update", request).properties)
    assert after["masterAuth"] == before["masterAuth"]
    assert after["masterAuth"]["clusterCaCertificate"]


def test_a_reference_to_what_is_not_there_is_refused(program: Program) -> None:
    with pytest.raises(Refused, match=f"Error 404: The resource '{NET}' was not found"):
        program.make(SUBNETWORK, name="s", network="net", ipCidrRange="10.0.0.0/20")


@pytest.mark.parametrize("spelled", ["net", NET, f"https://www.googleapis.com/compute/v1/{NET}"])
def test_a_resource_in_use_is_not_deleted_however_its_user_spells_it(program: Program, spelled: str) -> None:
    network = program.network()
    subnet, _ = program.make(SUBNETWORK, name="s", network=spelled, ipCidrRange="10.0.0.0/20")
    with pytest.raises(Refused, match=r"googleapi: Error 400: The network resource '.*' is already being used by"):
        program.remove(NETWORK, network)
    program.remove(SUBNETWORK, subnet)
    program.remove(NETWORK, network)


def test_the_whole_graph_of_a_stack_comes_up_and_goes_down_in_reverse(program: Program, home: Home) -> None:
    network = program.network()
    subnet, _ = program.make(SUBNETWORK, name="s", network=network, ipCidrRange="10.0.0.0/20")
    router, _ = program.make(ROUTER, name="r", network=network)
    nat, _ = program.make(
        NAT,
        name="nat",
        router="r",
        sourceSubnetworkIpRangesToNat="LIST_OF_SUBNETWORKS",
        subnetworks=[{"name": subnet, "sourceIpRangesToNats": ["ALL_IP_RANGES"]}],
    )
    cluster, _ = program.make(
        CLUSTER, name="c", network=network, subnetwork=subnet, deletionProtection=False, location="europe-west1-b"
    )
    pool, _ = program.make(POOL, name="p", cluster="c", location="europe-west1-b")
    account, outputs = program.make(ACCOUNT, accountId="nodes-of-c")
    member, _ = program.make(MEMBER, project="my-project", role="roles/viewer", member=outputs["member"])
    assert nat == "my-project/europe-west1/r/nat"
    assert outputs["email"] == "nodes-of-c@my-project.iam.gserviceaccount.com"
    assert member == "my-project/roles/viewer/serviceAccount:nodes-of-c@my-project.iam.gserviceaccount.com"
    for token, resource_id in reversed(
        [
            *((NETWORK, network), (SUBNETWORK, subnet), (ROUTER, router), (NAT, nat), (CLUSTER, cluster)),
            *((POOL, pool), (ACCOUNT, account), (MEMBER, member)),
        ]
    ):
        program.remove(token, resource_id)
    assert Google(home).resources() == {}


def test_a_cluster_takes_its_pools_along(program: Program, home: Home) -> None:
    cluster, _ = program.make(CLUSTER, name="c", deletionProtection=False, location="europe-west1")
    pool, _ = program.make(POOL, name="p", cluster=cluster, location="europe-west1")
    program.remove(CLUSTER, cluster)
    assert Google(home).resources() == {}
    program.remove(POOL, pool)


def test_a_zone_with_records_is_kept(program: Program) -> None:
    zone, _ = program.make(ZONE, name="z", dnsName="example.com.")
    record, _ = program.make(RECORD, name="a.example.com.", type="A", ttl=300, rrdatas=["127.0.0.1"], managedZone="z")
    assert record == "projects/my-project/managedZones/z/rrsets/a.example.com./A"
    with pytest.raises(Refused, match="containerNotEmpty"):
        program.remove(ZONE, zone)


def test_a_record_of_another_type_has_another_name_at_google(program: Program, home: Home) -> None:
    program.make(ZONE, name="z", dnsName="example.com.")
    given: dict[str, Any] = {"name": "a.example.com.", "ttl": 300, "managedZone": "z", "project": "my-project"}
    record, outputs = program.make(RECORD, **given, type="A", rrdatas=["127.0.0.1"])
    request = provider_pb2.UpdateRequest(
        urn=urn(RECORD), id=record, olds=struct(outputs), news=struct({**given, "type": "TXT", "rrdatas": ["text"]})
    )
    program.call("Update", request)
    records = [name.rpartition("/")[2] for name in Google(home).resources() if "/rrsets/" in name]
    assert records == ["TXT"]
    program.remove(RECORD, record)
    assert [*Google(home).resources()] == ["projects/my-project/managedZones/z"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [({}, 0), ({"initialNodeCount": 2}, 2), ({"nodeCount": 3}, 3), ({"autoscaling": {"totalMinNodeCount": 1}}, 0)],
)
def test_a_pool_starts_with_the_nodes_that_its_inputs_say_and_else_with_none(
    program: Program, given: dict[str, Any], expected: int
) -> None:
    program.make(CLUSTER, name="c", location="europe-west1")
    _, outputs = program.make(POOL, name="p", cluster="c", location="europe-west1", **given)
    assert (outputs["nodeCount"], outputs["initialNodeCount"]) == (expected, expected)


def test_a_given_value_is_not_computed(program: Program) -> None:
    preview = program.create(urn(POOL), {"name": "p", "nodeCount": 3}, preview=True)
    assert plain(preview.properties)["nodeCount"] == 3
    _, outputs = program.make(CLUSTER, name="c", location="europe-west1", nodeVersion="1.33")
    assert outputs["nodeVersion"] == "1.33"


def test_a_certificate_is_kept_while_an_entry_serves_it_and_a_map_while_it_has_entries(program: Program) -> None:
    proof, shown = program.make(AUTHORIZATION, name="own", domain="app.example.com")
    assert shown["dnsResourceRecords"][0]["name"] == "_acme-challenge.app.example.com."
    managed = {"domains": ["app.example.com"], "dnsAuthorizations": [proof]}
    certificate, _ = program.make(CERTIFICATE, name="own", managed=managed)
    certificates, _ = program.make(MAP, name="web")
    entry, _ = program.make(ENTRY, name="own", map="web", hostname="app.example.com", certificates=[certificate])
    for kept, kind in ((certificates, MAP), (certificate, CERTIFICATE), (proof, AUTHORIZATION)):
        with pytest.raises(Refused, match=r"containerNotEmpty|resourceInUseByAnotherResource"):
            program.remove(kind, kept)
    for kind, gone in ((ENTRY, entry), (MAP, certificates), (CERTIFICATE, certificate), (AUTHORIZATION, proof)):
        program.remove(kind, gone)


def test_overlapping_ranges_of_one_network_are_refused(program: Program) -> None:
    network = program.network()
    pods = [{"rangeName": "pods", "ipCidrRange": "10.4.0.0/14"}]
    program.make(SUBNETWORK, "a", name="a", network=network, ipCidrRange="10.0.0.0/20", secondaryIpRanges=pods)
    with pytest.raises(Refused, match=r"'10.5.0.0/16'. It conflicts with 10.4.0.0/14"):
        program.make(SUBNETWORK, "b", name="b", network=network, ipCidrRange="10.5.0.0/16")


def test_a_secondary_range_is_added_and_removed_and_never_changed(program: Program) -> None:
    network = program.network()
    subnet: dict[str, Any] = {"name": "s", "network": network, "ipCidrRange": "10.0.0.0/24"}
    pods = {"rangeName": "pods", "ipCidrRange": "10.4.0.0/16"}
    made, _ = program.make(SUBNETWORK, **subnet, secondaryIpRanges=[pods])

    def update(name: str, block: str) -> None:
        news = {**subnet, "region": "europe-west1", "project": "my-project"}
        news["secondaryIpRanges"] = [{"rangeName": name, "ipCidrRange": block}]
        program.call("Update", provider_pb2.UpdateRequest(urn=urn(SUBNETWORK), id=made, news=struct(news)))

    with pytest.raises(Refused, match=r"Existing secondary range cannot be modified: 10\.5\.0\.0/16"):
        update("pods", "10.5.0.0/16")
    update("more", "10.5.0.0/16")


def test_two_clusters_of_a_subnet_do_not_share_a_range_of_services(program: Program) -> None:
    network = program.network()
    subnet, _ = program.make(SUBNETWORK, name="s", network=network, ipCidrRange="10.0.0.0/24")
    given: dict[str, Any] = {
        "network": network,
        "subnetwork": subnet,
        "ipAllocationPolicy": {"servicesSecondaryRangeName": "services"},
    }
    program.make(CLUSTER, name="first", location="europe-west1-b", **given)
    with pytest.raises(Refused, match=r"Services range 'services' .* is already used by another cluster"):
        program.make(CLUSTER, name="second", location="europe-west1", **given)


def test_a_second_resource_of_the_same_name_is_refused(program: Program) -> None:
    program.make(NETWORK, "one", name="net")
    with pytest.raises(Refused, match=f"Error 409: The resource '{NET}' already exists"):
        program.make(NETWORK, "two", name="net")


def test_what_exists_is_not_created_again_by_the_same_resource(program: Program) -> None:
    program.make(NETWORK, name="net")
    with pytest.raises(Refused, match=r"Error 409: .* already exists.*recover.*delete_before_replace.*import"):
        program.make(NETWORK, name="net")
    program.remove(NETWORK, NET)
    assert program.make(NETWORK, name="net")[0] == NET


@pytest.mark.parametrize(
    ("token", "given"),
    [
        (MEMBER, {"project": "my-project", "role": "roles/viewer", "member": "user:jane@example.com"}),
        ("gcp:projects/service:Service", {"service": "container.googleapis.com"}),
    ],
)
def test_a_member_of_a_role_and_an_enabled_service_can_be_created_again(
    program: Program, token: str, given: dict[str, str]
) -> None:
    assert program.make(token, **given)[0] == program.make(token, "another", **given)[0]


def test_a_member_of_a_role_is_found_by_its_import_id(program: Program) -> None:
    created, _ = program.make(MEMBER, project="my-project", role="roles/viewer", member="user:jane@example.com")
    assert read(program, MEMBER, "my-project roles/viewer user:jane@example.com").id == created


def read(program: Program, token: str, resource_id: str) -> Any:
    return program.call("Read", provider_pb2.ReadRequest(urn=urn(token), id=resource_id))


def test_a_refresh_finds_what_is_there_and_what_is_gone(program: Program) -> None:
    network = program.network()
    found = read(program, NETWORK, network)
    assert found.id == network
    assert plain(found.inputs) == {
        "name": "net",
        "project": "my-project",
        "autoCreateSubnetworks": False,
        "routingMode": "REGIONAL",
    }
    program.remove(NETWORK, network)
    assert read(program, NETWORK, network).id == ""


@pytest.mark.parametrize("hidden", ["pemPrivateKey", "selfManaged"])
def test_a_secret_is_not_recorded_and_a_refresh_finds_it_in_the_state(
    program: Program, home: Home, hidden: str
) -> None:
    pair: dict[str, Any] = {"pemCertificate": "PUBLIC", "pemPrivateKey": "canary"}
    given: dict[str, Any] = {
        "name": "c",
        "project": "my-project",
        "selfManaged": secret(pair) if hidden == "selfManaged" else {**pair, "pemPrivateKey": secret("canary")},
    }
    created = program.create(urn(CERTIFICATE), given)
    update = provider_pb2.UpdateRequest(urn=urn(CERTIFICATE), id=created.id, news=struct(given))
    for state in (created.properties, program.call("Update", update).properties):
        assert "canary" not in home.google.read_text()
        request = provider_pb2.ReadRequest(urn=urn(CERTIFICATE), id=created.id, properties=state, inputs=struct(given))
        assert plain(program.call("Read", request).properties) == plain(state)
    assert SECRET in json.dumps(plain(created.properties))
    assert ("PUBLIC" in home.google.read_text()) is (hidden == "pemPrivateKey")


def test_what_google_acts_on_is_recorded_even_if_it_is_called_secret(program: Program) -> None:
    given = {"name": "c", "project": "my-project", "location": "europe-west1", "deletionProtection": secret(True)}
    created = program.create(urn(CLUSTER), given)
    with pytest.raises(Refused, match="deletionProtection is set to true"):
        program.remove(CLUSTER, created.id)


def test_an_update_of_what_is_gone_says_so(program: Program) -> None:
    request = provider_pb2.UpdateRequest(urn=urn(NETWORK), id=NET, news=struct({"name": "net"}))
    with pytest.raises(Refused, match="Error 404"):
        program.call("Update", request)


@pytest.mark.parametrize(
    ("new", "replaces"),
    [("10.0.0.0/20", []), ("10.0.0.0/24", ["ipCidrRange"]), ("10.1.0.0/16", ["ipCidrRange"])],
)
def test_a_subnet_grows_in_place_and_neither_shrinks_nor_moves(program: Program, new: str, replaces: list[str]) -> None:
    old = {"name": "s", "network": "n", "ipCidrRange": "10.0.0.0/22"}
    assert list(program.diff(urn(SUBNETWORK), old, {**old, "ipCidrRange": new}).replaces) == replaces


@pytest.mark.parametrize(
    ("token", "path", "old", "new", "replaced"),
    [
        (NETWORK, "name", "a", "b", True),
        (NETWORK, "routingMode", "REGIONAL", "GLOBAL", False),
        (SUBNETWORK, "region", "europe-west1", "europe-west2", True),
        (CLUSTER, "location", "europe-west1", "europe-west2", True),
        (CLUSTER, "ipAllocationPolicy", {"stackType": "IPV4"}, {"stackType": "IPV4_IPV6"}, False),
        (CLUSTER, "ipAllocationPolicy", {"clusterSecondaryRangeName": "a"}, {"clusterSecondaryRangeName": "b"}, True),
        (CLUSTER, "releaseChannel", {"channel": "STABLE"}, {"channel": "RAPID"}, False),
        (POOL, "nodeConfig", {"spot": True}, {"spot": False}, True),
        (POOL, "nodeConfig", {"machineType": "a"}, {"machineType": "b"}, False),
        (MEMBER, "role", "roles/a", "roles/b", True),
    ],
)
def test_what_google_cannot_change_is_replaced(
    program: Program, token: str, path: str, old: Any, new: Any, replaced: bool
) -> None:
    diff = program.diff(urn(token), {"name": "x", path: old}, {"name": "x", path: new})
    assert diff.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert bool(diff.replaces) is replaced


def test_what_google_chose_is_no_change_to_a_program_that_leaves_it_to_google(program: Program) -> None:
    imported = {"name": "x", "address": "203.0.113.1"}
    assert not program.diff(urn(ADDRESS), imported, {"name": "x"}).diffs
    assert list(program.diff(urn(ADDRESS), imported, {**imported, "address": "203.0.113.2"}).replaces) == ["address"]


def test_the_old_resource_goes_first_only_when_the_new_one_needs_its_name(program: Program) -> None:
    def first(**given: Any) -> bool:
        old = {"name": "x", "project": "p", "description": "a", **given}
        return program.diff(urn(NETWORK), old, {**old, "description": "b"}).deleteBeforeReplace

    assert first()
    assert not first(__defaults=["name"])


def test_default_labels_reach_what_can_have_labels(home: Home) -> None:
    program = Program(home, defaultLabels=json.dumps({"team": "web"}))
    _, outputs = program.make(CLUSTER, name="c", resourceLabels={"env": "dev"})
    assert outputs["effectiveLabels"] == {"team": "web", "env": "dev", "goog-pulumi-provisioned": "true"}


def test_the_providers_configuration_is_checked(home: Home) -> None:
    request = provider_pb2.CheckRequest(news=struct({"project": "P", "reegion": "x", "region": "europe-west1"}))
    answer = Spoken(GcpProvider(home)).call("CheckConfig", request)
    assert {failure.property for failure in answer.failures} == {"project", "reegion"}


def test_data_sources_are_refused_by_name(program: Program) -> None:
    with pytest.raises(Refused, match="gcp:organizations/getProject:getProject is not simulated"):
        program.call("Invoke", provider_pb2.InvokeRequest(tok="gcp:organizations/getProject:getProject"))
