"""All five systems in one sandbox at the same time."""

import pytest

from sandbox.project import EXAMPLES
from tests.e2e.conftest import Checkout
from tests.e2e.summary import unchanged

pytestmark = pytest.mark.e2e

SYSTEMS = [".", *sorted(path.parent.name for path in EXAMPLES.glob("*/Pulumi.yaml"))]


def test_five_systems_are_healthy_side_by_side_and_each_goes_alone(checkout: Checkout) -> None:
    for system in SYSTEMS:
        # Ends once every workload is ready and the system answers.
        checkout.succeed("up", "--system", system)
    pods = [pod for pod in checkout.objects("pods", "-A") if pod["metadata"]["namespace"].endswith("-dev")]
    assert len({pod["metadata"]["namespace"] for pod in pods}) == 5
    containers = [each for pod in pods for each in pod["status"]["containerStatuses"]]
    assert not [each["name"] for each in containers if not each["ready"] or each["restartCount"]]
    for system in SYSTEMS:
        assert unchanged(checkout.succeed("up", "--system", system))
    for system in SYSTEMS:
        checkout.succeed("destroy", "--system", system)
        others = SYSTEMS[SYSTEMS.index(system) + 1 :]
        assert [checkout.status(other)["resources"] > 0 for other in others] == [True] * len(others)
    left = [each["metadata"]["name"] for each in checkout.objects("namespaces")]
    assert not [name for name in left if name.endswith("-dev")]
