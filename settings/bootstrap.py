"""What GitHub's workflows need before the first of them can run."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.google import ProjectId, Region
from settings.mistake import SettingError
from settings.model import Model, rule
from settings.naming import ACCOUNT_LIMITS


def _number(identifier: str) -> str:
    if not identifier.isdecimal():
        raise SettingError(
            "Names of owners and repositories can be given up and taken by somebody else, who could then sign in.",
            'Write the number in quotes: `gh api repos/OWNER/NAME --jq ".id, .owner.id"` prints both.',
        )
    return identifier


NumericId = Annotated[str, AfterValidator(_number)]


STACK_LIMIT = ACCOUNT_LIMITS[1] - len("gke-webapp-preview-")
STACK_PATTERN = rf"(?=.{{1,{STACK_LIMIT}}}$)[a-z]([-a-z0-9]*[a-z0-9])?"


def _nameable(stacks: Mapping[str, str]) -> Mapping[str, str]:
    if refused := [stack for stack in stacks if not re.fullmatch(STACK_PATTERN, stack)]:
        raise SettingError(
            f"{', '.join(refused)}: Google would refuse a service account of this name.",
            f"Name stacks with at most {STACK_LIMIT} lower-case letters, digits and inner hyphens, beginning with a "
            "letter.",
        )
    if not stacks:
        raise SettingError("Without a stack nobody could deploy anything.", "Name each stack and its project.")
    return stacks


class BootstrapSettings(Model):
    """Who may sign in, and which projects the stacks live in."""

    project: ProjectId = Field(description="Id of the project that holds federation, state and key.")
    region: Region = Field(description="Region of the state and of the key.")
    repository_id: NumericId = Field(description="GitHub's number of the repository.")
    owner_id: NumericId = Field(description="GitHub's number of the repository's owner.")
    branch: str = Field(default="main", min_length=1, description="The branch that is deployed.")
    stacks: Annotated[Mapping[str, ProjectId], AfterValidator(_nameable)] = Field(
        description="Name of each stack to the id of the project it lives in."
    )
    promoted_from: Mapping[str, str] = Field(
        default={}, description="Name of each stack with `image.promotedFrom` to the stack that it names there."
    )

    @rule
    def _validate_promoted_stacks(self) -> Iterator[SettingError]:
        if unknown := {*self.promoted_from, *self.promoted_from.values()} - self.stacks.keys():
            yield SettingError(
                f"promotedFrom names {', '.join(sorted(unknown))}: no account deploys such a stack.",
                "Name stacks that are in `stacks`.",
                "promoted_from",
            )

    @rule
    def _validate_that_a_stack_builds(self) -> Iterator[SettingError]:
        for stack in self.promoted_from:
            source, passed = stack, {stack}
            while source := self.promoted_from.get(source, ""):
                if source in passed:
                    yield SettingError(
                        f"promotedFrom leads from {stack} to {source} again: none of these stacks builds an image.",
                        "Leave out the stack that builds it.",
                        "promoted_from",
                    )
                    return
                passed.add(source)

    @rule
    def _validate_own_project(self) -> Iterator[SettingError]:
        inside = [stack for stack, project in self.stacks.items() if project == self.project]
        if len(inside) < len(self.stacks) and inside:
            yield SettingError(
                f"{', '.join(inside)} lives in {self.project}, where the accounts of all stacks are: its deployer "
                "manages the project's accounts, so it could act as the deployer of any other stack.",
                "Give federation, state and key a project of their own.",
                "project",
            )

    def builder(self, stack: str) -> str:
        """The stack that builds the image which `stack` deploys: itself, unless it is promoted."""
        while stack in self.promoted_from:
            stack = self.promoted_from[stack]
        return stack
