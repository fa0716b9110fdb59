"""Images on this machine: the registry, the builder, and the base images that builds start from."""

PACKAGES = {
    "docker-registry": "the registry that stands in for ghcr.io",
    "apache2-utils": "htpasswd, which hashes the registry's token with bcrypt",
    "buildah": "builds and pushes images without a daemon",
    "mmdebstrap": "makes the base images from Debian packages",
    "debian-archive-keyring": "the keys that these packages are checked with",
    "ca-certificates": "the authorities that builds trust when they fetch packages",
}
"""Debian package -> why this room needs it."""
