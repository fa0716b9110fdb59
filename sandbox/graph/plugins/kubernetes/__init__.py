"""A stand-in for Pulumi's Kubernetes provider."""
