"""Whether HTTP is redirected to HTTPS."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi

OUTPUT = "redirectedToHttps"
"""The stack's output with the domains that are redirected, by which the next update knows of this one's."""

ACTIVE = "active"
"""State of a certificate that has been issued: `Active` in a ManagedCertificate, `ACTIVE` in Certificate Manager."""


class HttpsRedirectArgs(TypedDict):
    """`stated` is what the stack file says; None leaves it to the certificates."""

    domains: Sequence[str]
    stated: bool | None


class HttpsRedirect(pulumi.ComponentResource):
    """Redirects as stated, or from when every domain has its certificate.

    Earlier, visitors of the others would be sent to where nobody answers. A renewal, or a certificate that is still
    being issued for a domain added later, does not end the redirect, as long as one domain stays that was redirected.
    """

    def __init__(self, name: str, args: HttpsRedirectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:https_redirect:HttpsRedirect", name, None, opts)
        self.stated, self._domains = args["stated"], args["domains"]
        self._before: pulumi.Output[Any] = pulumi.Output.from_input(None)
        if self.stated is None:
            own = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
            last_update = pulumi.StackReference("last-update", own, opts=pulumi.ResourceOptions(parent=self))
            self._before = last_update.get_output(OUTPUT)
        self.register_outputs({})

    def domains(self, states: Mapping[str, pulumi.Output[str | None]]) -> pulumi.Output[list[str]]:
        """All domains, or none; `states` are those of their certificates, None while there is none.

        Known in a preview, too: a state that is not known yet is that of a certificate still to be made.
        """
        if self.stated is not None:
            return pulumi.Output.from_input(list(self._domains) if self.stated else [])
        known = {domain: _known(states[domain]) for domain in self._domains}
        return pulumi.Output.all(_known(self._before), pulumi.Output.all(**known)).apply(
            lambda of: redirected(of[0] or (), of[1])
        )


def redirected(before: Sequence[str], states: Mapping[str, str | None]) -> list[str]:
    """The domains of `states` when HTTP is redirected, else none; `before` were redirected by the last update."""
    all_active = all((state or "").lower() == ACTIVE for state in states.values())
    return list(states) if all_active or states.keys() & set(before) else []


def _known(output: pulumi.Output[Any]) -> pulumi.Output[Any]:
    """The same with None for a value that the preview does not know."""

    async def value() -> Any:
        return await output.future() if await output.is_known() else None

    async def known() -> bool:
        return True

    return pulumi.Output(output.resources(), value(), known(), output.is_secret())
