"""What apps stand on: the way into a cluster, and their images."""

from functools import cached_property
from typing import NamedTuple, Unpack

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_docker.provider import Provider as Docker

from components.access import Access
from components.artifact_registry import ArtifactRegistry, ArtifactRegistryArgs
from components.cluster import Cluster
from components.context_access import ContextAccess
from components.existing_cluster import ExistingCluster
from components.image import Image, ImageArgs, VariantArgs
from components.image_reader import ImageReader
from components.namespace import Namespace
from components.network import Network
from components.node_account import NodeAccount
from components.promotion import Promotion, PromotionArgs
from components.pull_secret import PullSecret
from settings.cluster import ClusterSettings
from settings.credential import Credential
from settings.existing import KubeconfigContext
from settings.image import ImageSettings
from settings.naming import PULL_SECRET
from settings.system import SystemSettings


class Foundation(NamedTuple):
    """`node_account` is the e-mail address of the nodes' identity; None for nodes that the stack does not own.

    `network` is the resource name of the nodes' network; None for one that only a kubeconfig leads to.
    """

    access: Access | ContextAccess
    node_account: Output[str] | None
    network: Output[str] | None


def found(settings: SystemSettings, on_google: ResourceOptions) -> Foundation:
    """A cluster of the stack's own with network and nodes, or the cluster that is there already."""
    google, chosen = settings.google, settings.cluster
    if isinstance(chosen, ClusterSettings):
        return _own(settings, chosen, on_google)
    existing = chosen.existing
    if isinstance(existing, KubeconfigContext):
        access = ContextAccess("kubernetes", {"context": existing.context, "kubeconfig": existing.kubeconfig})
        return Foundation(access, None, None)
    location = existing.location or google.location
    cluster = ExistingCluster(
        "cluster", {"name": existing.name, "project": google.project, "location": location}, on_google
    )
    return Foundation(_access(cluster, None), None, cluster.network)


def _own(settings: SystemSettings, chosen: ClusterSettings, on_google: ResourceOptions) -> Foundation:
    name, google = settings.name, settings.google
    network = Network("network", {"name": name, "region": google.region, "ranges": settings.network}, on_google)
    account = NodeAccount("nodes", {"cluster": name, "project": google.project}, on_google).email
    cluster = Cluster(
        "cluster",
        {
            "name": name,
            "google": google,
            "cluster": chosen,
            "network": network.network,
            "subnetwork": network.subnetwork,
            "nat": network.nat,
            "node_account": account,
        },
        on_google,
    )
    return Foundation(_access(cluster, cluster.cluster), account, network.network)


def _access(cluster: Cluster | ExistingCluster, owned: Resource | None) -> Access:
    return Access(
        "kubernetes",
        {"cluster": cluster.name, "identifier": cluster.identifier, "endpoint": cluster.endpoint, "owned": owned},
    )


class Space(NamedTuple):
    """A namespace, and the name of its pull secret; None where Google or nobody signs the nodes in."""

    namespace: Output[str]
    pull_secret: Output[str] | None


def settle(name: str, namespace: str, login: Credential | None, on_cluster: ResourceOptions) -> Space:
    """A namespace whose pods may pull images with `login`."""
    made = Namespace(name, {"name": namespace}, on_cluster).name
    if not login:
        return Space(made, None)
    secret = PullSecret(name, {"name": PULL_SECRET, "namespace": made, "credential": login}, on_cluster)
    return Space(made, secret.name)


class Images:
    """The stack's images: built and pushed, or the one that the stack file names."""

    def __init__(
        self,
        image: ImageSettings,
        push: Credential | None,
        node_account: Output[str] | None,
        on_google: ResourceOptions,
    ) -> None:
        self.image, self.push = image, push
        self.repository = _readable(image, node_account, on_google)
        self.digest: Input[str] | None = image.digest
        if image.promoted_from:
            args: PromotionArgs = {
                "stack": image.promoted_from,
                "repository": image.repository,
                "digest": image.digest,
            }
            self.digest = Promotion("image", args).digest

    def reference(self, context: str, path: str = "", **variant: Unpack[VariantArgs]) -> Output[str]:
        """`repository@digest` of an image built from the directory `context`; `path` goes below the repository."""
        if self.digest:
            return Output.concat(self.repository, "@", self.digest)
        args: ImageArgs = {
            "context": context,
            "repository": Output.concat(self.repository, path),
            "image": self.image,
            "credential": self.push,
            **variant,
        }
        return Image(path.strip("/") or context, args, self._on_docker).reference

    @cached_property
    def _on_docker(self) -> ResourceOptions:
        return ResourceOptions(providers=[Docker("docker")])


def _readable(image: ImageSettings, node_account: Output[str] | None, on_google: ResourceOptions) -> Input[str]:
    """Registry and path of the image, known once it is there and the nodes may read it."""
    if not (place := image.artifact_repository):
        return image.repository
    ready = Output.from_input(place.name)
    if image.create_repository:
        args: ArtifactRegistryArgs = {
            "project": place.project,
            "location": place.location,
            "repository": place.repository,
        }
        ready = ArtifactRegistry("images", args, on_google).name
    if node_account:
        ready = ImageReader("images", {"repository": ready, "account": node_account}, on_google).repository
    return ready.apply(lambda _: image.repository)
