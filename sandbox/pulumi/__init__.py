"""The real Pulumi CLI and Kubernetes provider: found on this machine, or built from their Go modules."""
