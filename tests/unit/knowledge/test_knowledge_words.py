"""The incidents say it in their own words: the search has to understand a message, not to recognise it."""

from __future__ import annotations

import re
from statistics import mean

import pytest
import yaml

from sandbox.instance import REPOSITORY
from sandbox.knowledge.load import Incident, read

CATALOGUE = REPOSITORY / "log-generator" / "src" / "cali_log_generator" / "data" / "errors"
#: Words without content.
STOP = frozenset(
    re.findall(
        r"\w+",
        "the and for with from its was were are not has had have that this too one all any can cannot could "
        "into out our his her their them they while when than then there which who will would been being "
        "but before after over under upon yet off per via how why what where did does done only own same "
        "such very just also both each few more most other some until about against between during through "
        "again further once here nor down ",
    )
)
#: At most this share of an incident's words occurs in any one message of the generator.
MOST = 0.4
MOST_ON_AVERAGE = 0.3


def plain(text: str) -> str:
    return re.sub(r"\{\w+\}", " | ", text.lower())


def content(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", plain(text))) - STOP


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Runs of words in a row, of which at least one has content."""
    found = re.findall(r"[a-z]{2,}|\|", plain(text))
    parts = (tuple(found[at : at + length]) for at in range(len(found) - length + 1))
    return {part for part in parts if "|" not in part and content(" ".join(part))}


@pytest.fixture(scope="module")
def incidents() -> list[Incident]:
    return read()


@pytest.fixture(scope="module")
def messages() -> list[str]:
    found = [
        item if isinstance(item, str) else item["message"]
        for path in CATALOGUE.glob("*.yaml")
        for entries in yaml.safe_load(path.read_text())["errors"].values()
        for item in entries.values()
    ]
    assert len(found) > 200
    return found


def test_an_incident_shares_few_words_with_any_message(incidents: list[Incident], messages: list[str]) -> None:
    bags = [content(message) for message in messages]
    shares = {}
    for incident in incidents:
        words = content(incident.error_message)
        shares[incident.id] = max(len(words & bag) / len(words) for bag in bags)

    assert {number: share for number, share in shares.items() if share > MOST} == {}
    assert mean(shares.values()) < MOST_ON_AVERAGE


def test_an_incident_repeats_no_three_words_in_a_row(incidents: list[Incident], messages: list[str]) -> None:
    said = set().union(*(runs(message, 3) for message in messages))

    repeated = {item.id: runs(item.error_message, 3) & said for item in incidents}

    assert {number: found for number, found in repeated.items() if found} == {}
