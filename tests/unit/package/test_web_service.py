"""What a program in Python makes of the package's components."""

from package.web_service import WebService, WebServiceArgs
from tests.unit.recording import DIGEST, Recording, record


def service(name: str) -> WebServiceArgs:
    return {
        "name": name,
        "image": f"ghcr.io/example/shop@{DIGEST}",
        "domains": [f"{name}.example.com"],
        "dns": {"zone": "example-com", "caa": True},
        "scaling": {"minimum": 2, "maximum": 5},
        "disruption": {"max_unavailable": 1},
        "variables": {"LOG_LEVEL": "debug"},
        "registry": "ghcr.io",
        "registry_username": "example",
        "registry_token": "token",
        "metrics_port": 9090,
    }


def declared(*names: str) -> Recording:
    def program() -> None:
        for name in names:
            WebService(name, service(name))

    return record(program)


def test_two_services_of_one_program_have_no_resource_in_common() -> None:
    urns = [each.urn for each in declared("shop", "blog").registered]
    assert sorted({*urns}) == sorted(urns)
    assert len(urns) - 1 == 2 * (len(declared("shop").registered) - 1), "the stack itself is there once"
