"""What the emulator decided: which role called which action on which resource, and whether it was allowed.

Only the standard library is imported: the emulator writes this file from an environment of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

#: The file's name in the state folder of the emulator.
FILE = "decisions.json"


@dataclass
class Decision:
    """All decisions on one role, action and resource.

    Attributes:
        role: The role's name.
        action: The IAM action, for example `kinesis:GetRecords`.
        resource: The resource's ARN; objects of S3 by the first part of their key.
        allowed, denied: How often.
        allowed_at, denied_at: When last, in epoch seconds; 0 for never.
        denied_since: When the denials began that no allowance has ended; 0 when there are none.
    """

    role: str
    action: str
    resource: str
    allowed: int = 0
    denied: int = 0
    allowed_at: float = 0.0
    denied_at: float = 0.0
    denied_since: float = 0.0


def family(resource: str) -> str:
    """The resource as it is counted: objects of S3 are without number, their prefixes are not."""
    bucket, slash, key = resource.partition("/")
    if not bucket.startswith("arn:aws:s3:::") or not slash:
        return resource
    first, deeper, _ = key.partition("/")
    return f"{bucket}/{first}/*" if deeper else f"{bucket}/*"


def read(path: Path) -> list[Decision]:
    """Every decision in the file; none while there is no file."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return []
    return [Decision(**row) for row in content["decisions"]]


def write(path: Path, decisions: Iterable[Decision]) -> None:
    """Replace the file in one step."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"decisions": [asdict(decision) for decision in decisions]}, indent=1) + "\n")
    draft.replace(path)
