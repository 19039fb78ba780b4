"""Reads `knowledge/*.yaml`: one file a family, each a list of incidents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from sandbox.knowledge.errors import KnowledgeError

#: Where the incidents stand in a checkout.
FOLDER = Path(__file__).resolve().parents[2] / "knowledge"

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class Incident(BaseModel):
    """Something that happened, why, and what ended it. The family is the name of its file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^INC-\d{4}$")]
    service: _Text
    error_message: _Text
    cause: _Text
    resolution: _Text
    occurred_at: datetime
    family: str


def read(folder: Path = FOLDER) -> list[Incident]:
    """Return every incident, ordered by id.

    Raises:
        KnowledgeError: A file is unreadable, an incident incomplete, or an id used twice.
    """
    incidents: dict[str, Incident] = {}
    for path in sorted(folder.glob("*.yaml")):
        for incident in _family(path):
            if incident.id in incidents:
                raise KnowledgeError(path, f"{incident.id} is used twice", hint="give each incident an id of its own")
            incidents[incident.id] = incident
    if not incidents:
        raise KnowledgeError(folder, "no incidents found", hint="it should hold one .yaml file a family")
    return [incidents[number] for number in sorted(incidents)]


def digest(incidents: Sequence[Incident]) -> str:
    """Return a digest that changes with any change of any incident."""
    text = json.dumps([incident.model_dump(mode="json") for incident in incidents], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _family(path: Path) -> list[Incident]:
    try:
        items = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise KnowledgeError(path, " ".join(str(error).split())) from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise KnowledgeError(path, "is not a list of incidents")
    try:
        return TypeAdapter(list[Incident]).validate_python([{**item, "family": path.stem} for item in items])
    except ValidationError as error:
        first = error.errors()[0]
        index, *rest = first["loc"]
        name = items[index].get("id", f"item {index}") if isinstance(index, int) else index
        raise KnowledgeError(path, f"{name}: {'.'.join(map(str, rest))}: {first['msg']}") from error
