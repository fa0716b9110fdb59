"""As many resources as the stack's configuration says."""

import pulumi

provider = pulumi.ProviderResource("bench", "bench")
for number in range(pulumi.Config().require_int("resources")):
    pulumi.CustomResource(
        "bench:index:Thing", f"thing-{number}", {"value": str(number)}, pulumi.ResourceOptions(provider=provider)
    )
