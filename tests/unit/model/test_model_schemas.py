from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.model.answer import _error_facts
from sandbox.model.facts import Facts
from sandbox.model.problems import ApiError
from sandbox.model.prompt import ErrorPrompt, ErrorRecord, Incident
from sandbox.model.schema_fill import fill
from sandbox.model.schema_rules import check_format
from tests.unit.model.conftest import WordEmbedder

PROMPT = ErrorPrompt(
    ErrorRecord("checkout", "ERROR", "Timed out after 3000 ms calling https://pay.example/charge", ""),
    (
        Incident(
            "INC-1",
            "billing",
            "Timed out after 5 s",
            "The provider was slow.",
            "Raised the timeout. Added an alert.",
            0.6,
        ),
    ),
)
FACTS = _error_facts(PROMPT, WordEmbedder())


def strict(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        **more,
    }


names = st.sampled_from(["cause", "steps", "confidence", "severity", "note", "serviceName", "prevent_next", "x"])
_FORMATS = ["date-time", "date", "email", "uuid", "ipv4", "hostname"]


def between(kind: str, bound: st.SearchStrategy[Any], low: str, high: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda a, b: {"type": kind, low: min(a, b), high: max(a, b)}, bound, bound)


leaves: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.sampled_from([{"type": "string"}, {"type": "boolean"}, {"type": ["string", "null"]}]),
    between("string", st.integers(0, 40), "minLength", "maxLength"),
    between("integer", st.integers(-50, 50), "minimum", "maximum"),
    between("number", st.floats(-9, 9), "minimum", "maximum"),
    st.sampled_from(_FORMATS).map(lambda name: {"type": "string", "format": name}),
    st.lists(st.text(min_size=1, max_size=8), min_size=1, unique=True).map(lambda e: {"type": "string", "enum": e}),
    st.sampled_from([1, "a", None]).map(lambda c: {"const": c}),
)


def a_list(items: dict[str, Any], least: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, "maxItems": least + 2}


def nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.dictionaries(names, inner, max_size=3).map(strict),
        st.builds(a_list, inner, st.integers(0, 3)),
        st.lists(inner, min_size=1, max_size=2).map(lambda options: {"anyOf": options}),
    )


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(names, st.recursive(leaves, nested, max_leaves=6), max_size=4).map(strict))
def test_an_answer_conforms_to_any_strict_schema(schema: dict[str, Any]) -> None:
    check_format({"name": "any", "strict": True, "schema": schema})
    jsonschema.validate(fill(schema, FACTS), schema)


def test_properties_are_filled_by_their_names_and_descriptions() -> None:
    schema = strict(
        {
            "why": {"type": "string"},
            "x": {"type": "string", "description": "What to do immediately"},
            "certainty_percent": {"type": "integer", "minimum": 0, "maximum": 100},
            "severity": {"type": "string", "enum": ["low", "medium", "high"]},
            "affectedService": {"type": "string"},
            "past_incident_ids": {"type": "array", "items": {"type": "string"}},
            "docs": {"type": "string", "format": "uri"},
        }
    )
    answer = fill(schema, FACTS)
    assert "The provider was slow" in answer["why"]
    assert answer["x"].startswith("Raise the timeout")
    assert answer["certainty_percent"] == 60
    assert answer["severity"] == "high"
    assert answer["affectedService"] == "checkout"
    assert answer["past_incident_ids"] == ["INC-1"]
    assert answer["docs"] == "https://pay.example/charge"


def test_a_schema_may_refer_to_itself() -> None:
    node = strict({"cause": {"type": "string"}, "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}})
    schema = strict({"chain": {"$ref": "#/$defs/node"}}, **{"$defs": {"node": node}})
    check_format({"name": "chain", "strict": True, "schema": schema})
    jsonschema.validate(fill(schema, FACTS), schema)


def test_an_endless_schema_is_refused() -> None:
    schema = strict({"next": {"$ref": "#"}})
    with pytest.raises(ApiError, match="endless"):
        fill(schema, FACTS)


@pytest.mark.parametrize(
    ("schema", "complaint"),
    [
        ({"type": "array", "items": {"type": "string"}}, "must be a JSON Schema of 'type: \"object\"'"),
        ({"type": "object", "properties": {}}, "additionalProperties"),
        ({**strict({"a": {"type": "string"}}), "required": []}, "Missing 'a'"),
        (strict({"a": {"type": "array"}}), "missing items"),
        (strict({"a": {"type": "strnig"}}), "not a valid type"),
        (strict({"a": {}}), "must have a 'type'"),
        (strict({"a": {"type": "object", "properties": {}}}), "context=('properties', 'a')"),
        (strict({"a": {"type": "string", "not": {}}}), "'not' is not permitted"),
    ],
)
def test_what_strict_mode_does_not_take_is_refused(schema: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_format({"name": "a", "strict": True, "schema": schema})
    assert complaint in refused.value.message
    assert refused.value.status == 400


@pytest.mark.parametrize("reference", ["#/$defs/none", "elsewhere", "#/properties/a"])
def test_a_reference_that_leads_nowhere_is_refused(reference: str) -> None:
    with pytest.raises(ApiError, match=r"\$ref"):
        fill({"type": "object", "properties": {"a": {"$ref": reference}}, "required": ["a"]}, FACTS)


def test_a_prompt_without_facts_still_conforms() -> None:
    facts = Facts(embedder=WordEmbedder(), texts={}, material=[], confidence=0.3)
    schema = strict(
        {"a": {"type": "string"}, "n": {"type": "integer"}, "l": {"type": "array", "items": {"type": "string"}}}
    )
    jsonschema.validate(fill(schema, facts), schema)
