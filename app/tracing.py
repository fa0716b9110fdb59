"""OpenTelemetry traces: FastAPI's own, sent over OTLP/HTTP."""

from fastapi.telemetry import TelemetryConfig

from app.health import PATHS

TELEMETRY: TelemetryConfig = {
    # From OTEL_EXPORTER_OTLP_ENDPOINT and OpenTelemetry's other variables; without an endpoint nothing is imported.
    "auto_configure": True,
    # Prometheus has the metrics, standard output the logs.
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "exclude": lambda scope: scope.get("path") in PATHS,
}
