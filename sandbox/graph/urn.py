"""Uniform resource names, `urn:pulumi:STACK::PROJECT::TYPE::NAME`, and references to providers, `URN::ID`."""

STACK = "pulumi:pulumi:Stack"
PROVIDERS = "pulumi:providers:"


def type_of(urn: str) -> str:
    """The type token, without those of the parents that a URN puts before it."""
    return urn.split("::", 3)[2].rpartition("$")[2]


def name_of(urn: str) -> str:
    return urn.split("::", 3)[3]


def is_provider(type_: str) -> bool:
    return type_.startswith(PROVIDERS)


def package(type_: str) -> str:
    """The package that serves a type: `gcp` of `gcp:compute/network:Network` and of `pulumi:providers:gcp`."""
    return type_.removeprefix(PROVIDERS).partition(":")[0]


def provider_urn(reference: str) -> str:
    return reference.rpartition("::")[0]


def shortened(type_: str) -> str:
    """`gcp:compute/network:Network` as `gcp:compute:Network`: the file name in a module says nothing new."""
    package_, module, kind = (*type_.split(":"), "", "")[:3]
    directory, _, file = module.rpartition("/")
    return f"{package_}:{directory}:{kind}" if directory and file.lower() == kind.lower() else type_
