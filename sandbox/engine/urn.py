"""Uniform resource names, `urn:pulumi:STACK::PROJECT::TYPE::NAME`, and references to providers, `URN::ID`."""

STACK = "pulumi:pulumi:Stack"
PROVIDERS = "pulumi:providers:"
STACK_REFERENCE = "pulumi:pulumi:StackReference"
PULUMI = "pulumi"
"""The package whose resources the engine itself provides."""


def make(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """A resource's name. The type is qualified with the parents' types, up to but without the stack."""
    above = qualified_type(parent) if parent else STACK
    qualified = type_ if above == STACK else f"{above}${type_}"
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def qualified_type(urn: str) -> str:
    return urn.split("::", 3)[2]


def type_of(urn: str) -> str:
    return qualified_type(urn).rpartition("$")[2]


def name_of(urn: str) -> str:
    return urn.split("::", 3)[3]


def is_provider(type_: str) -> bool:
    return type_.startswith(PROVIDERS)


def is_default_provider(urn: str) -> bool:
    """Whether it is a provider that the engine made by itself."""
    return is_provider(type_of(urn)) and name_of(urn).startswith("default")


def package(type_: str) -> str:
    """The package that serves a type: `gcp` of `gcp:compute/network:Network` and of `pulumi:providers:gcp`."""
    return type_.removeprefix(PROVIDERS).partition(":")[0]


def reference(urn: str, id_: str) -> str:
    """How a resource names its provider."""
    return f"{urn}::{id_}"


def provider_urn(reference: str) -> str:
    return reference.rpartition("::")[0]
