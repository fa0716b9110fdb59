"""An app on a cluster that is there already, from its namespace to its certificates."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from components.address import Address
from components.backend import Backend
from components.disruption_budget import DisruptionBudget
from components.dns_records import DnsRecords
from components.https_redirect import HttpsRedirect
from components.ingress import Ingress
from components.namespace import Namespace
from components.network_policy import NetworkPolicy
from components.pod_monitoring import PodMonitoring, PodMonitoringArgs
from components.pull_secret import PullSecret
from components.scaler import Scaler
from components.ssl_policy import SslPolicy
from components.variables import Variables
from components.workload import Workload
from package.statement import stated
from settings.backend import BackendSettings, ComputeName
from settings.credential import Credential
from settings.ingress import DnsSettings
from settings.mistake import SettingError
from settings.model import rule
from settings.naming import PULL_SECRET
from settings.ssl_policy import SslPolicySettings
from settings.stack import Domains, refused_domains
from settings.workload import WorkloadSettings


class Dns(TypedDict):
    """Records of the domains in Cloud DNS."""

    zone: str
    """Name of an existing managed zone of the project that the domains belong to."""
    caa: NotRequired[bool]
    """A CAA record for each domain beside its address: no authority but Google's may issue for it."""


class Scaling(TypedDict):
    """The number of pods, by load."""

    minimum: NotRequired[int]
    """Pods at least."""
    maximum: int
    """Pods at most."""
    cpu_percent: NotRequired[int]
    """Use to aim at, in percent of the processor time in requests."""


class Disruption(TypedDict):
    """How many pods may be away while nodes are drained: exactly one of the two."""

    min_available: NotRequired[int]
    """Pods that must stay."""
    max_unavailable: NotRequired[int]
    """Pods that may be away."""


class Amounts(TypedDict):
    """Amounts of what nodes have."""

    cpu: str
    """Cores, or thousandths such as 250m."""
    memory: str
    """Bytes, such as 256Mi."""
    ephemeral_storage: str
    """Bytes of disk that go with the pod, such as 64Mi."""


class WebServiceArgs(TypedDict):
    name: str
    """Name of the namespace, of what is in it, of the global address and of the SSL policy: none may be there yet."""
    image: pulumi.Input[str]
    """The container image, by digest: REPOSITORY@sha256:…."""
    domains: Sequence[str]
    """Hosts of the app; the first is its main one."""
    registry: NotRequired[str]
    """Host of a private registry, such as ghcr.io. Without it: the image is public, or in Artifact Registry."""
    registry_username: NotRequired[str]
    """Who may pull the image there."""
    registry_token: NotRequired[pulumi.Input[str]]
    """Read-only token that outlives the deployment: nodes use it whenever they start a pod. Kept as a secret."""
    dns: NotRequired[Dns]
    """Records of the domains. Without it, `records` says what to create by hand."""
    redirect_to_https: NotRequired[bool]
    """Sends visitors from HTTP to HTTPS; only once the certificates are active."""
    port: NotRequired[int]
    """Where the app listens; below 1024, too, without being root."""
    health_path: NotRequired[str]
    """Where the app answers 200, without a redirect, to the probes and the load balancer."""
    liveness_path: NotRequired[str]
    """Where the app answers 200 as long as a restart would not help it."""
    metrics_port: NotRequired[int]
    """Where the app answers /metrics, for Managed Prometheus to read."""
    replicas: NotRequired[int]
    """Pods; at least 2 where an outage matters."""
    scaling: NotRequired[Scaling]
    """Lets the load decide, in place of replicas. Turned off again, `up` stops once with a conflict, because the number
    of pods is the autoscaler's: `PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up` takes it back."""
    disruption: NotRequired[Disruption]
    """How many pods may be away while nodes are drained. None: all."""
    variables: NotRequired[Mapping[str, str]]
    """The app's environment variables. Never credentials."""
    secret_variables: NotRequired[pulumi.Input[Mapping[str, str]]]
    """The app's environment variables that are secret; they go before those of the same name in variables."""
    requests: NotRequired[Amounts]
    """Reserved for each pod."""
    limits: NotRequired[Amounts]
    """What no pod may exceed."""
    drain_seconds: NotRequired[int]
    """How long a leaving pod keeps serving while load balancers forget it; 15 to 30 on GKE."""
    timeout_seconds: NotRequired[int]
    """How long a rollout may take before it is reported as failed."""


OUTPUTS = ("image", "registry_token", "secret_variables")
"""Arguments that may be outputs of other resources, or secret."""


class WebServiceSettings(WorkloadSettings):
    """The arguments that are known before anything exists, but for secrets."""

    name: ComputeName
    domains: Domains
    dns: DnsSettings = DnsSettings()
    redirect_to_https: bool = False
    registry: str | None = None
    registry_username: str | None = None

    @rule
    def _validate_domains(self) -> Iterator[SettingError]:
        yield from refused_domains(self.domains)

    @rule
    def _validate_registry_username(self) -> Iterator[SettingError]:
        if (self.registry is None) != (self.registry_username is None):
            yield SettingError(
                "registry and registryUsername belong together, so nobody could sign in.",
                "State both, and registryToken; or none of them.",
                "registry_username",
            )


class WebService(pulumi.ComponentResource):
    """A web app on GKE, its address, its certificates and its load balancer.

    Takes a Kubernetes provider of the cluster, and a Google Cloud provider of its project. The namespace admits only
    pods under the `restricted` Pod Security Standard, and all traffic is denied but what the load balancer brings.
    """

    url: pulumi.Output[str]
    """Where visitors find it, once its certificate is active."""
    address: pulumi.Output[str]
    """The IPv4 address that the domains must lead to."""
    records: pulumi.Output[list[str]]
    """The DNS records that are left to create by hand, as lines of a zone file."""
    namespace: pulumi.Output[str]
    """Name of the namespace."""

    def __init__(self, name: str, args: WebServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:index:WebService", name, None, opts)
        known = {key: value for key, value in args.items() if key not in OUTPUTS}
        settings = stated(WebServiceSettings, f"WebService {name}", known)
        child, named = pulumi.ResourceOptions(parent=self), settings.name

        address = Address(name, {"name": named}, child)
        records = DnsRecords(
            name,
            {
                "domains": settings.domains,
                "address": address.address,
                "zone": settings.dns.zone,
                "caa": settings.dns.caa,
            },
            child,
        )
        self.namespace = Namespace(name, {"name": named}, child).name
        policies = NetworkPolicy(name, {"namespace": self.namespace, "workloads": {named: settings}}, child)
        variables = Variables(
            name,
            {
                "name": named,
                "namespace": self.namespace,
                "plain": settings.variables,
                "secret": args.get("secret_variables"),
            },
            child,
        )
        workload = Workload(
            name,
            {
                "name": named,
                "namespace": policies.namespace,
                "image": args["image"],
                "pull_secret": self._pull_secret(name, settings, args.get("registry_token")),
                "environment": settings.told,
                "sources": variables.sources,
                "workload": settings,
            },
            child,
        )
        self._govern(name, settings, workload)
        backend = Backend(
            name,
            {
                "name": workload.name,
                "namespace": self.namespace,
                "selector": workload.selector,
                "workload": settings,
                "treatment": BackendSettings(),
            },
            child,
        )
        Ingress(
            name,
            {
                "name": named,
                "namespace": self.namespace,
                "domains": settings.domains,
                "backend": backend.backend,
                "address": address.name,
                "redirect": HttpsRedirect(
                    name, {"domains": settings.domains, "stated": settings.redirect_to_https}, child
                ),
                "ssl_policy": SslPolicy(name, {"name": named, "policy": SslPolicySettings()}, child).name,
            },
            child,
        )

        self.url = pulumi.Output.from_input(f"https://{settings.domains[0]}/")
        self.address = address.address
        self.records = records.missing
        self.register_outputs(
            {"url": self.url, "address": self.address, "records": self.records, "namespace": self.namespace}
        )

    def _pull_secret(
        self, name: str, settings: WebServiceSettings, token: pulumi.Input[str] | None
    ) -> pulumi.Output[str] | None:
        if not settings.registry or not settings.registry_username:
            return None
        if token is None:
            raise pulumi.RunError(f"WebService {name} names a registry and no registryToken, so no node could pull.")
        credential = Credential(settings.registry, settings.registry_username, pulumi.Output.secret(token))
        return PullSecret(
            name,
            {"name": PULL_SECRET, "namespace": self.namespace, "credential": credential},
            pulumi.ResourceOptions(parent=self),
        ).name

    def _govern(self, name: str, settings: WebServiceSettings, workload: Workload) -> None:
        """What decides how many pods there are, and reads their metrics."""
        child = pulumi.ResourceOptions(parent=self)
        pods: PodMonitoringArgs = {
            "name": workload.name,
            "namespace": self.namespace,
            "selector": workload.selector,
        }
        if settings.scaling:
            Scaler(name, {"name": workload.name, "namespace": self.namespace, "scaling": settings.scaling}, child)
        if settings.disruption:
            DisruptionBudget(name, {**pods, "disruption": settings.disruption}, child)
        if settings.metrics_port:
            PodMonitoring(name, pods, child)
