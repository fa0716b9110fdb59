"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

ProjectOption = Annotated[
    str,
    typer.Option("--project", "--system", help="Directory with a Pulumi.yaml, or the name of a system in examples/."),
]
StackOption = Annotated[str, typer.Option("--stack", help="Stack to work on.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PackOption = Annotated[
    Path | None,
    typer.Option("--policy-pack", help="Directory of a policy pack; mandatory violations refuse the deployment."),
]
PackConfigOption = Annotated[
    Path | None, typer.Option("--policy-pack-config", help="JSON file with levels and settings of its rules.")
]

HERE = "."
DEV = "dev"
