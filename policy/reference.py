"""The table of all rules: `python -m policy.reference` writes docs/policy.md."""

from pathlib import Path
from types import ModuleType

from .rules import ROOMS
from .rules.rule import Rule, StackRule

PAGE = Path(__file__).parent.parent / "docs" / "policy.md"

HEAD = """# Policies

What every stack has to keep to, checked before anything is deployed:

```console
python -m sandbox preview --stack dev --policy-pack policy
pulumi preview --stack dev --policy-pack policy
```

A mandatory rule refuses the deployment, an advisory one is told of. Levels and settings are data, in the format of
Pulumi's `--policy-pack-config`; `policy/config/prod.json` makes mandatory there what is advice elsewhere. The setting
`stated` lists exceptions by name, with `*` for anything. CKV ids are those of the same rule in Checkov's policy index.
Written by `python -m policy.reference`.

A value that only the deployment will give breaks no rule. In the Pulumi CLI's first preview of a cluster, rules that
look at several Kubernetes objects together wait for `up`; the sandbox's preview and `python -m sandbox diff` check them
at once.
"""


def markdown() -> str:
    """The page, a table for each file of rules."""
    return HEAD + "\n".join(_section(room) for room in ROOMS)


def _section(room: ModuleType) -> str:
    rules: list[Rule | StackRule] = room.RULES
    heading = (room.__doc__ or "").splitlines()[0].rstrip(".")
    table = ["| id | rule | level | Checkov | settings |", "|---|---|---|---|---|", *map(_row, rules)]
    return "\n".join([f"\n## {heading}\n", *table, ""])


def _row(rule: Rule | StackRule) -> str:
    settings = ", ".join(f"`{name}`" for name in rule.config)
    return f"| `{rule.id}` | {rule.title} | {rule.level} | {', '.join(rule.references)} | {settings} |"


if __name__ == "__main__":
    PAGE.write_text(markdown())
