"""A kubeconfig leads to the cluster that its named context means, whichever is current."""

import pytest

from components.context_access import ContextAccess
from tests.unit.recording import record


@pytest.mark.parametrize("file", [None, "clusters/shared.yaml"])
def test_the_context_is_named_and_the_files_content_is_not_sent(
    file: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    deployed = record(lambda: ContextAccess("k", {"context": "shared", "kubeconfig": file}))
    (provider,) = [each for each in deployed.registered if each.type == "pulumi:providers:kubernetes"]
    assert provider.inputs["context"] == provider.inputs["clusterIdentifier"] == "shared"
    assert provider.inputs.get("kubeconfig") == file
