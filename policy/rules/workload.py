"""Rules of how pods run: what they may use, how they are asked, and what keeps them up."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .containers import PODS, SERVERS, containers, template
from .property import Check, at, items, same
from .rule import UNKNOWN, Config, Finding, Resource, Rule, StackRule

SCALER = ("kubernetes:autoscaling/*:HorizontalPodAutoscaler",)
BUDGET = ("kubernetes:policy/*:PodDisruptionBudget",)
POLICY = ("kubernetes:networking.k8s.io/*:NetworkPolicy",)
DEPLOYMENT = ("kubernetes:apps/*:Deployment", "kubernetes:apps/*:StatefulSet")
NAMESPACE = ("kubernetes:core/v1:Namespace",)
NAMESPACED = (
    *PODS,
    "kubernetes:core/v1:Service",
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:ConfigMap",
    "kubernetes:networking.k8s.io/*:Ingress",
)
SAFE = "pod-security.kubernetes.io/enforce"


def _resources(kind: str) -> Check:
    """Requests or limits of processor and memory are there."""

    def check(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
        for where, container in containers(properties):
            stated = at(container, f"resources.{kind}")
            for resource in ("cpu", "memory"):
                if stated != UNKNOWN and at(stated, resource) in (None, ""):
                    yield Finding(f"{where}.resources.{kind}.{resource}")

    return check


def _probe(kind: str) -> Check:
    def check(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
        for where, container in containers(properties, initial=False):
            if not at(container, kind):
                yield Finding(f"{where}.{kind}")

    return check


def _own_namespace(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    namespace = at(properties, "metadata.namespace")
    if namespace in (None, "", "default"):
        yield Finding("metadata.namespace", namespace)


def _guarded(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    labels = at(properties, "metadata.labels")
    profile = labels.get(SAFE) if isinstance(labels, Mapping) else labels
    if profile not in ("restricted", UNKNOWN):
        yield Finding(f"metadata.labels[{SAFE}]", profile)


def _selects(selector: Any, labels: Any) -> bool:
    """Whether `matchLabels` are among the labels; what cannot be told is taken for a match."""
    wanted = at(selector, "matchLabels") or {}
    return UNKNOWN in (wanted, labels) or all(same(labels.get(key), value) for key, value in wanted.items())


def _pods(resource: Resource) -> tuple[Any, Any]:
    """Namespace and labels of the pods that a workload makes."""
    _, made = template(resource.properties)
    return at(resource.properties, "metadata.namespace"), at(made, "metadata.labels") or {}


def _covered(resource: Resource, by: Sequence[Resource], selector: str) -> bool:
    namespace, labels = _pods(resource)
    return any(
        same(at(each.properties, "metadata.namespace"), namespace) and _selects(at(each.properties, selector), labels)
        for each in by
    )


def _more_than_one(resources: Sequence[Resource], _config: Config) -> Iterator[Finding]:
    scalers = [each for each in resources if each.matches(SCALER)]
    for each in resources:
        if each.matches(DEPLOYMENT):
            least = [at(scaler.properties, "spec.minReplicas") for scaler in scalers if _scales(scaler, each)]
            replicas = least[0] if least else at(each.properties, "spec.replicas")
            if replicas != UNKNOWN and (replicas is None or replicas < 2):
                yield Finding("the least number of pods", replicas or 1, each.urn)


def _scales(scaler: Resource, workload: Resource) -> bool:
    names = ("metadata.namespace", "metadata.namespace"), ("spec.scaleTargetRef.name", "metadata.name")
    return all(same(at(scaler.properties, own), at(workload.properties, its)) for own, its in names)


def _budgeted(resources: Sequence[Resource], _config: Config) -> Iterator[Finding]:
    budgets = [each for each in resources if each.matches(BUDGET)]
    for each in resources:
        if each.matches(DEPLOYMENT) and not _covered(each, budgets, "spec.selector"):
            yield Finding("the PodDisruptionBudget", urn=each.urn)


def _isolated(resources: Sequence[Resource], _config: Config) -> Iterator[Finding]:
    policies = [each for each in resources if each.matches(POLICY) and "Ingress" in _directions(each)]
    for each in resources:
        if each.matches(PODS) and not _covered(each, policies, "spec.podSelector"):
            yield Finding("the NetworkPolicy for incoming traffic", urn=each.urn)


def _directions(policy: Resource) -> list[Any]:
    """Ingress is what a policy is about that does not say."""
    return items(policy.properties, "spec.policyTypes") or ["Ingress"]


RULES = [
    Rule(
        id="workload-requests",
        title="Containers say what they need",
        references=("CKV_K8S_10", "CKV_K8S_12"),
        types=PODS,
        check=_resources("requests"),
        consequence="the scheduler puts more pods on a node than it can carry.",
        remedy="State requests for cpu and memory.",
    ),
    Rule(
        id="workload-limits",
        title="Containers have a limit",
        references=("CKV_K8S_11", "CKV_K8S_13"),
        types=PODS,
        check=_resources("limits"),
        consequence="one container can starve the node.",
        remedy="State limits for cpu and memory.",
    ),
    Rule(
        id="workload-readiness",
        title="Pods are asked whether they can serve",
        references=("CKV_K8S_9",),
        types=SERVERS,
        check=_probe("readinessProbe"),
        consequence="requests go to pods that are not ready, at every rollout.",
        remedy="Add a readiness probe.",
    ),
    Rule(
        id="workload-liveness",
        title="Pods that hang are restarted",
        level="advisory",
        references=("CKV_K8S_8",),
        types=SERVERS,
        check=_probe("livenessProbe"),
        consequence="a process that hangs stays as it is.",
        remedy="Add a liveness probe that asks the process alone, not what it depends on.",
    ),
    Rule(
        id="workload-namespace",
        title="Nothing is in the default namespace",
        references=("CKV_K8S_21",),
        types=NAMESPACED,
        check=_own_namespace,
        consequence="it lies among what nobody owns, without the namespace's policies.",
        remedy="Name a namespace.",
    ),
    Rule(
        id="workload-pod-security",
        title="Namespaces refuse pods outside the restricted profile",
        types=NAMESPACE,
        check=_guarded,
        consequence="the cluster accepts pods that these rules never saw.",
        remedy="Set the label to restricted.",
    ),
    StackRule(
        id="workload-network-policy",
        title="A network policy says who may talk to a pod",
        references=("CKV2_K8S_6",),
        check=_isolated,
        consequence="every pod of the cluster may talk to it.",
        remedy="Add a NetworkPolicy that selects it; one for the namespace denies the rest.",
    ),
    StackRule(
        id="workload-replicas",
        title="A service survives the loss of a pod",
        level="advisory",
        check=_more_than_one,
        consequence="when its node goes, so does the service.",
        remedy="Run two or more where people depend on it.",
    ),
    StackRule(
        id="workload-disruption-budget",
        title="Maintenance leaves enough pods",
        level="advisory",
        check=_budgeted,
        consequence="an upgrade of the nodes may take all pods at the same time.",
        remedy="Add a PodDisruptionBudget that selects the pods.",
    ),
]
