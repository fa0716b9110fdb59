"""A cluster of others is read and never touched."""

import pulumi

from components.existing_cluster import ExistingCluster
from tests.unit.recording import CLOUD, Recording, record

TOKEN = "gcp:container/cluster:Cluster"
ID = "projects/example-project/locations/europe-west1-b/clusters/shared"


def deployed() -> Recording:
    def program() -> None:
        found = ExistingCluster("c", {"name": "shared", "project": "example-project", "location": "europe-west1-b"})
        outputs = {
            "name": found.name,
            "identifier": found.identifier,
            "endpoint": found.endpoint,
            "network": found.network,
        }
        pulumi.CustomResource("test:index:Probe", "probe", outputs)

    return record(program, cloud={**CLOUD, TOKEN: {**CLOUD[TOKEN], "name": "shared", "network": "default"}})


def test_its_way_in_is_that_of_any_cluster() -> None:
    assert deployed().one("Probe").inputs == {
        "name": "shared",
        "identifier": ID,
        "endpoint": {"server": "https://203.0.113.20", "certificate-authority-data": "Q0E="},
        "network": "default",
    }
