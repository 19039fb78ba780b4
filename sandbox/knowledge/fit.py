"""`python -m sandbox.knowledge.fit`: finds the similarity threshold of an embedding model, and judges it.

The labelled messages come from a manifest of the log generator. Half of them fit the threshold; the other half, which
it never saw, say how good it is. An answer is right when the best incident's family is the message's own.
"""

from __future__ import annotations

import math
import operator
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from sandbox.errors import SandboxError
from sandbox.knowledge import labels, load, threshold
from sandbox.knowledge.embedding import Embedder
from sandbox.knowledge.labels import Label
from sandbox.knowledge.load import Incident

#: Precision and recall count alike: a missed match costs an explanation, a false one misleads.
BETA = 1.0


@dataclass(frozen=True)
class Answer:
    """The best incident for a labelled message."""

    label: Label
    similarity: float
    family: str


@dataclass(frozen=True)
class Figures:
    """How a threshold does on some labelled messages.

    Attributes:
        right: Matched, by an incident of the message's own family.
        wrong: Matched, by one of another family.
        missed: Not matched, though their family has incidents.
        false: Matched, though they belong to no family.
        passed: Not matched, rightly.
    """

    right: int
    wrong: int
    missed: int
    false: int
    passed: int

    @property
    def precision(self) -> float:
        """The share of matches that are right."""
        return self.right / max(1, self.right + self.wrong + self.false)

    @property
    def recall(self) -> float:
        """The share of messages with a family that are matched rightly."""
        return self.right / max(1, self.right + self.wrong + self.missed)

    @property
    def score(self) -> float:
        """The F measure with `BETA`."""
        weight = BETA * BETA
        return (1 + weight) * self.precision * self.recall / max(1e-9, weight * self.precision + self.recall)

    def as_dict(self) -> dict[str, Any]:
        """Return counts and ratios, for the committed file."""
        return {
            "right": self.right,
            "wrong_family": self.wrong,
            "missed": self.missed,
            "false_matches": self.false,
            "rightly_unmatched": self.passed,
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
        }


def judge(answers: Sequence[Answer], limit: float) -> Figures:
    """Count what the threshold `limit` makes of the answers."""
    seen: Counter[str] = Counter()
    for answer in answers:
        matched = answer.similarity >= limit
        if answer.label.family is None:
            seen["false" if matched else "passed"] += 1
        elif not matched:
            seen["missed"] += 1
        else:
            seen["right" if answer.family == answer.label.family else "wrong"] += 1
    return Figures(seen["right"], seen["wrong"], seen["missed"], seen["false"], seen["passed"])


def best_limit(answers: Sequence[Answer]) -> float:
    """Return the hundredth with the best score; the middle of them when several are equal."""
    scores = {step / 100: judge(answers, step / 100).score for step in range(10, 91)}
    best = [limit for limit, score in scores.items() if math.isclose(score, max(scores.values()))]
    return best[len(best) // 2]


def answer(items: Sequence[Label], incidents: Sequence[Incident], embedder: Embedder) -> tuple[list[Answer], int]:
    """Return the best incident of each message, and the dimension of the vectors."""
    known = [_unit(vector) for vector in embedder.embed([incident.error_message for incident in incidents])]
    answers = []
    for label, vector in zip(items, map(_unit, embedder.embed([item.text for item in items])), strict=True):
        similarities = [sum(map(operator.mul, vector, other)) for other in known]
        best = max(range(len(incidents)), key=similarities.__getitem__)
        answers.append(Answer(label, similarities[best], incidents[best].family))
    return answers, len(known[0])


def _unit(vector: Sequence[float]) -> list[float]:
    length = math.hypot(*vector) or 1.0
    return [value / length for value in vector]


def fit(answers: Sequence[Answer], model: str, dimension: int, about: dict[str, Any]) -> threshold.Threshold:
    """Return the threshold fitted on one half of the answers, with its figures on both."""
    fitting = [item for item in answers if not item.label.held_out]
    held_out = [item for item in answers if item.label.held_out]
    limit = best_limit(fitting)
    figures = {
        **about,
        "labels": {"fit": len(fitting), "held_out": len(held_out)},
        "fit": judge(fitting, limit).as_dict(),
        "held_out": judge(held_out, limit).as_dict(),
    }
    return threshold.Threshold(model=model, threshold=limit, dimension=dimension, figures=figures)


@click.command()
@click.option("--manifest", type=click.Path(path_type=Path, exists=True), required=True, help="From the log generator.")
@click.option("--base-url", required=True, help="The server with OpenAI's API, /v1 included.")
@click.option("--model", default=threshold.DEFAULT_MODEL, show_default=True, help="The embedding model.")
@click.option("--write", is_flag=True, help="Commit the result to knowledge/threshold.json.")
def main(manifest: Path, base_url: str, model: str, write: bool) -> None:
    """Fit the similarity threshold of an embedding model; the API key is read from CALI_MODEL_API_KEY."""
    try:
        incidents = load.read()
        embedder = Embedder(base_url, os.environ.get("CALI_MODEL_API_KEY", "unset"), model)
        answers, dimension = answer(labels.read(manifest), incidents, embedder)
        about = {"measure": f"F{BETA:g}", "incidents": len(incidents), "knowledge": load.digest(incidents)}
        fitted = fit(answers, model, dimension, about)
    except SandboxError as error:
        click.echo(f"fit: {error}", err=True)
        sys.exit(error.exit_code)
    if write:
        threshold.write(fitted)
    click.echo(fitted.model_dump_json(indent=2))


if __name__ == "__main__":
    main()
