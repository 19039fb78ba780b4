"""Which JSON schemas `response_format` takes, as the OpenAI API documents it for structured outputs."""

from __future__ import annotations

import re
from typing import Any

from sandbox.model.problems import ApiError

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})
_UNSUPPORTED = (
    "allOf",
    "oneOf",
    "not",
    "dependentRequired",
    "dependentSchemas",
    "if",
    "then",
    "else",
    "patternProperties",
)
_MAX_DEPTH = 10


def check_format(json_schema: object) -> dict[str, Any]:
    """Return the schema of a `response_format`, checked.

    Raises:
        ApiError: It is not one the API takes.
    """
    if not isinstance(json_schema, dict):
        raise _refused("response_format.json_schema", "Missing required parameter: 'response_format.json_schema'.")
    name, schema = json_schema.get("name"), json_schema.get("schema", {})
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _refused(
            "response_format.json_schema.name",
            "Invalid 'response_format.json_schema.name': letters, digits, _ and -, at most 64 of them.",
        )
    if not isinstance(schema, dict):
        raise _refused("response_format.json_schema.schema", "The schema must be a JSON object.")
    if json_schema.get("strict"):
        problem = _strict_problem(schema)
        if problem:
            raise _refused("response_format", f"Invalid schema for response_format '{name}': {problem}")
    return schema


def resolve(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """Return the schema that `$ref` leads to, its own other keywords laid over it.

    Raises:
        ApiError: The reference leads nowhere, or in a circle.
    """
    seen: set[str] = set()
    while "$ref" in schema:
        reference = schema["$ref"]
        if not isinstance(reference, str) or not reference.startswith("#") or reference in seen:
            raise _refused("response_format", f"Invalid schema for response_format: cannot resolve $ref {reference!r}.")
        seen.add(reference)
        target: Any = root
        for step in reference.lstrip("#").strip("/").split("/") if reference != "#" else []:
            key = step.replace("~1", "/").replace("~0", "~")
            target = target.get(key) if isinstance(target, dict) else None
        if not isinstance(target, dict):
            raise _refused("response_format", f"Invalid schema for response_format: cannot resolve $ref '{reference}'.")
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def _strict_problem(schema: dict[str, Any]) -> str:
    if schema.get("type") != "object":
        return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: {schema.get('type')!r}'."
    if "anyOf" in schema:
        return "the root must not be an 'anyOf'."
    for where, part, depth in _parts(schema, (), 1):
        if problem := _part_problem(part, depth):
            return f"In context={where!r}, {problem}"
    return ""


def _part_problem(part: dict[str, Any], depth: int) -> str:  # noqa: PLR0911 - one return a rule
    if depth > _MAX_DEPTH:
        return f"the schema is nested more than {_MAX_DEPTH} levels deep."
    if unsupported := [keyword for keyword in _UNSUPPORTED if keyword in part]:
        return f"'{unsupported[0]}' is not permitted."
    if not ({"type", "anyOf", "$ref", "enum", "const"} & set(part)):
        return "schema must have a 'type' key."
    types = part.get("type", [])
    if unknown := [one for one in ([types] if isinstance(types, str) else types) if one not in _TYPES]:
        return f"{unknown[0]!r} is not a valid type."
    if part.get("type") == "array" and not isinstance(part.get("items"), dict):
        return "array schema missing items."
    if part.get("type") == "object" or "properties" in part:
        if part.get("additionalProperties") is not False:
            return "'additionalProperties' is required to be supplied and to be false."
        properties, required = part.get("properties", {}), part.get("required", [])
        if missing := [name for name in properties if name not in required]:
            return (
                "'required' is required to be supplied and to be an array including every key in properties. "
                f"Missing '{missing[0]}'."
            )
        if extra := [name for name in required if name not in properties]:
            return f"'required' has '{extra[0]}', which is no key in properties."
    return ""


def _parts(
    schema: dict[str, Any], where: tuple[str, ...], depth: int
) -> list[tuple[tuple[str, ...], dict[str, Any], int]]:
    found = [(where, schema, depth)]
    for group in ("properties", "$defs", "definitions"):
        # Definitions stand beside the tree, so that they do not make it deeper.
        deeper = depth + 1 if group == "properties" else depth
        for name, part in (schema.get(group) or {}).items():
            if isinstance(part, dict):
                found += _parts(part, (*where, group, name), deeper)
    if isinstance(items := schema.get("items"), dict):
        found += _parts(items, (*where, "items"), depth + 1)
    for index, part in enumerate(schema.get("anyOf") or []):
        if isinstance(part, dict):
            found += _parts(part, (*where, "anyOf", str(index)), depth)
    return found


def _refused(param: str, message: str) -> ApiError:
    return ApiError(message, param=param)
