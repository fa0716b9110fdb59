"""Prints the seconds a program takes under the SDK's mocks, from the SDK's import to the last registration.

`python -m bench.evaluate DIRECTORY PROJECT CONFIG`, where CONFIG is a JSON object of texts by key.
"""

import json
import runpy
import sys
import time
from typing import Any

START = time.perf_counter()

COMPUTED = {
    "address": "203.0.113.10",
    "endpoint": "203.0.113.20",
    "masterAuth": {"clusterCaCertificate": "Q0E="},
    "member": "serviceAccount:nodes@example.com",
    "repoDigest": f"ghcr.io/example/app@sha256:{'0' * 64}",
}
"""What a cloud adds to the inputs of the resources that have it."""


def main() -> None:
    import pulumi
    from pulumi.runtime import mocks

    class Cloud(mocks.Mocks):
        def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
            return args.name, {**args.inputs, **COMPUTED}

        def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
            raise NotImplementedError(args.token)

    directory, project, config = sys.argv[1:]
    sys.path.insert(0, directory)
    pulumi.runtime.set_all_config(json.loads(config), [f"{project}:registryToken"])
    mocks.set_mocks(Cloud(), project, "dev")

    @pulumi.runtime.test
    def program() -> None:
        runpy.run_path(directory, run_name="__main__")

    program()


main()
print(time.perf_counter() - START)
