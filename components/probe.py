"""Probes of containers; pure."""

from collections.abc import Mapping

import pulumi_kubernetes as k8s

from settings.probe import ProbeSettings


def probe(settings: ProbeSettings, path: str, ports: Mapping[str, int]) -> k8s.core.v1.ProbeArgs:
    """A probe of a container with `ports`, numbers by name; `path` is what http and https request."""
    args = k8s.core.v1.ProbeArgs(
        # Kubernetes' default is 0.
        initial_delay_seconds=settings.initial_delay_seconds or None,
        period_seconds=settings.period_seconds,
        timeout_seconds=settings.timeout_seconds,
        failure_threshold=settings.failure_threshold,
    )
    if settings.type == "exec":
        args.exec_ = k8s.core.v1.ExecActionArgs(command=list(settings.command))
        return args
    port = settings.number(ports)
    if settings.type == "tcp":
        args.tcp_socket = k8s.core.v1.TCPSocketActionArgs(port=port)
    elif settings.type == "grpc":
        args.grpc = k8s.core.v1.GRPCActionArgs(port=port, service=settings.service)
    else:
        scheme = "HTTPS" if settings.type == "https" else None
        args.http_get = k8s.core.v1.HTTPGetActionArgs(path=path, port=port, scheme=scheme)
    return args
