"""The Kubernetes provider: server-side apply with the official client, and the real provider's waits."""
