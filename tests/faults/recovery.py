"""What `operations recover` must make of the state that a killed run left."""

from tests.e2e.conftest import Checkout
from tests.faults.inventory import existing, held


def recover(checkout: Checkout) -> str:
    """Output of the command, after which the state holds each thing that exists exactly once, and nothing is pending.

    What was being deleted may be in the state until it is gone.
    """
    before = existing(checkout)
    output = checkout.shell_output("python -m operations recover --stack dev")
    after, state = existing(checkout, ending=False), held(checkout)
    assert not checkout.deployment().get("pending_operations"), output
    assert sorted(state) == sorted(set(state)), f"twice in the state\n{output}"
    assert after <= set(state), f"{after - set(state)} exist and are not in the state\n{output}"
    assert set(state) <= before | after, f"{set(state) - before - after} are in the state and do not exist\n{output}"
    return output
