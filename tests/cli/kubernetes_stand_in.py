"""`python -m tests.cli.kubernetes_stand_in ENGINE`: a provider for Kubernetes that creates nothing."""

import sys

from sandbox.graph.plugins.kubernetes.provider import Kubernetes
from sandbox.providers.plugin import serve
from sandbox.pulumi.installation import KUBERNETES

if __name__ == "__main__":
    serve(Kubernetes(), KUBERNETES, sys.argv[1:])
