"""Google's APIs that a stack needs."""

from collections.abc import Iterator

from operations.finding import Finding, Level
from operations.google_api import SERVICES, Google
from settings.cluster import ClusterSettings
from settings.stack import Settings


def needed(settings: Settings) -> dict[str, str]:
    """What for, by service."""
    found = {
        "compute.googleapis.com": "network, address and load balancer",
        "container.googleapis.com": "the cluster",
        "iam.googleapis.com": "service accounts",
        "cloudresourcemanager.googleapis.com": "roles in the project",
    }
    own = settings.cluster if isinstance(settings.cluster, ClusterSettings) else None
    if own and settings.workload.google_roles:
        found["dns.googleapis.com"] = "the private zone that leads to Google's APIs"
    if settings.dns.zone:
        found["dns.googleapis.com"] = f"records in the zone {settings.dns.zone}"
    if settings.ingress.kind == "gateway":
        found["certificatemanager.googleapis.com"] = "the Gateway's certificates"
    if settings.image.artifact_repository:
        found["artifactregistry.googleapis.com"] = "the image"
    if own and own.secrets_encryption_key:
        found["cloudkms.googleapis.com"] = "the key of the cluster's Secrets"
    if settings.ingress.backend.iap:
        found["iap.googleapis.com"] = "Identity-Aware Proxy"
    return found


def services(settings: Settings, google: Google) -> Iterator[Finding]:
    """Whether they are enabled. Raises UnreadableError."""
    wanted = needed(settings)
    project = f"projects/{google.project}/services"
    names = [f"{project}/{service}" for service in wanted]
    answer = google.read(f"{SERVICES}/{project}:batchGet", {"names": names}) or {}
    on = {each["name"].rpartition("/")[2] for each in answer.get("services", ()) if each.get("state") == "ENABLED"}
    if off := [service for service in wanted if service not in on]:
        for service in off:
            yield Finding(
                service,
                "not enabled",
                Level.stops,
                f"It is needed for {wanted[service]}.",
                f"Run `gcloud services enable {service} --project {google.project}`.",
            )
    else:
        yield Finding("Google's APIs", f"{len(wanted)} needed, all enabled")
