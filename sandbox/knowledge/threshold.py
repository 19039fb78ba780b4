"""The similarity from which a past incident counts as the same: fitted for each embedding model, and committed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sandbox.knowledge.errors import KnowledgeError
from sandbox.knowledge.load import FOLDER

FILE = FOLDER / "threshold.json"

#: The model of the stand-in.
DEFAULT_MODEL = "all-MiniLM-L6-v2-int8"


class Threshold(BaseModel):
    """What belongs to one embedding model.

    Attributes:
        model: Its name, as the API knows it.
        threshold: The similarity, cosine.
        dimension: The length of its vectors.
        figures: How well the threshold does on labelled messages; None where it was not fitted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    threshold: float = Field(gt=0, lt=1)
    dimension: int = Field(gt=0)
    figures: dict[str, Any] | None = None


def committed(model: str = DEFAULT_MODEL, path: Path = FILE) -> Threshold:
    """Return the committed threshold of a model.

    Raises:
        KnowledgeError: There is none, or the file is not what it should be.
    """
    known = _read(path)
    if model not in known:
        raise KnowledgeError(
            path,
            f"no threshold for {model}, only for {', '.join(sorted(known))}",
            hint="fit one as knowledge/README.md says",
        )
    return known[model]


def write(fitted: Threshold, path: Path = FILE) -> None:
    """Commit a threshold to the file, beside those of other models."""
    known = _read(path) if path.exists() else {}
    known[fitted.model] = fitted
    document = {name: item.model_dump(exclude={"model"}) for name, item in sorted(known.items())}
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _read(path: Path) -> dict[str, Threshold]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        models = {name: {**item, "model": name} for name, item in document.items()}
        return TypeAdapter(dict[str, Threshold]).validate_python(models)
    except (OSError, ValueError, TypeError, AttributeError, ValidationError) as error:
        raise KnowledgeError(path, " ".join(str(error).split())) from error
