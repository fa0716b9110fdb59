"""A small cloud, a provider for it, and programs that use it."""

import asyncio
import json
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi.provider.experimental import provider as protocol
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import PropertyDiff, PropertyDiffKind

from sandbox.engine.engine import Engine
from sandbox.engine.events import Diagnostic, Event, OnEvent, Result, Step
from sandbox.engine.plugins import Plugins
from sandbox.engine.program import Program
from sandbox.errors import SandboxError
from sandbox.providers.plugin import InitializationFailed, PluginProvider

SDK = '''
import pulumi

class Thing(pulumi.CustomResource):
    """Inputs: name (fixed: replaces), autoname, value, fail, unready, meet, slow (seconds)."""
    name: pulumi.Output[str]
    length: pulumi.Output[int]
    token: pulumi.Output[str]
    def __init__(self, resource, opts=None, type="Thing", **inputs):
        outputs = dict.fromkeys(["value", "name", "length", "token"])
        super().__init__(f"fake:index:{type}", resource, {**outputs, **inputs}, opts)
    @staticmethod
    def get(resource, id, opts=None):
        return Thing(resource, pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id)))

class FakeProvider(pulumi.ProviderResource):
    def __init__(self, resource, opts=None, **inputs):
        super().__init__("fake", resource, inputs, opts)

class Group(pulumi.ComponentResource):
    def __init__(self, resource, opts=None, **inputs):
        super().__init__("test:index:Group", resource, inputs, opts)
'''


@dataclass
class Cloud:
    """Objects by name, and everything that was asked of the provider, in order."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    configurations: list[dict[str, Any]] = field(default_factory=list)
    meetings: dict[str, tuple[int, asyncio.Event]] = field(default_factory=dict)
    accepts_secrets: bool = True
    on_call: Callable[[str, str], None] = lambda _method, _name: None
    gather: Callable[[str, str], str | None] = lambda _method, _name: None
    """Names the place at which a call waits for others, beside the `meet` input."""
    together: int = 2
    """How many calls a place waits for."""

    def called(self, method: str) -> list[str]:
        """Names of the resources the method was called for."""
        return [name for called, name in self.calls if called == method]

    def clear(self) -> None:
        self.calls.clear()
        self.meetings.clear()

    async def meet(self, place: str) -> None:
        """Return once enough calls wait at the place together."""
        count, everyone = self.meetings.setdefault(place, (0, asyncio.Event()))
        self.meetings[place] = count + 1, everyone
        if count + 1 == self.together:
            everyone.set()
        async with asyncio.timeout(3):
            await everyone.wait()


class FakeProvider(PluginProvider):
    """Creates by name, over what exists. `Exclusive` things are deleted before they are replaced; the provider
    does not say what changes in a `Vague` one."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    async def configure(self, request: protocol.ConfigureRequest) -> protocol.ConfigureResponse:
        self.cloud.on_call("configure", "")
        self.cloud.configurations.append(plain(request.args))
        accepts = self.cloud.accepts_secrets
        return protocol.ConfigureResponse(accept_secrets=accepts, supports_preview=True)

    async def diff_config(self, request: protocol.DiffRequest) -> protocol.DiffResponse:
        changed = plain(request.old_inputs).get("region") != plain(request.new_inputs).get("region")  # pyright: ignore[reportAttributeAccessIssue]
        return protocol.DiffResponse(replaces=["region"] if changed else [])

    async def check(self, request: protocol.CheckRequest) -> protocol.CheckResponse:
        self.cloud.calls.append(("check", request.name))
        inputs = dict(request.new_inputs)
        if plain(inputs).get("value") == "impossible":
            failure = protocol.CheckFailure("value", "is impossible")
            return protocol.CheckResponse(inputs=inputs, failures=[failure])
        if "name" not in inputs:
            automatic = PropertyValue(f"{request.name}-{request.random_seed.hex()[:6]}")
            fixed = PropertyValue(request.name)
            chosen = automatic if "autoname" in inputs else fixed
            inputs["name"] = request.old_inputs.get("name", chosen)
        return protocol.CheckResponse(inputs=inputs)

    async def diff(self, request: protocol.DiffRequest) -> protocol.DiffResponse:
        self.cloud.calls.append(("diff", request.name))
        if request.type.endswith(":Vague"):
            return protocol.DiffResponse()
        old, new = plain(request.old_inputs), plain(request.new_inputs)  # pyright: ignore[reportAttributeAccessIssue]
        changed = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
        kinds = {
            key: PropertyDiffKind.UPDATE_REPLACE if key in ("name", "fixed") else PropertyDiffKind.UPDATE
            for key in changed
        }
        return protocol.DiffResponse(
            changes=bool(changed),
            detailed_diff={key: PropertyDiff(kind, True) for key, kind in kinds.items()},
            delete_before_replace=request.type.endswith(":Exclusive"),
        )

    async def create(self, request: protocol.CreateRequest) -> protocol.CreateResponse:
        name = plain(request.properties).get("name", "")
        if not request.preview:
            await self._work("create", request.name, request.properties)
            self.cloud.objects[name] = plain(request.properties)
        outputs = self._outputs(request.properties, request.preview)
        if not request.preview:
            self._unready(name, outputs, request.properties)
        return protocol.CreateResponse(None if request.preview else name, outputs)

    async def update(self, request: protocol.UpdateRequest) -> protocol.UpdateResponse:
        if not request.preview:
            await self._work("update", request.name, request.news)
            self.cloud.objects[request.resource_id] = plain(request.news)
        outputs = self._outputs(request.news, request.preview)
        if not request.preview:
            self._unready(request.resource_id, outputs, request.news)
        return protocol.UpdateResponse(outputs)

    async def delete(self, request: protocol.DeleteRequest) -> None:
        await self._work("delete", request.name, request.properties)
        self.cloud.objects.pop(request.resource_id, None)

    async def read(self, request: protocol.ReadRequest) -> protocol.ReadResponse:
        await self._work("read", request.name, {})
        found = self.cloud.objects.get(request.resource_id)
        if found is None:
            return protocol.ReadResponse()
        inputs = {key: PropertyValue(value) for key, value in found.items()}
        inputs = {
            key: value.with_secret(True) if key in request.inputs and request.inputs[key].is_secret else value
            for key, value in inputs.items()
        }
        return protocol.ReadResponse(request.resource_id, self._outputs(inputs, False), inputs)

    async def invoke(self, request: protocol.InvokeRequest) -> protocol.InvokeResponse:
        arguments = plain(request.args)
        if arguments.get("fail"):
            return protocol.InvokeResponse(failures=[protocol.CheckFailure("fail", "as asked")])
        return protocol.InvokeResponse({"doubled": PropertyValue(arguments["number"] * 2)})

    async def _work(self, method: str, name: str, inputs: dict[str, PropertyValue]) -> None:
        self.cloud.calls.append((method, name))
        self.cloud.on_call(method, name)
        options = plain(inputs)
        place = options.get("meet") if method == "create" else None
        if place := place or self.cloud.gather(method, name):
            await self.cloud.meet(place)
        await asyncio.sleep(options.get("slow", 0))
        if options.get("fail") == method:
            raise SandboxError(f"{method} is refused")
        self.cloud.calls.append((f"{method}d", name))

    def _outputs(self, inputs: dict[str, PropertyValue], preview: bool) -> dict[str, PropertyValue]:
        later = {} if preview else {"token": PropertyValue(f"token of {plain(inputs)['name']}")}
        return {**inputs, "length": PropertyValue(float(len(str(plain(inputs).get("value"))))), **later}

    def _unready(self, name: str, outputs: dict[str, PropertyValue], inputs: dict[str, PropertyValue]) -> None:
        if reason := plain(inputs).get("unready"):
            raise InitializationFailed(name, outputs, inputs, [reason])


def plain(properties: dict[str, PropertyValue]) -> dict[str, Any]:
    """Property values as Python values, secrets revealed."""

    def value(item: Any) -> Any:
        item = item.value if isinstance(item, PropertyValue) else item
        if isinstance(item, dict) or hasattr(item, "items"):
            return {key: value(part) for key, part in item.items()}
        if isinstance(item, list | tuple):
            return [value(part) for part in item]
        return item

    return {key: value(item) for key, item in properties.items()}


class Stack:
    """A program's text, its state, and the engine on them; a new engine for every operation."""

    def __init__(self, directory: Path, cloud: Cloud) -> None:
        self.directory = directory / "program"
        self.directory.mkdir(exist_ok=True)
        (self.directory / "fake.py").write_text(SDK)
        self.state = directory / "state" / "project" / "test.json"
        self.cloud = cloud
        self.plugins = Plugins({"fake": lambda: FakeProvider(cloud)})
        self.config: dict[str, str] = {}
        self.secret_keys: frozenset[str] = frozenset()
        self.events: list[Event] = []

    def engine(
        self, on_event: OnEvent | None = None, *, targets: Sequence[str] = (), target_dependents: bool = False
    ) -> Engine:
        self.events = []
        program = Program(self.directory, "project", "test", self.config, self.secret_keys)
        return Engine(
            program,
            self.state,
            "correct horse",
            self.plugins,
            on_event or self.events.append,
            targets=targets,
            target_dependents=target_dependents,
        )

    def write(self, program: str) -> None:
        header = "import pulumi\nfrom pulumi import ResourceOptions\nfrom fake import FakeProvider, Group, Thing\n"
        (self.directory / "__main__.py").write_text(header + textwrap.dedent(program))

    def preview(self, program: str) -> Result:
        self.write(program)
        self.cloud.clear()
        return self.engine().preview()

    def up(self, program: str, *, fails: bool = False) -> Result:
        """The result of `up`, whose success is checked; the cloud's record starts afresh."""
        self.write(program)
        self.cloud.clear()
        result = self.engine().up()
        assert result.ok is not fails, [diagnostic.message for diagnostic in result.diagnostics]
        return result

    def destroy(self) -> Result:
        self.cloud.clear()
        return self.engine().destroy()

    def refresh(self) -> Result:
        self.cloud.clear()
        return self.engine().refresh()

    def resources(self) -> dict[str, dict[str, Any]]:
        """Entries of the state file by name."""
        if not self.state.exists():
            return {}
        entries = json.loads(self.state.read_text())["deployment"]["resources"]
        return {entry["urn"].split("::")[3]: entry for entry in entries}


def ops(result: Result) -> dict[str, str]:
    """What was done to each resource of the fake cloud and each component, by name."""
    return {step.name: step.op for step in result.steps if not step.type.startswith("pulumi:")}


def kinds(cloud: Cloud) -> list[str]:
    """The objects that exist, by name without its random end."""
    return sorted(name.rpartition("-")[0] if "-" in name else name for name in cloud.objects)


def step(result: Result, name: str) -> Step:
    return next(step for step in result.steps if step.name == name)


def errors(result: Result) -> str:
    return "\n".join(diagnostic.message for diagnostic in result.diagnostics if diagnostic.severity == "error")


def warnings(result: Result) -> list[Diagnostic]:
    return [diagnostic for diagnostic in result.diagnostics if diagnostic.severity == "warning"]


def told(result: Result) -> set[str]:
    return {warning.message for warning in warnings(result)}
