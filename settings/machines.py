"""What a node of a machine type has for pods; a table of 2026-11-29.

Sources: Compute Engine, "General-purpose machine family" and "Compute-optimized machine family"; GKE, "Plan node
sizes", "Resource reservations" and "Local ephemeral storage reservation".
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

GIB = Decimal(1024**3)

MEMORY_PER_PROCESSOR: Mapping[str, Mapping[str, str]] = {
    "standard": {
        **dict.fromkeys(["c2", "c2d", "c3", "c3d", "c4a", "e2", "n2", "n2d", "n4", "n4a", "n4d", "t2a", "t2d"], "4"),
        "n1": "3.75",
        "c4": "3.75",
        "c4d": "3.875",
    },
    "highmem": {
        **dict.fromkeys(["c2d", "c3", "c3d", "c4a", "e2", "n2", "n2d", "n4", "n4a", "n4d"], "8"),
        "n1": "6.5",
        "c4": "7.75",
        "c4d": "7.875",
    },
    "highcpu": {
        **dict.fromkeys(["e2", "n2", "n2d"], "1"),
        **dict.fromkeys(["c2d", "c3", "c3d", "c4", "c4a", "n4", "n4a", "n4d"], "2"),
        "n1": "0.9",
        "c4d": "1.875",
    },
}
"""GiB for each vCPU, by kind and family of the machine type."""

SHARED: Mapping[str, str] = {"e2-micro": "1", "e2-small": "2", "e2-medium": "4"}
"""GiB of machines that share their processors."""

SHARED_CORES = Decimal("0.94")
"""That they have for pods: 2 vCPUs, of which GKE reserves 1060m."""

PROCESSORS = ((1, "0.06"), (1, "0.01"), (2, "0.005"), (10**6, "0.0025"))
"""Share of each vCPU that GKE reserves: of the first, the second, the next two, and those above."""

MEMORY = ((4, "0.25"), (4, "0.20"), (8, "0.10"), (112, "0.06"), (10**6, "0.02"))
"""Share of each GiB that GKE reserves, likewise."""

EVICTION = Decimal(100 * 1024**2)
"""Bytes of memory that the kubelet keeps free."""


class Node(NamedTuple):
    """What pods can request: cores, bytes of memory, bytes of ephemeral storage."""

    cpu: Decimal
    memory: Decimal
    ephemeral_storage: Decimal


def allocatable(machine_type: str, disk_gb: int) -> Node | None:
    """None for a machine type that the table does not have."""
    disk = Decimal(disk_gb) * GIB
    reserved = min(disk / 2, 6 * GIB + disk * Decimal("0.35"), 100 * GIB) + disk / 10
    if machine_type in SHARED:
        memory = Decimal(SHARED[machine_type])
        return Node(SHARED_CORES, memory * GIB - _reserved(memory, MEMORY) * GIB - EVICTION, disk - reserved)
    named = re.fullmatch(r"([a-z0-9]+)-(standard|highmem|highcpu)-([0-9]+)(-lssd)?", machine_type)
    if not named or named[1] not in MEMORY_PER_PROCESSOR[named[2]]:
        return None
    cores = Decimal(named[3])
    memory = cores * Decimal(MEMORY_PER_PROCESSOR[named[2]][named[1]])
    return Node(
        cores - _reserved(cores, PROCESSORS),
        (memory - _reserved(memory, MEMORY)) * GIB - EVICTION,
        disk - reserved,
    )


def _reserved(amount: Decimal, shares: tuple[tuple[int, str], ...]) -> Decimal:
    reserved = Decimal(0)
    for size, share in shares:
        part = min(amount, Decimal(size))
        reserved, amount = reserved + part * Decimal(share), amount - part
    return reserved
