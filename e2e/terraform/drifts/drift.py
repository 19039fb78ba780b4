"""A change behind terraform's back, made and looked at by boto3 alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from e2e.terraform.emulator import Emulator

#: The attributes of the resource as the state has them.
State = Mapping[str, Any]


@dataclass(frozen=True)
class Drift:
    """One change of one resource.

    Attributes:
        look: What boto3 sees of the attribute, or of the resource when it is removed.
        change: Changes it.
        which: Tells the resource to take, where a type has several and not each will do.
    """

    look: Callable[[Emulator, State], Any]
    change: Callable[[Emulator, State], object]
    which: Callable[[State], bool] = lambda _state: True

    def seen(self, emulator: Emulator, state: State) -> Any:
        """What `look` sees; the error code when the service says there is nothing."""
        try:
            return self.look(emulator, state)
        except ClientError as error:
            return error.response["Error"]["Code"]


def tags_of(service: str = "ec2") -> Drift:
    """A tag of something in EC2 that has nothing else to change."""

    def look(emulator: Emulator, state: State) -> Any:
        wanted = [{"Name": "resource-id", "Values": [state["id"]]}]
        return sorted((t["Key"], t["Value"]) for t in emulator.boto3(service).describe_tags(Filters=wanted)["Tags"])

    def change(emulator: Emulator, state: State) -> object:
        tag = {"Key": "Project", "Value": "somebody else's"}
        return emulator.boto3(service).create_tags(Resources=[state["id"]], Tags=[tag])

    return Drift(look, change)
