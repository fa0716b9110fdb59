"""Both classes become one model, and endpoints are always those of now."""

from sandbox.edge.address import Addresses
from sandbox.edge.certificates import Certificates
from sandbox.edge.keyring import Keyring
from sandbox.edge.model import LoadBalancer, Manner
from sandbox.edge.objects import Kind
from sandbox.edge.tls import HostCertificates
from sandbox.edge.translate import Translation, Translator
from tests.unit.edge.conftest import NOW
from tests.unit.edge.fakes import FakeCluster


def translated(cluster: FakeCluster, keyring: Keyring, previous: tuple[LoadBalancer, ...] = ()) -> Translation:
    addresses = Addresses()
    addresses.see(cluster, {})
    translator = Translator(addresses, Certificates(keyring), HostCertificates(keyring))
    return translator.translate(cluster, {}, previous, NOW)


def test_each_class_has_its_own_load_balancer(cluster: FakeCluster, keyring: Keyring) -> None:
    cluster.service()
    cluster.ingress("google")
    cluster.ingress("nginx", {"kubernetes.io/ingress.class": "nginx"})
    balancers = translated(cluster, keyring).model.balancers
    assert {balancer.manner: balancer.ingresses for balancer in balancers} == {
        Manner.GOOGLE: (("shop", "google"),),
        Manner.NGINX: (("shop", "nginx"),),
    }
    assert len({balancer.address for balancer in balancers}) == 2


def test_an_ingress_that_stays_as_it_was_has_the_endpoints_of_now(cluster: FakeCluster, keyring: Keyring) -> None:
    cluster.service()
    cluster.ingress()
    before = translated(cluster, keyring).model.balancers
    cluster.endpoints(a5=(True, True, False))
    del cluster[Kind.SERVICE]["shop", "web"]
    after = translated(cluster, keyring, before)
    assert after.model.balancers == before
    assert [one.address for one in after.model.endpoints[before[0].backends[0].name]] == ["10.244.0.5"]
    assert list(after.warnings) == [(Kind.INGRESS, ("shop", "web"))]
