"""A resource of a stack as a graph shows it."""

from collections.abc import Collection
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sandbox.graph import urn as urns
from sandbox.graph.presentation import Presentation
from sandbox.graph.resource import Resource


class Shown(BaseModel):
    """What leaves the evaluation, for people and programs: without secrets."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Node(Shown):
    """A resource, or a component that has resources."""

    urn: str
    type: str = Field(description="Type token, such as gcp:compute/network:Network.")
    name: str
    parent: str = Field(description="URN; empty for the stack itself.")
    managed: bool = Field(description="A provider manages it; otherwise it is a component.")
    protected: bool = Field(description="Pulumi refuses to delete it.")
    needs: tuple[str, ...] = Field(description="URNs of what has to be there before it, its provider among them.")
    inputs: dict[str, Any] = Field(description="What the program asks for; secrets as [secret].")

    @property
    def package(self) -> str:
        """The provider that serves it; that of a provider is the one it configures."""
        return urns.package(self.type)

    @property
    def kind(self) -> str:
        """The last part of the type, such as `Network`."""
        return "Provider" if urns.is_provider(self.type) else self.type.rpartition(":")[2]

    @property
    def title(self) -> str:
        return f"{urns.shortened(self.type)} {self.name}"


class Graph(Shown):
    """The resources of one stack, by URN in order."""

    project: str
    stack: str
    nodes: tuple[Node, ...]


def graph(project: str, stack: str, resources: Collection[Resource], presentation: Presentation) -> Graph:
    """The graph of evaluated resources."""

    def node(resource: Resource) -> Node:
        return Node(
            urn=resource.urn,
            type=resource.type,
            name=urns.name_of(resource.urn),
            parent=resource.parent,
            managed=resource.custom,
            protected=resource.protect,
            needs=tuple(sorted({*resource.needs()} - {resource.parent})),
            inputs=presentation.shown(resource.inputs),
        )

    nodes = (node(resource) for resource in resources if resource.type != urns.STACK)
    return Graph(project=project, stack=stack, nodes=tuple(sorted(nodes, key=lambda node: node.urn)))
