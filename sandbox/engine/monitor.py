"""The resource monitor and the log that the SDK calls, in this process instead of over gRPC.

Method names and messages are those of `ResourceMonitor` and `Engine` in Pulumi's protocol; the SDK calls each on a
thread of its own.
"""

# ruff: noqa: N802, ARG002

from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, provider_pb2, resource_pb2

from sandbox.engine import urn as urns
from sandbox.engine.deployment import Deployment, Registered
from sandbox.engine.events import Severity
from sandbox.engine.goal import Goal, goal
from sandbox.engine.operation import Operation
from sandbox.engine.property import Properties, from_struct, to_struct
from sandbox.engine.provider import Provider
from sandbox.engine.registry import Registry
from sandbox.engine.transforms import Transforms
from sandbox.errors import SandboxError

_SEVERITIES: dict[int, Severity] = {
    engine_pb2.INFO: "info",
    engine_pb2.WARNING: "warning",
    engine_pb2.ERROR: "error",
}


class Monitor:
    """Serves one run of a program."""

    def __init__(self, operation: Operation, deployment: Deployment, registry: Registry) -> None:
        self._operation = operation
        self._deployment = deployment
        self._registry = registry
        self._transforms = Transforms()

    def RegisterStackTransform(self, request: Any) -> empty_pb2.Empty:
        self._transforms.stack.append(request)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, request: Any) -> empty_pb2.Empty:
        self._transforms.invokes.append(request)
        return empty_pb2.Empty()

    def GetDeploymentInfo(self, request: Any) -> resource_pb2.DeploymentInfo:
        """The SDK refuses the options of any other feature by itself, by name."""
        return resource_pb2.DeploymentInfo(
            supportedFeatures=[
                resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
                resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
                resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
                resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
                resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
                resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
                resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
                resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
            ]
        )

    def RegisterResource(self, request: Any) -> resource_pb2.RegisterResourceResponse:
        urn = self._urn(request)
        try:
            self._transforms.registration(urn, request)
            registered = self._deployment.register(goal(request))
        except SandboxError as error:
            registered = self._deployment.refuse(urn, str(error))
        return resource_pb2.RegisterResourceResponse(
            urn=registered.urn,
            id=registered.id,
            object=to_struct(registered.outputs),
            result=_result(registered),
            unknown=registered.absent,
        )

    def ReadResource(self, request: Any) -> resource_pb2.ReadResourceResponse:
        wanted = Goal(
            type=request.type,
            name=request.name,
            custom=True,
            parent=request.parent,
            inputs=from_struct(request.properties),
            dependencies=tuple(sorted(request.dependencies)),
            provider=request.provider,
            version=request.version,
            plugin_download_url=request.pluginDownloadURL,
            additional_secret_outputs=tuple(request.additionalSecretOutputs),
        )
        if request.type.startswith("pulumi:pulumi:") and request.type != urns.STACK_REFERENCE:
            registered = self._deployment.refuse(
                self._urn(request),
                f"{request.name}: the sandbox's engine does not implement {request.type}. Put the value into the "
                "stack's configuration, or use the Pulumi CLI: `--engine pulumi`.",
            )
        else:
            registered = self._deployment.read(wanted, request.id)
        return resource_pb2.ReadResourceResponse(
            urn=registered.urn,
            id=registered.id,
            properties=to_struct(registered.outputs),
            result=_result(registered),
        )

    def RegisterResourceOutputs(self, request: Any) -> empty_pb2.Empty:
        self._deployment.register_outputs(request.urn, from_struct(request.outputs))
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> resource_pb2.ResourceInvokeResponse:
        self._transforms.invocation(request)
        arguments = from_struct(request.args)
        if request.tok == "pulumi:pulumi:getResource":
            return _returned(self._resource(arguments["urn"]))
        provider = self._provider(request)
        if not provider.configured:
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        result, failures = provider.invoke(request.tok, arguments)
        response = _returned(result)
        for name, reason in failures:
            response.failures.append(provider_pb2.CheckFailure(property=name, reason=reason))
        return response

    def _resource(self, urn: str) -> Properties:
        resource = self._deployment.lookup(urn)
        if resource is None:
            raise SandboxError(f"{urn} is referred to but the program has not registered it.")
        return {"urn": urn, "id": resource.id, "state": resource.outputs}

    def Call(self, request: Any) -> provider_pb2.CallResponse:
        provider = self._provider(request)
        return provider.call(request) if provider.configured else provider_pb2.CallResponse()

    def _provider(self, request: Any) -> Provider:
        package = urns.package(request.tok)
        return self._registry.get(
            self._deployment.provider(package, request.provider, request.version, request.pluginDownloadURL)
        )

    def close(self) -> None:
        """End the connections to the program."""
        self._transforms.close()

    def SignalAndWaitForShutdown(self, request: Any) -> empty_pb2.Empty:
        """Called before the program ends what serves its transforms."""
        self.close()
        return empty_pb2.Empty()

    def Log(self, request: Any) -> empty_pb2.Empty:
        severity = _SEVERITIES.get(request.severity)
        if severity is not None and not request.ephemeral:
            self._operation.log(severity, request.message, request.urn)
        return empty_pb2.Empty()

    def RequirePulumiVersion(self, request: Any) -> engine_pb2.RequirePulumiVersionResponse:
        raise SandboxError(
            f"The program requires Pulumi {request.pulumi_version_range}, which the sandbox's engine cannot promise. "
            "Use the Pulumi CLI: `--engine pulumi`."
        )

    def _urn(self, request: Any) -> str:
        return self._deployment.claims.urn(request.parent, request.type, request.name)


def _result(registered: Registered) -> Any:
    return resource_pb2.FAIL if registered.failed else resource_pb2.SUCCESS


def _returned(result: Properties) -> resource_pb2.ResourceInvokeResponse:
    return resource_pb2.ResourceInvokeResponse(**{"return": to_struct(result)})  # pyright: ignore[reportArgumentType]
