"""How the app is reached."""

from pydantic import Field

from settings.model import Model


class IngressSettings(Model):
    """The load balancer's front."""

    redirect_to_https: bool = Field(
        default=False,
        description="Answers HTTP with a redirect. Turn it on once the certificates are Active.",
    )


class DnsSettings(Model):
    """The DNS records of the domains."""

    zone: str | None = Field(
        default=None,
        min_length=1,
        description="Name of an existing Cloud DNS managed zone that holds the domains. "
        "None: the output dnsRecords says what to create.",
    )
