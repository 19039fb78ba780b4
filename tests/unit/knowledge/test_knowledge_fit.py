from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.knowledge import labels
from sandbox.knowledge.embedding import Embedder
from sandbox.knowledge.errors import KnowledgeError
from sandbox.knowledge.fit import Answer, answer, best_limit, fit, judge
from sandbox.knowledge.labels import Label
from sandbox.knowledge.load import Incident, digest, read
from sandbox.knowledge.threshold import DEFAULT_MODEL, Threshold, committed, write


class Letters(Embedder):
    """Embeds a text as the counts of three letters."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9/v1", "unset", "letters")

    def embed(self, messages: list[str]) -> list[list[float]]:  # type: ignore[override]
        return [[float(text.count(letter)) for letter in "abc"] for text in messages]


def said(similarity: float, family: str | None, found: str, key: str = "k") -> Answer:
    return Answer(Label(key, "text", family), similarity, found)


def incident(number: int, message: str, family: str) -> Incident:
    return Incident(
        id=f"INC-{number:04d}",
        service="s",
        error_message=message,
        cause="c",
        resolution="r",
        occurred_at=datetime.now(UTC),
        family=family,
    )


ANSWERS = [
    said(0.9, "disk", "disk"),
    said(0.6, "disk", "disk"),
    said(0.5, "disk", "pool"),
    said(0.3, "disk", "disk"),
    said(0.55, None, "disk"),
    said(0.1, None, "pool"),
]


def test_answers_are_counted() -> None:
    figures = judge(ANSWERS, 0.5)

    assert (figures.right, figures.wrong, figures.missed, figures.false, figures.passed) == (2, 1, 1, 1, 1)
    assert figures.precision == pytest.approx(2 / 4)
    assert figures.recall == pytest.approx(2 / 4)


def test_the_best_limit_separates() -> None:
    apart = [said(0.9, "disk", "disk"), said(0.6, "pool", "pool"), said(0.5, None, "disk"), said(0.2, None, "pool")]

    assert 0.5 < best_limit(apart) <= 0.6


def test_the_best_incident_answers_by_cosine() -> None:
    known = [incident(1, "aaaa", "disk"), incident(2, "bb", "pool")]

    answers, dimension = answer([Label("x", "ab a", "disk"), Label("y", "bbbc", None)], known, Letters())

    assert [item.family for item in answers] == ["disk", "pool"]
    assert answers[0].similarity == pytest.approx(2 / 5**0.5)
    assert dimension == 3


def test_what_judges_did_not_fit() -> None:
    half = [said(0.9, "disk", "disk", key=f"key {number}") for number in range(200)]

    fitted = fit(half, "letters", 3, {})

    assert fitted.figures is not None
    counts = fitted.figures["labels"]
    assert counts["fit"] + counts["held_out"] == 200
    assert min(counts.values()) > 60


def test_labels_are_what_is_looked_up_each_message_once(tmp_path: Path) -> None:
    def line(level: str, text: str, key: str | None, family: str | None) -> str:
        return json.dumps(
            {"level": level, "first_line": text, "distinct_error": key, "family": family, "service": "auth"}
        )

    manifest = tmp_path / "m.jsonl"
    manifest.write_text(
        "\n".join(
            [
                line("INFO", "fine", None, None),
                line("ERROR", "disk 1", "disk/a", "disk_full"),
                line("ERROR", "disk 2", "disk/a", "disk_full"),
                line("WARNING", "slow 12 ms", None, None),
                line("WARNING", "slow 99 ms", None, None),
            ]
        )
    )

    found = labels.read(manifest)

    assert [(item.text, item.family) for item in found] == [("slow 12 ms", None), ("disk 1", "disk_full")]


def test_another_file_is_not_a_manifest(tmp_path: Path) -> None:
    (tmp_path / "m.jsonl").write_text("hello\n")
    with pytest.raises(KnowledgeError, match="not a manifest"):
        labels.read(tmp_path / "m.jsonl")


def test_the_committed_threshold_was_fitted_on_this_knowledge() -> None:
    fitted = committed()

    assert fitted.model == DEFAULT_MODEL
    assert fitted.figures is not None
    assert fitted.figures["knowledge"] == digest(read()), "knowledge/ changed: fit again (knowledge/README.md)"
    assert fitted.figures["held_out"]["precision"] >= 0.85
    assert fitted.figures["held_out"]["recall"] >= 0.9


def test_thresholds_of_models_stand_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "threshold.json"
    write(Threshold(model="one", threshold=0.4, dimension=3), path)
    write(Threshold(model="two", threshold=0.7, dimension=5), path)

    assert committed("one", path).threshold == 0.4
    assert committed("two", path).dimension == 5
    with pytest.raises(KnowledgeError, match="no threshold for three, only for one, two"):
        committed("three", path)


@pytest.mark.parametrize("text", ["", "[]", '{"m": {"threshold": 2, "dimension": 3}}', '{"m": 1}'])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(KnowledgeError, match=r"t\.json"):
        committed("m", tmp_path / "t.json")
