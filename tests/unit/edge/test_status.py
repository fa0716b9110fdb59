"""Annotations tell a backend's health, and are written only when they change."""

import json

from sandbox.edge.model import Backend, LoadBalancer
from sandbox.edge.naming import backend, load_balancer, resource
from sandbox.edge.status import annotation_patch, annotations_of

BALANCER = LoadBalancer(
    "balancer", (("shop", "web"),), "127.45.0.1", tuple(Backend(name, ("shop", name), "") for name in "abc"), ()
)


def test_a_backend_is_healthy_unhealthy_or_unknown_when_it_has_no_endpoint() -> None:
    annotations = annotations_of(BALANCER, {"a": ["10.244.0.1"], "b": []}, [])
    assert json.loads(annotations["ingress.kubernetes.io/backends"] or "") == {
        "a": "HEALTHY",
        "b": "UNHEALTHY",
        "c": "Unknown",
    }


def test_only_what_changed_is_patched() -> None:
    ingress = {"metadata": {"annotations": {"same": "1", "old": "1", "gone": "1"}}}
    patch = annotation_patch(ingress, {"same": "1", "old": "2", "gone": None, "absent": None})
    assert patch == {"metadata": {"annotations": {"old": "2", "gone": None}}}
    assert annotation_patch(ingress, {"same": "1", "absent": None}) is None


def test_names_fit_google_and_differ_where_their_objects_do() -> None:
    long = "n" * 63, "i" * 63
    assert len(resource("um", load_balancer(long))) <= 63
    assert len(backend(long, 65535)) <= 63
    assert load_balancer(("a-b", "c")) != load_balancer(("a", "b-c"))
    assert backend(("shop", "web"), 80) != backend(("shop", "web"), 81)
