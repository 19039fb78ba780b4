from __future__ import annotations

import itertools
import random
import re
from collections import Counter

import pytest

from cali_log_generator import catalogue
from cali_log_generator.catalogue import Catalogue
from cali_log_generator.errors import CatalogueError
from cali_log_generator.records import make
from cali_log_generator.values import Template, Values

FAMILIES = {
    "timeouts",
    "pool_exhausted",
    "out_of_memory",
    "disk_full",
    "bad_deploy",
    "certificate_expired",
    "throttling",
    "dependency_refused",
}
LEVEL_WORD = re.compile(r"\b(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\b", re.IGNORECASE)


def mask(text: str) -> str:
    """What the consumer's fingerprint leaves of a message, roughly: nothing with a digit in it."""
    text = re.sub(r"\S+@\S+", "<email>", text)
    return re.sub(r"[\w.:/-]*\d[\w.:/-]*", "<n>", text)


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]{2,}", mask(text).lower()))


@pytest.fixture(scope="module")
def messages(everything: Catalogue) -> dict[str, str]:
    rng = random.Random(7)
    return {str(entry.key): make(entry, rng).message for entry in everything.errors}


def test_there_are_the_eight_families_and_errors_of_no_family(everything: Catalogue) -> None:
    assert everything.families == FAMILIES | {catalogue.UNFAMILIAR}


def test_each_family_has_errors_in_at_least_five_services(everything: Catalogue) -> None:
    for family in FAMILIES:
        assert len({entry.service.name for entry in everything.errors if entry.family == family}) >= 5, family


def test_over_200_errors_are_left_when_numbers_and_ids_are_masked(everything: Catalogue) -> None:
    rng = random.Random(1)
    known = [entry for entry in everything.errors if entry.family is not None]

    distinct = {mask(make(entry, rng).message) for entry in known}

    assert len(distinct) == len(known) > 250


def test_every_two_errors_differ_in_words(messages: dict[str, str]) -> None:
    bags = {key: words(message) for key, message in messages.items()}

    too_near = [
        (one, other)
        for (one, these), (other, those) in itertools.combinations(bags.items(), 2)
        if len(these & those) > 0.6 * len(these | those) or len(these ^ those) < 3
    ]

    assert too_near == []


def test_an_error_has_one_fingerprint_however_often_and_whatever_the_seed(everything: Catalogue) -> None:
    other_seed = random.Random(99)
    for entry in everything.errors:
        lines = {mask(make(entry, other_seed).first_line) for _ in range(20)}
        assert len(lines) == 1, lines


def test_no_key_is_used_twice(everything: Catalogue) -> None:
    assert [key for key, count in Counter(entry.key for entry in everything.errors).items() if count > 1] == []


def test_the_first_level_word_of_a_plain_line_is_its_level(everything: Catalogue) -> None:
    rng = random.Random(3)
    for entry in itertools.chain(everything.errors, *everything.traffic.values()):
        record = make(entry, rng)
        if record.kind != "json":
            found = LEVEL_WORD.search(record.first_line)
            assert found
            assert found.start() == 0
            assert found[0] in {entry.level, {"WARN": "WARNING", "FATAL": "CRITICAL"}.get(entry.level, "")}


def test_a_message_is_one_line(everything: Catalogue) -> None:
    rng = random.Random(4)
    for entry in itertools.chain(everything.errors, *everything.traffic.values()):
        assert "\n" not in make(entry, rng).message


def test_every_kind_of_line_occurs_among_the_errors(everything: Catalogue) -> None:
    rng = random.Random(5)
    kinds = Counter(make(entry, rng).kind for entry in everything.errors)
    assert kinds.keys() == {"json", "plain", "python", "java"}
    assert min(kinds.values()) >= 10


def test_traces_look_as_their_language_prints_them(everything: Catalogue) -> None:
    rng = random.Random(6)
    for entry in everything.errors:
        record = make(entry, rng)
        if record.kind == "java":
            assert re.match(r"^[a-z.A-Z$]+(Exception|Error)", record.stack[0])
            assert all(line.startswith(("\tat ", "\t... ", "Caused by: ")) for line in record.stack[1:])
        elif record.kind == "python":
            assert record.stack[0] == "Traceback (most recent call last):"
            assert record.stack[1].startswith('  File "')
            assert re.match(r"^[\w.]+", record.stack[-1])


def test_an_unknown_placeholder_is_named() -> None:
    with pytest.raises(CatalogueError, match=r"disk/x.*\{colour\}"):
        Template("disk is {colour}", Values(0), words=None, where="disk/x")
