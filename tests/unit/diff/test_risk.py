"""What a change may not do without leave, and what is called out."""

import pytest

from sandbox.diff.risk import CONSEQUENCES, PRECIOUS, findings, require_known
from sandbox.errors import SandboxError
from sandbox.graph.change import Op
from tests.unit.diff.documents import change, graph, node

PRECIOUS_TYPES = {
    type_.replace("kubernetes:", "kubernetes:any.example.com/v1:"): risk for type_, risk in PRECIOUS.items()
}


@pytest.mark.parametrize("op", ["replace", "delete"])
@pytest.mark.parametrize(("type_", "risk"), PRECIOUS_TYPES.items())
def test_losing_what_is_precious_is_blocked_until_its_class_its_urn_or_all_is_allowed(
    type_: str, risk: str, op: Op
) -> None:
    lost = node(type_)
    found = findings([change(lost, op)], graph(lost), graph(), ())
    assert [(one.level, one.risk, one.allowed) for one in found if one.level == "blocked"] == [("blocked", risk, False)]
    for leave in (risk, lost.urn, "all"):
        assert findings([change(lost, op)], graph(lost), graph(), [leave])[0].allowed
    assert not findings([change(lost, op)], graph(lost), graph(), ["protected", "urn:other"])[0].allowed


@pytest.mark.parametrize("op", ["create", "update"])
@pytest.mark.parametrize("type_", PRECIOUS_TYPES)
def test_making_or_changing_what_is_precious_is_not_blocked(type_: str, op: Op) -> None:
    kept = node(type_)
    assert [one for one in findings([change(kept, op)], graph(kept), graph(kept), ()) if one.level == "blocked"] == []


@pytest.mark.parametrize(
    "lost",
    [node("gcp:compute/network:Network", protected=True), node("gcp:sql/x:X", inputs={"deletionProtection": True})],
    ids=["by Pulumi", "by Google"],
)
def test_what_was_protected_is_blocked_whatever_it_is(lost: object) -> None:
    assert hasattr(lost, "urn")
    (finding,) = findings([change(lost, "delete")], graph(lost), graph(), ["network"])  # pyright: ignore[reportArgumentType]
    assert (finding.risk, finding.allowed) == ("protected", False)


def test_other_things_come_and_go_freely() -> None:
    gone = node("kubernetes:apps/v1:Deployment")
    assert findings([change(gone, "delete")], graph(gone), graph(), ()) == ()


@pytest.mark.parametrize(
    ("type_", "path", "sides", "risk", "said"),
    [
        ("kubernetes:apps/v1:Deployment", "spec__replicas", (1, 3), "replicas", "spec.replicas: 1 → 3"),
        ("kubernetes:apps/v1:Deployment", "spec__template__image", ("a@1", "a@2"), "image", "another image"),
        ("docker:index/image:Image", "build__contextDigest", ("a", "b"), "image", "built anew"),
        ("kubernetes:core/v1:Secret", "data", ("[secret]", "[secret]"), "secret", "secret value changes: data"),
        ("kubernetes:networking.k8s.io/v1:Ingress", "spec__rules", (1, 2), "exposure", "Who reaches what"),
        ("gcp:compute/firewall:Firewall", "sourceRanges", (1, 2), "exposure", "Who reaches what"),
        ("gcp:projects/iAMMember:IAMMember", "role", (1, 2), "exposure", "may do what"),
        ("gcp:container/cluster:Cluster", "masterAuthorizedNetworksConfig", (1, 2), "exposure", "Who reaches"),
    ],
)
def test_what_is_easily_overlooked_is_called_out(
    type_: str, path: str, sides: tuple[object, object], risk: str, said: str
) -> None:
    changed = node(type_)
    (finding,) = findings([change(changed, "update", **{path: sides})], graph(changed), graph(changed), ())
    assert (finding.level, finding.risk) == ("notice", risk)
    assert said in finding.message


def test_a_service_for_the_whole_internet_is_called_out() -> None:
    inner, outer = (
        node("kubernetes:core/v1:Service", inputs={"spec": {"type": kind}}) for kind in ("A", "LoadBalancer")
    )
    (finding,) = findings([change(inner, "update", spec__type=("A", "B"))], graph(inner), graph(outer), ())
    assert finding.risk == "exposure"


def test_leave_that_allows_nothing_is_refused() -> None:
    require_known([*CONSEQUENCES, "all", "urn:pulumi:dev::shop::a:b:C::d"])
    with pytest.raises(SandboxError, match="--allow clusters names neither"):
        require_known(["clusters"])
