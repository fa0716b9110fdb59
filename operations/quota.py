"""Whether Google lets the project have what a stack that is not there yet needs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from audit.session import CONTAINER
from operations.finding import Finding, Level
from operations.google_api import Google
from settings.cluster import ClusterSettings
from settings.node_pool import DEFAULT_POOL, NodePoolSettings
from settings.stack import Settings

LOAD_BALANCER = {
    "STATIC_ADDRESSES": 1,
    "FORWARDING_RULES": 2,
    "TARGET_HTTP_PROXIES": 1,
    "TARGET_HTTPS_PROXIES": 1,
    "URL_MAPS": 2,
    "BACKEND_SERVICES": 1,
    "HEALTH_CHECKS": 1,
}
"""Global quotas that an address with HTTP, HTTPS and a redirect between them takes."""

DISKS = {"pd-standard": "DISKS_TOTAL_GB", "pd-balanced": "SSD_TOTAL_GB", "pd-ssd": "SSD_TOTAL_GB"}

DEFAULT_POOL_CPUS = 2
"""Of each of its machines."""

REGIONAL_ZONES = 3
"""That GKE chooses for nodes where none are named."""


def quotas(settings: Settings, google: Google) -> Iterator[Finding]:
    """For the load balancer, and for network and nodes of a new cluster; what is there already is counted in use.

    Raises UnreadableError.
    """
    region = google.compute(f"regions/{settings.google.region}")
    if region is None:
        yield Finding(
            f"region {settings.google.region}",
            "not there",
            Level.stops,
            "Nothing can be created in it.",
            "Correct google.region.",
        )
        return
    front: Counter[str] = Counter()
    if google.compute(f"global/addresses/{settings.name}") is None:
        front.update(LOAD_BALANCER)
        front["SSL_CERTIFICATES"] += len(settings.domains) if settings.ingress.kind == "ingress" else 0
    nodes: Counter[str] = Counter()
    chosen = settings.cluster
    if isinstance(chosen, ClusterSettings) and not _exists(settings, google):
        front.update({"NETWORKS": 1, "SUBNETWORKS": 1, "ROUTERS": 1})
        nodes["IN_USE_ADDRESSES"] += 1
        zones = settings.google.zones or tuple(zone.rpartition("/")[2] for zone in region["zones"][:REGIONAL_ZONES])
        own: Counter[str] = Counter()
        for pool in () if chosen.autopilot else chosen.node_pools.values():
            machine = google.compute(f"zones/{zones[0]}/machineTypes/{pool.machine_type}")
            if machine is None:
                yield Finding(
                    f"machine type {pool.machine_type}",
                    f"not in {zones[0]}",
                    Level.stops,
                    "The node pool cannot be created.",
                    "Choose another machineType, or other zones.",
                )
            else:
                own.update(_machines(pool, pool.minimum, machine["guestCpus"], _limits(region)))
        first = {} if chosen.autopilot else _machines(DEFAULT_POOL, len(zones), DEFAULT_POOL_CPUS, _limits(region))
        # Gone before the others are made.
        nodes.update(own | Counter(first))
    yield _enough("network and load balancer", front, _limits(google.compute("") or {}), google.project)
    yield _enough("nodes", nodes, _limits(region), f"{google.project}, {settings.google.region}")


def _exists(settings: Settings, google: Google) -> bool:
    place = f"projects/{google.project}/locations/{settings.google.location}/clusters/{settings.name}"
    return google.read(f"{CONTAINER}/{place}") is not None


def _machines(pool: NodePoolSettings, count: int, processors: int, limits: Mapping[str, Any]) -> dict[str, int]:
    """Quota that so many machines of a pool take. Families of machines have their own, if not the common one."""
    own = f"{pool.machine_type.partition('-')[0].upper()}_CPUS"
    spot = pool.spot and limits.get("PREEMPTIBLE_CPUS", (0, 0))[0] > 0
    metric = "PREEMPTIBLE_CPUS" if spot else own if own in limits else "CPUS"
    needs = {metric: count * processors, "INSTANCES": count}
    if disk := DISKS.get(pool.disk_type):
        needs[disk] = count * pool.disk_size_gb
    return needs


def _limits(resource: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Limit and use by metric."""
    return {each["metric"]: (each["limit"], each["usage"]) for each in resource.get("quotas", ())}


def _enough(what: str, needs: Mapping[str, int], limits: Mapping[str, tuple[float, float]], where: str) -> Finding:
    about = f"quotas for {what}"
    if not needs:
        return Finding(about, "what is there already is counted in use")
    known = {metric: limits[metric] for metric in needs if metric in limits}
    short = [
        f"{metric}: {needs[metric]} needed, {used:g} of {limit:g} in use"
        for metric, (limit, used) in known.items()
        if used + needs[metric] > limit
    ]
    if short:
        remedy = "Ask for more on the quota page of the console, or choose another region or smaller nodes."
        return Finding(about, "; ".join(short), Level.stops, f"Google refuses to create them in {where}.", remedy)
    return Finding(
        about, ", ".join(f"{metric} {needs[metric]} of {of[0] - of[1]:g} free" for metric, of in known.items())
    )
