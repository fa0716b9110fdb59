"""What governs the pods: their number, their evictions, their priority, and who reads their metrics."""

from typing import Any

import pytest

from components.disruption_budget import DisruptionBudget
from components.pod_monitoring import PodMonitoring
from components.priority import Priority
from components.scaler import Scaler
from settings.disruption import DisruptionSettings
from settings.scaling import ScalingSettings
from tests.unit.recording import record

SELECTOR = {"app.kubernetes.io/name": "app"}


def test_the_load_decides_between_minimum_and_maximum() -> None:
    scaling = ScalingSettings.model_validate({"minimum": 2, "maximum": 8, "cpuPercent": 60})
    spec = record(lambda: Scaler("s", {"name": "app", "namespace": "ns", "scaling": scaling}))
    scaler = spec.one("HorizontalPodAutoscaler").inputs["spec"]
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "app"}
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 8)
    target = {"type": "Utilization", "averageUtilization": 60}
    assert scaler["metrics"] == [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]


@pytest.mark.parametrize("stated", [{"minAvailable": 2}, {"maxUnavailable": "25%"}])
def test_a_budget_states_what_the_settings_state_and_nothing_else(stated: dict[str, Any]) -> None:
    disruption = DisruptionSettings.model_validate(stated)
    args: Any = {"name": "app", "namespace": "ns", "selector": SELECTOR, "disruption": disruption}
    spec = record(lambda: DisruptionBudget("d", args)).one("PodDisruptionBudget").inputs["spec"]
    assert {key: spec[key] for key in spec.keys() & {"minAvailable", "maxUnavailable"}} == stated
    assert spec["selector"] == {"matchLabels": SELECTOR}


def test_a_broken_pod_holds_no_drain_up() -> None:
    disruption = DisruptionSettings.model_validate({"maxUnavailable": 1})
    args: Any = {"name": "app", "namespace": "ns", "selector": SELECTOR, "disruption": disruption}
    budget = record(lambda: DisruptionBudget("d", args)).one("PodDisruptionBudget")
    assert budget.inputs["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


@pytest.mark.parametrize(("value", "named"), [(1000, "app-1000"), (-5, "app--5")])
def test_another_priority_is_another_class_and_there_before_the_old_one_goes(value: int, named: str) -> None:
    priority = record(lambda: Priority("p", {"name": "app", "value": value})).one("PriorityClass")
    assert (priority.inputs["metadata"]["name"], priority.inputs["value"]) == (named, value)
    assert not priority.request.deleteBeforeReplace


@pytest.mark.parametrize(("stated", "port"), [({}, "metrics"), ({"port": "http-metrics"}, "http-metrics")])
def test_metrics_are_read_from_the_port_of_that_name(stated: dict[str, str], port: str) -> None:
    args: Any = {"name": "app", "namespace": "ns", "selector": SELECTOR, **stated}
    monitoring = record(lambda: PodMonitoring("m", args))
    spec = monitoring.one("PodMonitoring").inputs["spec"]
    assert spec["selector"] == {"matchLabels": SELECTOR}
    assert [endpoint["port"] for endpoint in spec["endpoints"]] == [port]
