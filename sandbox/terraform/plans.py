"""What a plan would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.terraform.diagnostics import Result


@dataclass(frozen=True)
class Summary:
    """The changes of a plan.

    Attributes:
        add, change, remove: Numbers of resources.
        addresses: What would happen to which resource, such as `update aws_s3_bucket.logs`.
    """

    add: int
    change: int
    remove: int
    addresses: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether everything is as defined."""
        return not (self.add or self.change or self.remove)


@dataclass(frozen=True)
class Plan:
    """A plan as terraform shows it.

    Attributes:
        summary: Its changes.
        document: What `terraform show -json` says of it.
        text: What `terraform show` says of it, with its colours.
    """

    summary: Summary
    document: dict[str, Any]
    text: str

    @classmethod
    def of(cls, result: Result, document: dict[str, Any], text: str) -> Plan:
        """The plan that a run of `terraform plan` told of."""
        changes = result.last("change_summary").get("changes") or {}
        planned = [message["change"] for message in result.messages if message.get("type") == "planned_change"]
        addresses = tuple(
            f"{change['action']} {change['resource']['addr']}" for change in planned if change["action"] != "read"
        )
        summary = Summary(changes.get("add", 0), changes.get("change", 0), changes.get("remove", 0), addresses)
        return cls(summary, document, text)
