"""Google Cloud, ghcr.io and the Pulumi CLI, stood in for on this machine."""
