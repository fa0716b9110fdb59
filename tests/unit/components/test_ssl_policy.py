"""TLS is as strict as the stack says."""

from components.ssl_policy import SslPolicy
from settings.ssl_policy import SslPolicySettings
from tests.unit import properties
from tests.unit.recording import record


def test_profile_and_version_are_those_of_the_stack() -> None:
    policy = SslPolicySettings.model_validate({"profile": "RESTRICTED"})
    made = record(lambda: SslPolicy("s", {"name": "app", "policy": policy})).one("SSLPolicy")
    assert made.inputs == {"name": "app", "profile": "RESTRICTED", "minTlsVersion": "TLS_1_2"}
    assert properties.unknown(made.type, made.inputs) == []
