"""What a preview asks of a cluster, as permissions of Google Cloud IAM."""

KINDS = {
    "BackendConfig": "backendConfigs",
    "Deployment": "deployments",
    "FrontendConfig": "frontendConfigs",
    "HorizontalPodAutoscaler": "horizontalPodAutoscalers",
    "Ingress": "ingresses",
    "ManagedCertificate": "managedCertificates",
    "Namespace": "namespaces",
    "NetworkPolicy": "networkPolicies",
    "PodDisruptionBudget": "podDisruptionBudgets",
    "PodMonitoring": "thirdPartyObjects",
    "Secret": "secrets",
    "Service": "services",
    "ServiceAccount": "serviceAccounts",
}
"""Every kind in the graphs of the stacks (held to them by a test) -> its name in IAM permissions."""

VERBS = ("get", "list", "create", "update")
"""A preview asks the API server to apply each object without keeping it: for IAM that is no different from doing it."""


def permissions() -> list[str]:
    """Permissions such as `container.deployments.update`, sorted."""
    return sorted(f"container.{resource}.{verb}" for resource in set(KINDS.values()) for verb in VERBS)
