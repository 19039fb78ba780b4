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


@given(
    st.integers(0, 10**12), st.integers(0, 10**12), st.uuids(), st.uuids(), st.ip_addresses(v=4), st.ip_addresses(v=4)
)
def test_values_do_not_matter(n: int, m: int, u: object, v: object, a: object, b: object) -> None:
    text = "job {} of {} from {} failed"
    assert mask(text.format(n, u, a)) == mask(text.format(m, v, b))


@given(st.text(max_size=3000))
def test_any_text_has_a_fingerprint(message: str) -> None:
    assert "\n" not in mask(message)
    assert len(alert_key_of("s", message)) == 32


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=MAX_CHARACTERS, max_size=MAX_CHARACTERS),
    st.text(),
)
def test_only_the_beginning_counts(beginning: str, rest: str) -> None:
    assert mask(beginning + rest) == mask(beginning)


@given(st.text(st.sampled_from("abcdefgh "), min_size=1), st.text(st.sampled_from("abcdefgh "), min_size=1))
def test_words_do_matter(one: str, other: str) -> None:
    assert (mask(one) == mask(other)) == (" ".join(one.split()) == " ".join(other.split()))
