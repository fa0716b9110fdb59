"""A cluster that is there already, in place of one of the stack's own."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag

from settings.mistake import SettingError
from settings.model import Model


def _place(location: str) -> str:
    if not re.fullmatch(r"[a-z]+-[a-z]+[0-9]+(-[a-z])?", location):
        raise SettingError(
            "There is no such region or zone.", "Write where the cluster is, such as europe-west1 or europe-west1-b."
        )
    return location


def _cluster_name(name: str) -> str:
    if not re.fullmatch(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?", name):
        raise SettingError(
            "No GKE cluster can have this name.",
            "Write the name alone, without project and location: at most 40 lower-case letters, digits and hyphens.",
        )
    return name


class GkeCluster(Model):
    """A GKE cluster of the stack's project."""

    name: Annotated[str, AfterValidator(_cluster_name)] = Field(description="Name of the cluster.")
    location: Annotated[str, AfterValidator(_place)] | None = Field(
        default=None, description="Its region or zone. None: what google.zones and google.region give."
    )


class KubeconfigContext(Model):
    """Any cluster that kubectl reaches from where the program runs."""

    context: str = Field(min_length=1, description="Name of the context.")
    kubeconfig: str | None = Field(
        default=None, min_length=1, description="Path of the file. None: $KUBECONFIG, or ~/.kube/config."
    )


def _kind(value: Any) -> str:
    return "[context]" if isinstance(value, dict | KubeconfigContext) and "context" in dict(value) else "[gke]"


class ExistingClusterSettings(Model):
    """Neither network, nor cluster, nor nodes are created."""

    existing: Annotated[
        Annotated[GkeCluster, Tag("[gke]")] | Annotated[KubeconfigContext, Tag("[context]")], Discriminator(_kind)
    ] = Field(
        description="The cluster: `name` and `location` on GKE, or a kubeconfig's `context`. Its nodes need a way out "
        "to the registry, and Ingress needs GKE's own controller."
    )
