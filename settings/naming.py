"""Explicit names of everything that has one, derived from the environment; pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

APPLICATION = "gke-webapp"
PULL_SECRET = "regcred"

LABEL_LIMIT = 63
"""RFC 1035, which Compute Engine and Kubernetes Services follow."""

CLUSTER_LIMIT = 40
"""GKE: `projects.locations.clusters.create`, field `name` of cluster and node pool."""

ACCOUNT_LIMITS = (6, 30)
"""IAM: `projects.serviceAccounts.create`, field `accountId`."""


def base(application: str, environment: str) -> str:
    """Name of everything that is the only one of its kind in an environment, such as `gke-webapp-dev`."""
    return f"{application}-{environment}"


def node_pool(pool: str, nodes: Mapping[str, Any]) -> str:
    """Name of a node pool in its cluster, such as `nodes-1a2b3c4d`; another for nodes of another configuration.

    `nodes` holds all that forces a replacement, short of what replaces the cluster, too.
    """
    digest = hashlib.sha256(json.dumps(nodes, sort_keys=True).encode()).hexdigest()[:8]
    return f"{pool}-{digest}"


def node_account(cluster: str) -> str:
    """Id of the service account of a cluster's nodes: the part of its e-mail address before the @."""
    return f"{cluster}-nodes"


def app_account(cluster: str) -> str:
    """Id of the service account that a cluster's pods act as."""
    return f"{cluster}-app"


def google_apis_zone(network: str) -> str:
    """Name of the private DNS zone by which a network reaches Google's APIs."""
    return f"{network}-googleapis"


def pods_range(network: str) -> str:
    """Name of the secondary range that pods get addresses from."""
    return f"{network}-pods"


def services_range(network: str) -> str:
    """Name of the secondary range that Services get addresses from."""
    return f"{network}-services"


def job(workload: str, name: str) -> str:
    """Name of one of a workload's jobs."""
    return f"{workload}-{name}"


def certificate(domain: str) -> str:
    """Name of a domain's certificate: readable, at most 63 characters, different for every domain."""
    return _short(domain.replace(".", "-"), domain)


def certificate_at_google(name: str, domain: str, proof: str = "served") -> str:
    """Name of a domain's certificate in Certificate Manager, which the environments of a project share.

    `proof` is how Google learns that the domain is ours; each has certificates of its own.
    """
    return _short(f"{name}-{domain.replace('.', '-')}", f"{name} {proof} {domain}")


def host(service: str, namespace: str, environment: str, suffix: str = "example.com") -> str:
    """Host of a service that has none configured, such as `server-pr12er.dev.example.com`."""
    label = f"{service}-{namespace}"
    return f"{label if len(label) <= LABEL_LIMIT else _short(label, label)}.{environment}.{suffix}"


def _short(words: str, identity: str) -> str:
    """At most 63 characters of `words`, and a hash of what they stand for."""
    digest = hashlib.sha256(identity.encode()).hexdigest()[:8]
    return f"{words[: LABEL_LIMIT - 9].rstrip('-')}-{digest}"


def problems(application: str, environment: str) -> list[str]:
    """What Google Cloud or Kubernetes would refuse, a sentence a name; empty when all names are possible."""
    name = base(application, environment)
    limits = {
        "cluster": (name, 1, CLUSTER_LIMIT),
        "node service account": (node_account(name), *ACCOUNT_LIMITS),
        "secondary range": (services_range(name), 1, LABEL_LIMIT),
    }
    sentences = [
        f"The name of the {what}, {name}, would have {len(name)} characters; {least} to {most} are allowed."
        for what, (name, least, most) in limits.items()
        if not least <= len(name) <= most
    ]
    if not re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", name):
        sentences.append(f"{name} has other characters than lower-case letters, digits and inner hyphens.")
    return sentences
