from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cali_consumer.fingerprint import MAX_CHARACTERS, RULES, alert_key_of, mask

CONTRACT = json.loads((Path(__file__).parents[2] / "contracts" / "fingerprint.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", CONTRACT["vectors"], ids=lambda vector: vector["message"][:40])
def test_vectors(vector: dict[str, str]) -> None:
    assert mask(vector["message"]) == vector["masked"]
    assert alert_key_of(vector["service"], vector["message"]) == vector["alert_key"]


def test_the_contract_lists_the_rules_that_are_applied() -> None:
    assert [(rule["name"], rule["pattern"], rule["replacement"]) for rule in CONTRACT["rules"]] == [
        (name, pattern.pattern, replacement) for name, pattern, replacement in RULES
    ]


@pytest.mark.parametrize(("one", "other"), CONTRACT["same"])
def test_same_error(one: str, other: str) -> None:
    assert mask(one) == mask(other)


@pytest.mark.parametrize(("one", "other"), CONTRACT["different"])
def test_different_errors(one: str, other: str) -> None:
    assert mask(one) != mask(other)


VARIABLE = st.tuples(st.integers(0, 10**12), st.uuids(), st.ip_addresses(v=4))


@given(VARIABLE, VARIABLE)
def test_values_do_not_matter(one: tuple[object, ...], other: tuple[object, ...]) -> None:
    text = "job {} of {} from {} failed"
    assert mask(text.format(*one)) == mask(text.format(*other))


@given(st.text(max_size=3000))
def test_any_text_has_a_fingerprint(message: str) -> None:
    assert "\n" not in mask(message)
    assert len(alert_key_of("s", message)) == 32


@given(st.text(st.sampled_from("abc 1.-"), min_size=1, max_size=9), st.text(max_size=9))
def test_only_the_beginning_counts(beginning: str, rest: str) -> None:
    long = (beginning * MAX_CHARACTERS)[:MAX_CHARACTERS]
    assert mask(long + rest) == mask(long)


@given(st.text(st.sampled_from("abcdefgh "), min_size=1), st.text(st.sampled_from("abcdefgh "), min_size=1))
def test_words_do_matter(one: str, other: str) -> None:
    assert (mask(one) == mask(other)) == (" ".join(one.split()) == " ".join(other.split()))
