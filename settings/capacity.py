"""Whether a pod fits a node that may take it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from settings.amounts import Amounts
from settings.cluster import AnyCluster, ClusterSettings
from settings.machines import GIB, Node
from settings.mistake import SettingError
from settings.pod import PodSettings
from settings.quantity import amount

MIB = GIB / 1024

LEAST = Node(Decimal("0.05"), 52 * MIB, 10 * MIB)
MOST = Node(Decimal(30), 110 * GIB, 10 * GIB)
RATIO = (Decimal(1), Decimal("6.5"))
"""Of a pod in Autopilot, and its GiB for each vCPU: GKE, "Resource requests in Autopilot", of 2026-11-29."""

KEYS = ("cpu", "memory", "ephemeral_storage")


def refused(pods: PodSettings, cluster: AnyCluster, platform: str, *at: str | int) -> Iterator[SettingError]:
    """A mistake for each amount that no node has which may take the pods; `at` leads to them."""
    if not isinstance(cluster, ClusterSettings):
        return
    wanted = _wanted(pods)
    if cluster.autopilot:
        yield from _refused_by_autopilot(wanted, pods, *at)
        return
    architecture = platform.removeprefix("linux/")
    if architecture not in cluster.architectures:
        return
    selector, tolerations = pods.node_selector, pods.tolerations
    pools = {
        name: pool
        for name, pool in cluster.node_pools.items()
        if pool.architecture == architecture and pool.takes(selector, tolerations)
    }
    if not pools:
        selected = "node_selector" if pods.node_selector else "tolerations"
        yield SettingError(
            f"No node pool takes these pods: none for {platform} has all labels of nodeSelector, and no taint that "
            "tolerations leaves out. They would wait for ever.",
            "Correct nodeSelector and tolerations, or labels and taints in cluster.nodePools, or image.platform.",
            *(*at, selected),
        )
    nodes = [pool.allocatable for pool in pools.values()]
    known = [node for node in nodes if node]
    if not known or len(known) < len(nodes) or any(_fits(wanted, node) for node in known):
        return
    # What is least above what some node has; each of the others may be right on the node that has most of it.
    largest = max(known)
    for index, key in enumerate(KEYS):
        if wanted[index] > largest[index]:
            yield SettingError(
                f"A pod requests {_text(key, wanted)} of {key.replace('_', ' ')}, and no node of "
                f"{', '.join(f'nodePools.{name} ({pool.machine_type})' for name, pool in pools.items())} has more than "
                f"{_text(key, largest)} for pods: it would wait for ever.",
                "Lower requests, those of the sidecars included, or choose a larger machineType"
                f"{' or diskSizeGb' if key == 'ephemeral_storage' else ''}.",
                *(*at, "requests", key),
            )


def unknown(cluster: AnyCluster) -> Iterator[str]:
    """A sentence for each node pool of which nobody can say here whether pods fit."""
    pools = cluster.node_pools if isinstance(cluster, ClusterSettings) and not cluster.autopilot else {}
    for name, pool in pools.items():
        if not pool.allocatable:
            yield (
                f"cluster.nodePools.{name}: {pool.machine_type} is not in the table of settings/machines.py, so nobody "
                "has checked whether pods fit on its nodes."
            )


def _refused_by_autopilot(wanted: Node, pods: PodSettings, *at: str | int) -> Iterator[SettingError]:
    for index, key in enumerate(KEYS):
        if not LEAST[index] <= wanted[index] <= MOST[index]:
            yield SettingError(
                f"A pod requests {_text(key, wanted)} of {key.replace('_', ' ')}; Autopilot takes {_text(key, LEAST)} "
                f"to {_text(key, MOST)}, raises what is less, and never starts what is more.",
                "Change requests, those of the sidecars included, or remove autopilot.",
                *(*at, "requests", key),
            )
    if amount(pods.limits.ephemeral_storage) > MOST.ephemeral_storage >= wanted.ephemeral_storage:
        yield SettingError(
            f"A pod may take {pods.limits.ephemeral_storage}, and no pod of Autopilot has more than "
            f"{_text('ephemeral_storage', MOST)}.",
            f"Write at most {_text('ephemeral_storage', MOST)}.",
            *(*at, "limits", "ephemeral_storage"),
        )
    ratio = wanted.memory / GIB / wanted.cpu
    if not RATIO[0] <= ratio <= RATIO[1]:
        yield SettingError(
            f"A pod requests {ratio:.2f} GiB of memory for each core; Autopilot takes {RATIO[0]} to {RATIO[1]}, raises "
            "what is too little, and bills that.",
            "Change requests, those of the sidecars included: 1 to 6.5 times as many Gi of memory as cores.",
            *(*at, "requests", "memory" if ratio < RATIO[0] else "cpu"),
        )


def _wanted(pods: PodSettings) -> Node:
    """The app and its sidecars together, or an initContainer beside the sidecars, whichever is more."""
    beside = _sum([each.requests for each in pods.sidecars.values()])
    others = [_sum([each.requests]) for each in (pods, *pods.init_containers.values())]
    return Node(*(own + max(each[index] for each in others) for index, own in enumerate(beside)))


def _sum(requests: Sequence[Amounts]) -> Node:
    return Node(*(sum((amount(getattr(each, key)) for each in requests), Decimal(0)) for key in KEYS))


def _fits(wanted: Node, node: Node) -> bool:
    return all(one <= other for one, other in zip(wanted, node, strict=True))


def _text(key: str, node: Node) -> str:
    value = getattr(node, key)
    if key == "cpu":
        return f"{value * 1000:.0f}m"
    return f"{value / GIB:.1f}Gi" if value >= GIB else f"{value / MIB:.0f}Mi"
