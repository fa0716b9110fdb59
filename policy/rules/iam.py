"""Rules of who may do what in Google Cloud."""

from collections.abc import Iterator, Mapping
from typing import Any

from .property import at, is_stated, items, must_be_stated
from .rule import Config, Finding, Rule

GRANTS = ("gcp:*IAMMember", "gcp:*IAMBinding", "gcp:*IamMember", "gcp:*IamBinding")
PROJECT_GRANTS = ("gcp:projects/*:IAMMember", "gcp:projects/*:IAMBinding")
FEDERATION = ("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",)
KEY = ("gcp:serviceaccount/key:Key",)

BASIC = ("roles/owner", "roles/editor", "roles/viewer")
IMPERSONATION = ("roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator")
PUBLIC = ("allUsers", "allAuthenticatedUsers")
DEFAULT_ACCOUNTS = ("-compute@developer.gserviceaccount.com", "@appspot.gserviceaccount.com")


def _no_basic_role(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    if at(properties, "role") in BASIC:
        yield Finding("role", at(properties, "role"))


def _no_impersonation(properties: Mapping[str, Any], config: Config) -> Iterator[Finding]:
    members = _members(properties)
    stated = [member for member in members if is_stated(member, config)]
    if at(properties, "role") in IMPERSONATION and members != stated:
        yield Finding("role", at(properties, "role"))


def _members(properties: Mapping[str, Any]) -> list[str]:
    return [str(member) for member in (at(properties, "member"), *items(properties, "members")) if member]


def _no_public(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    for member in _members(properties):
        if member in PUBLIC:
            yield Finding("member", member)


def _no_default_account(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    for member in _members(properties):
        if member.endswith(DEFAULT_ACCOUNTS):
            yield Finding("member", member)


def _no_key(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    yield Finding("a key of the service account", at(properties, "serviceAccountId"))


RULES = [
    Rule(
        id="iam-basic-roles",
        title="Nobody gets a basic role",
        references=("CKV_GCP_117",),
        types=GRANTS,
        check=_no_basic_role,
        consequence="the member may see or change everything in the project.",
        remedy="Grant the predefined roles that the work needs.",
    ),
    Rule(
        id="iam-impersonation",
        title="Nobody may act as every account of a project",
        references=("CKV_GCP_41", "CKV_GCP_49"),
        types=PROJECT_GRANTS,
        config={"stated": []},
        check=_no_impersonation,
        consequence="the member may act as any account of the project, the mightiest included.",
        remedy="Grant the role on the one service account, or name the member under `stated` in the policy's "
        "configuration.",
    ),
    Rule(
        id="iam-public",
        title="Nothing is granted to everybody",
        references=("CKV_GCP_101",),
        types=GRANTS,
        check=_no_public,
        consequence="everybody on the internet has the role.",
        remedy="Name the members.",
    ),
    Rule(
        id="iam-default-account",
        title="Nothing is granted to a default account",
        references=("CKV_GCP_46",),
        types=GRANTS,
        check=_no_default_account,
        consequence="everything that runs without an account of its own has the role.",
        remedy="Make an account for what needs the role.",
    ),
    Rule(
        id="iam-federation",
        title="Only named identities sign in from outside",
        references=("CKV_GCP_118", "CKV_GCP_125"),
        types=FEDERATION,
        check=must_be_stated("attributeCondition"),
        consequence="whoever has an account at the identity provider, such as any repository at GitHub, can sign in.",
        remedy="State a condition, on ids that cannot be registered anew.",
    ),
    Rule(
        id="iam-keys",
        title="No account has a key",
        types=KEY,
        check=_no_key,
        consequence="whoever copies the key is the account until somebody remembers to delete it.",
        remedy="Use Workload Identity, or Workload Identity Federation from outside Google.",
    ),
]
