"""Rules of GKE clusters."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from .node_pool import is_own
from .property import Check, at, items, must_be, must_be_stated
from .rule import UNKNOWN, Config, Finding, Rule

CLUSTER = ("gcp:container/cluster:Cluster",)
SYSTEM = "SYSTEM_COMPONENTS"


def _standard(check: Check) -> Check:
    """The check, for clusters whose nodes are not Google's business: Autopilot grants the rest by itself."""

    def standard(properties: Mapping[str, Any], config: Config) -> Iterator[Finding]:
        if at(properties, "enableAutopilot") is not True:
            yield from check(properties, config)

    return standard


def _closed_control_plane(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    endpoints = "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled"
    networks = "masterAuthorizedNetworksConfig"
    blocks = [at(block, "cidrBlock") for block in items(properties, f"{networks}.cidrBlocks")]
    for block in blocks:
        if block not in (None, UNKNOWN) and ip_network(block, strict=False).prefixlen == 0:
            yield Finding(f"{networks}.cidrBlocks", block)
    private = at(properties, "privateClusterConfig.enablePrivateEndpoint") in (True, UNKNOWN)
    unreachable = at(properties, endpoints) in (False, UNKNOWN) or private
    if not unreachable and at(properties, networks) is None:
        yield Finding(networks)


def _autopilot_account(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    if at(properties, "enableAutopilot") is True:
        path = "clusterAutoscaling.autoProvisioningDefaults.serviceAccount"
        account = at(properties, path)
        if not is_own(account):
            yield Finding(path, account)


def _enabled(component: str) -> Check:
    """The logging or monitoring configuration names Google's system components; absent, Google turns it on."""

    def check(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
        configuration, path = at(properties, f"{component}Config"), f"{component}Config.enableComponents"
        if at(properties, f"{component}Service") == "none":
            yield Finding(f"{component}Service", "none")
        if configuration is not None and SYSTEM not in items(properties, path) and at(properties, path) != UNKNOWN:
            yield Finding(path, at(properties, path))

    return check


RULES = [
    Rule(
        id="gke-private-nodes",
        title="Nodes have no public address",
        references=("CKV_GCP_64", "CKV_GCP_25"),
        types=CLUSTER,
        check=must_be("privateClusterConfig.enablePrivateNodes", True),
        consequence="every node can be reached from the internet.",
        remedy="Set it to true, and let the nodes out through Cloud NAT.",
    ),
    Rule(
        id="gke-control-plane-access",
        title="The control plane is open to named networks or to Google's own sign-in alone",
        references=("CKV_GCP_18", "CKV_GCP_20"),
        types=CLUSTER,
        check=_closed_control_plane,
        consequence="anybody on the internet may try the control plane's address.",
        remedy="Name the networks that need it, or turn the IP endpoints off and use the DNS endpoint.",
    ),
    Rule(
        id="gke-workload-identity",
        title="Pods act as accounts of their own",
        types=CLUSTER,
        check=_standard(must_be_stated("workloadIdentityConfig.workloadPool")),
        consequence="every pod has the rights of its node.",
        remedy="Set it to PROJECT.svc.id.goog.",
    ),
    Rule(
        id="gke-autopilot-account",
        title="Nodes of an Autopilot cluster have an identity of their own",
        types=CLUSTER,
        check=_autopilot_account,
        consequence="nodes run as the project's default account, which may edit the whole project.",
        remedy="Give them an account with roles/container.defaultNodeServiceAccount.",
    ),
    Rule(
        id="gke-own-node-pools",
        title="Nodes are in pools of their own",
        references=("CKV_GCP_123",),
        types=CLUSTER,
        check=_standard(must_be("removeDefaultNodePool", True)),
        consequence="the default pool cannot be changed without a new cluster, and runs as the default account.",
        remedy="Set it to true, and add a NodePool.",
    ),
    Rule(
        id="gke-shielded-nodes",
        title="Nodes prove what they are",
        references=("CKV_GCP_71",),
        types=CLUSTER,
        check=_standard(must_be("enableShieldedNodes", True, None)),
        consequence="a machine can pretend to be a node.",
        remedy="Set it to true.",
    ),
    Rule(
        id="gke-dataplane-v2",
        title="Network policies are enforced",
        references=("CKV_GCP_12",),
        types=CLUSTER,
        check=_standard(must_be("datapathProvider", "ADVANCED_DATAPATH")),
        consequence="network policies are accepted and then ignored.",
        remedy="Set it to ADVANCED_DATAPATH, which is Dataplane V2.",
    ),
    Rule(
        id="gke-vpc-native",
        title="Pods have addresses of the network",
        references=("CKV_GCP_23",),
        types=CLUSTER,
        check=must_be_stated("ipAllocationPolicy"),
        consequence="load balancers cannot reach pods directly, and routes run out.",
        remedy="Name the secondary ranges of pods and services.",
    ),
    Rule(
        id="gke-release-channel",
        title="Google keeps the cluster's version current",
        references=("CKV_GCP_70",),
        types=CLUSTER,
        check=_standard(must_be("releaseChannel.channel", "RAPID", "REGULAR", "STABLE", "EXTENDED")),
        consequence="security fixes wait for somebody to remember them.",
        remedy="Choose RAPID, REGULAR, STABLE or EXTENDED.",
    ),
    Rule(
        id="gke-client-certificate",
        title="No certificate lets anybody in for good",
        references=("CKV_GCP_13",),
        types=CLUSTER,
        check=must_be("masterAuth.clientCertificateConfig.issueClientCertificate", False, None),
        consequence="a credential is issued that cannot be taken back.",
        remedy="Set it to false; people sign in to Google.",
    ),
    Rule(
        id="gke-legacy-abac",
        title="Rights come from roles alone",
        references=("CKV_GCP_7",),
        types=CLUSTER,
        check=must_be("enableLegacyAbac", False, None),
        consequence="service accounts have rights that no role gave them.",
        remedy="Set it to false.",
    ),
    Rule(
        id="gke-logging",
        title="Logs of the system are kept",
        references=("CKV_GCP_1",),
        types=CLUSTER,
        check=_enabled("logging"),
        consequence="what happened to the cluster cannot be found out.",
        remedy="Name at least SYSTEM_COMPONENTS.",
    ),
    Rule(
        id="gke-monitoring",
        title="The system is measured",
        references=("CKV_GCP_8",),
        types=CLUSTER,
        check=_enabled("monitoring"),
        consequence="nobody learns that the cluster is in trouble.",
        remedy="Name at least SYSTEM_COMPONENTS.",
    ),
    Rule(
        id="gke-deletion-protection-stated",
        title="Whether a cluster may be deleted is said",
        types=CLUSTER,
        check=must_be_stated("deletionProtection"),
        consequence="Google's provider protects it, and `destroy` fails halfway.",
        remedy="Say true or false in the stack file.",
    ),
    Rule(
        id="gke-deletion-protection",
        title="A cluster cannot be deleted by one command",
        level="advisory",
        types=CLUSTER,
        check=must_be("deletionProtection", True, None),
        consequence="one `destroy` ends the cluster.",
        remedy="Set it to true where people depend on it.",
    ),
    Rule(
        id="gke-secrets-encryption",
        title="Secrets are encrypted with a key of one's own",
        level="advisory",
        types=CLUSTER,
        check=must_be("databaseEncryption.state", "ENCRYPTED"),
        consequence="secrets at rest are encrypted with Google's key alone.",
        remedy="Name a Cloud KMS key.",
    ),
    Rule(
        id="gke-alpha",
        title="No alpha features",
        references=("CKV2_GCP_19",),
        types=CLUSTER,
        check=must_be("enableKubernetesAlpha", False, None),
        consequence="Google deletes the cluster after 30 days.",
        remedy="Leave it out.",
    ),
]
