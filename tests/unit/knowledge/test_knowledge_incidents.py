from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sandbox.knowledge.errors import KnowledgeError
from sandbox.knowledge.load import Incident, digest, read

GENERATOR_FAMILIES = {
    "timeouts",
    "pool_exhausted",
    "out_of_memory",
    "disk_full",
    "bad_deploy",
    "certificate_expired",
    "throttling",
    "dependency_refused",
}
GOOD = """
- id: INC-0001
  service: checkout
  error_message: basket fell apart
  cause: too heavy
  resolution: lighter items
  occurred_at: 2026-01-02T03:04:05Z
"""


@pytest.fixture(scope="module")
def incidents() -> list[Incident]:
    return read()


def test_there_are_enough_for_every_family_of_the_generator_and_some_of_others(incidents: list[Incident]) -> None:
    seen = Counter(incident.family for incident in incidents)

    assert len(incidents) >= 40
    assert all(seen[family] >= 5 for family in GENERATOR_FAMILIES)
    assert len(seen.keys() - GENERATOR_FAMILIES) >= 3


def test_no_two_share_a_message_a_cause_or_a_resolution(incidents: list[Incident]) -> None:
    for name in ("error_message", "cause", "resolution"):
        repeated = [text for text, count in Counter(getattr(item, name) for item in incidents).items() if count > 1]
        assert repeated == []


def test_messages_are_one_line_and_causes_say_something(incidents: list[Incident]) -> None:
    for incident in incidents:
        assert "\n" not in incident.error_message
        assert len(incident.cause.split()) >= 5, incident.id
        assert len(incident.resolution.split()) >= 5, incident.id


def test_the_digest_changes_with_any_word(incidents: list[Incident]) -> None:
    changed = [incidents[0].model_copy(update={"cause": "another"}), *incidents[1:]]

    assert digest(incidents) == digest(read()) != digest(changed)


def test_the_family_is_the_name_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "gravity.yaml").write_text(GOOD)

    assert [item.family for item in read(tmp_path)] == ["gravity"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (GOOD.replace("  cause: too heavy\n", ""), r"INC-0001: cause: Field required"),
        (GOOD.replace("too heavy", "''"), r"INC-0001: cause: "),
        (GOOD.replace("2026-01-02", "yesterday"), r"INC-0001: occurred_at: "),
        (GOOD + "  blame: nobody\n", r"INC-0001: blame: "),
        (GOOD.replace("INC-0001", "first"), r"first: id: "),
        (GOOD + GOOD, r"INC-0001 is used twice"),
        ("just words", r"is not a list of incidents"),
        ("- a: [", r"while parsing"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)

    with pytest.raises(KnowledgeError, match=problem) as caught:
        read(tmp_path)

    assert str(tmp_path / "bad.yaml") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="no incidents found"):
        read(tmp_path)
