"""Parts of a stack that can be up or not, as the API server tells."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from operations import certificate
from operations.cluster import Cluster, Object
from operations.diagnosis import diagnose
from operations.readiness import conditions, unready

CLASS = "kubernetes.io/ingress.class"
BACKENDS = "ingress.kubernetes.io/backends"
CERTIFICATES = "networking.gke.io/managed-certificates"
FRONTEND = "networking.gke.io/v1beta1.FrontendConfig"
"""Annotations of an Ingress: who serves it; the health of what is behind it, as GKE says; names of its certificates and
of its FrontendConfig."""


@dataclass(frozen=True)
class Part:
    """One object: whether it is up, how it stands in a few words, and why it is not up."""

    kind: str
    name: str
    up: bool
    said: str
    reasons: tuple[str, ...] = ()


def parts(cluster: Cluster, namespace: str) -> Iterator[Part]:
    """Everything in a namespace on which visitors depend, what serves them first."""
    for (api_version, kind), look in KINDS.items():
        found = cluster.objects(api_version, kind, namespace)
        for each in sorted(found, key=lambda live: live["metadata"]["name"]):
            yield from look(cluster, each)


def _waited_for(cluster: Cluster, live: Object) -> Iterator[Part]:
    """What the program itself waits for, by the same rules."""
    if reason := unready(live):
        yield _part(live, False, reason, *diagnose(cluster, live))
    else:
        yield _part(live, True, _counted(live))


def _counted(live: Object) -> str:
    status = live.get("status", {})
    if live["kind"] == "Job":
        return "complete"
    return f"{status.get('availableReplicas', 0)} of {live['spec'].get('replicas', 1)} pods available"


def _job(cluster: Cluster, live: Object) -> Iterator[Part]:
    """One that failed at its set time is no reason why the stack would be down: its CronJob tells in events."""
    if not live["metadata"].get("ownerReferences"):
        yield from _waited_for(cluster, live)


def _service(cluster: Cluster, live: Object) -> Iterator[Part]:
    if live["spec"].get("type") == "LoadBalancer":
        for part in _waited_for(cluster, live):
            yield Part(part.kind, part.name, part.up, address(live) or part.said, part.reasons)


def _ingress(cluster: Cluster, live: Object) -> Iterator[Part]:
    where = address(live)
    yield _balanced(cluster, live, where)
    certificates = cluster.objects("networking.gke.io/v1", "ManagedCertificate", live["metadata"]["namespace"])
    issued = {each["metadata"]["name"]: each for each in certificates}
    found: list[Part] = []
    for name in filter(None, (name.strip() for name in _annotations(live).get(CERTIFICATES, "").split(","))):
        if name in issued:
            found += _issued(name, issued[name], where)
        else:
            reason = "HTTPS for its domain is refused. Run `up`: the program makes it."
            found.append(Part("ManagedCertificate", name, False, "does not exist", (reason,)))
    yield from found
    if found and all(part.up for part in found):
        yield from _unredirected(cluster, live)


def _balanced(cluster: Cluster, live: Object, where: str) -> Part:
    """ingress-nginx, unlike GKE, says nothing of the health of what is behind it."""
    backends = json.loads(_annotations(live).get(BACKENDS, "{}"))
    ill = [f"{name}: the load balancer says {said}" for name, said in sorted(backends.items()) if said != "HEALTHY"]
    if not where:
        return _part(live, False, "it has no address", *diagnose(cluster, live))
    if live["spec"].get("ingressClassName") or _annotations(live).get(CLASS) == "nginx":
        return _part(live, True, where)
    if ill or not backends:
        return _part(live, False, f"{where}, but not every backend is healthy", *ill, *diagnose(cluster, live))
    return _part(live, True, f"{where}, all backends healthy")


def _issued(name: str, live: Object, where: str) -> Iterator[Part]:
    for domain, state in certificate.states(live):
        reason = certificate.waits(domain, state, where)
        said = f"{domain}: {state or 'new'}"
        yield Part("ManagedCertificate", name, not reason, said, (reason,) if reason else ())


def _unredirected(cluster: Cluster, live: Object) -> Iterator[Part]:
    """That HTTP is served in plain although HTTPS works everywhere: no outage, but nothing to stay so."""
    name = _annotations(live).get(FRONTEND, "")
    for config in cluster.objects("networking.gke.io/v1beta1", "FrontendConfig", live["metadata"]["namespace"]):
        redirect = config["spec"].get("redirectToHttps")
        if config["metadata"]["name"] == name and not (redirect or {}).get("enabled"):
            reason = (
                "Every certificate is Active: `pulumi up --refresh` redirects HTTP to HTTPS."
                if redirect is None
                else "The stack file says `redirectToHttps: false`. Remove it, and run `pulumi up --refresh`."
            )
            yield Part("FrontendConfig", name, True, "HTTP is not redirected to HTTPS", (reason,))


def _gateway(cluster: Cluster, live: Object) -> Iterator[Part]:
    found = conditions(live)
    where = ", ".join(each["value"] for each in live.get("status", {}).get("addresses") or ())
    wrong = [
        f"{kind}: [{condition.get('reason')}] {condition.get('message', '')}".strip()
        for kind in ("Accepted", "Programmed")
        if (condition := found.get(kind, {"reason": "Pending"})).get("status") != "True"
    ]
    up = bool(where) and not wrong
    yield _part(live, up, where or "it has no address", *wrong, *(() if up else diagnose(cluster, live)))


def _autoscaler(_cluster: Cluster, live: Object) -> Iterator[Part]:
    """It never takes the stack down: without metrics the number of pods stays."""
    spec, status = live["spec"], live.get("status", {})
    used = ", ".join(_use(metric) for metric in status.get("currentMetrics") or () if metric.get("resource"))
    said = f"{status.get('currentReplicas', 0)} pods of {spec.get('minReplicas', 1)} to {spec['maxReplicas']}"
    stuck = [
        f"[{condition.get('reason')}] {condition.get('message', '')}"
        for kind in ("AbleToScale", "ScalingActive")
        if (condition := conditions(live).get(kind, {})).get("status") == "False"
    ]
    yield _part(live, True, f"{said}; {used}" if used else said, *stuck)


def _use(metric: Object) -> str:
    resource = metric["resource"]
    return f"{resource['name']} at {resource['current'].get('averageUtilization', '?')} % of its requests"


KINDS: dict[tuple[str, str], Callable[[Cluster, Object], Iterator[Part]]] = {
    ("apps/v1", "Deployment"): _waited_for,
    ("apps/v1", "StatefulSet"): _waited_for,
    ("batch/v1", "Job"): _job,
    ("autoscaling/v2", "HorizontalPodAutoscaler"): _autoscaler,
    ("v1", "Service"): _service,
    ("networking.k8s.io/v1", "Ingress"): _ingress,
    ("gateway.networking.k8s.io/v1", "Gateway"): _gateway,
}


def address(live: Object) -> str:
    """Where a load balancer answers; empty while it has no address."""
    given = live.get("status", {}).get("loadBalancer", {}).get("ingress") or ()
    return ", ".join(each.get("ip") or each.get("hostname", "") for each in given)


def _annotations(live: Object) -> dict[str, str]:
    return live["metadata"].get("annotations") or {}


def _part(live: Object, up: bool, said: str, *reasons: str) -> Part:
    return Part(live["kind"], live["metadata"]["name"], up, said, tuple(dict.fromkeys(reasons)))
