"""Comparisons made by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.diff.document import Cost, Document, Finding, StackDiff
from sandbox.graph.change import Change, Op, Property
from sandbox.graph.node import Graph, Node


def node(type_: str, name: str = "app", inputs: Mapping[str, Any] | None = None, *, protected: bool = False) -> Node:
    return Node(
        urn=f"urn:pulumi:dev::shop::{type_}::{name}",
        type=type_,
        name=name,
        parent="",
        managed=True,
        protected=protected,
        needs=(),
        inputs=dict(inputs or {}),
    )


def graph(*nodes: Node) -> Graph:
    return Graph(project="shop", stack="dev", nodes=nodes)


def change(of: Node, op: Op, **properties: tuple[Any, Any]) -> Change:
    """`properties`: old and new value by path, whose dots are written `__`."""
    items = tuple(
        Property(path=path.replace("__", "."), kind="update", old=old, new=new)
        for path, (old, new) in properties.items()
    )
    return Change(urn=of.urn, type=of.type, name=of.name, op=op, properties=items)


def document(changes: Sequence[Change] = (), findings: Sequence[Finding] = (), stack: str = "dev") -> Document:
    nodes = (node(one.type, one.name) for one in changes)
    diff = StackDiff(
        stack=stack,
        state="both",
        changes=tuple(changes),
        findings=tuple(findings),
        cost=Cost(before=0, after=0, items=(), unknown=()),
        graph=graph(*nodes),
    )
    return Document(project="shop", base="0" * 40, prices="List prices", stacks=(diff,))
