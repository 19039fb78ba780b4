"""A JSON value that conforms to a given schema, its contents taken from what is known of the prompt."""

from __future__ import annotations

import math
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.model.facts import Facts
from sandbox.model.problems import ApiError
from sandbox.model.schema_rules import resolve

# A schema may refer to itself: from here on every list is as short and every choice as plain as it may be.
_DEEP = 6
_TOO_DEEP = 40
_FORMATS: dict[str, tuple[str, str]] = {
    # format: (where it is looked for in the prompt, what stands in when the prompt has none)
    "date-time": (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", ""),
    "date": (r"\d{4}-\d\d-\d\d", ""),
    "time": (r"\b\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)", "00:00:00Z"),
    "duration": (r"\bP(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?\b", "PT0S"),
    "email": (r"[\w.+-]+@[\w-]+\.[\w.-]+\w", "unknown@example.invalid"),
    "hostname": (r"\b[a-z][\w-]*(?:\.[\w-]+)+\b", "unknown.invalid"),
    "ipv4": (r"\b(?:\d{1,3}\.){3}\d{1,3}\b", "0.0.0.0"),  # noqa: S104 - an answer, not an address to bind
    "ipv6": (r"\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b", "::"),
    "uuid": (r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b", ""),
    "uri": (r"https?://[^\s\"'<>]+", "about:blank"),
}


@dataclass(frozen=True)
class _Place:
    """Where in the answer a value stands."""

    name: str
    description: str
    depth: int


def fill(schema: dict[str, Any], facts: Facts) -> Any:
    """Return a value that conforms to the schema.

    Raises:
        ApiError: The schema cannot be met, or asks for what this stand-in cannot make.
    """
    return _Filler(schema, facts).value(schema, _Place("", "", 0))


class _Filler:
    def __init__(self, root: dict[str, Any], facts: Facts) -> None:
        self._root = root
        self._facts = facts

    def value(self, schema: dict[str, Any], place: _Place) -> Any:
        if place.depth > _TOO_DEEP:
            raise ApiError("The schema requires an endless answer.", param="response_format")
        schema = self._whole(schema)
        place = _Place(place.name, str(schema.get("description") or place.description), place.depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._enum(schema["enum"], place)
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return self.value(self._option(options, place), place)
        return self._typed(self._type(schema, place), schema, place)

    def _typed(self, kind: str, schema: dict[str, Any], place: _Place) -> Any:
        match kind:
            case "object":
                return self._object(schema, place)
            case "array":
                return self._array(schema, place)
            case "string":
                return self._string(schema, place)
            case "integer" | "number":
                return self._number(schema, place, whole=kind == "integer")
            case "boolean":
                return self._facts.says(place.name, place.description)
        return None

    def _whole(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema with its references followed and its `allOf` laid together."""
        schema = resolve(schema, self._root)
        parts = schema.get("allOf") or []
        schema = {key: value for key, value in schema.items() if key != "allOf"}
        for part in parts:
            schema = _merged(schema, resolve(part, self._root))
        return schema

    def _type(self, schema: dict[str, Any], place: _Place) -> str:
        given = schema.get("type")
        if isinstance(given, list):
            deep_null = place.depth >= _DEEP and "null" in given
            return "null" if deep_null else next((one for one in given if one != "null"), "null")
        if isinstance(given, str):
            return given
        return "object" if "properties" in schema else "array" if "items" in schema else "string"

    def _option(self, options: list[dict[str, Any]], place: _Place) -> dict[str, Any]:
        resolved = [resolve(option, self._root) for option in options]
        plain = [one for one in resolved if one.get("type") not in ("object", "array") and "anyOf" not in one]
        if place.depth >= _DEEP and plain:
            return next((one for one in plain if one.get("type") == "null"), plain[0])
        return next((one for one in resolved if one.get("type") != "null"), resolved[0])

    def _enum(self, options: list[Any], place: _Place) -> Any:
        named = [option for option in options if isinstance(option, str)]
        if not named:
            return options[0]
        return named[self._facts.choice(named, place.name, place.description)]

    def _object(self, schema: dict[str, Any], place: _Place) -> dict[str, Any]:
        properties: dict[str, Any] = schema.get("properties") or {}
        required = set(schema.get("required") or [])
        filled = {
            name: self.value(part if isinstance(part, dict) else {}, _Place(name, "", place.depth + 1))
            for name, part in properties.items()
            if name in required or place.depth < _DEEP
        }
        return filled | {name: self._facts.text(name, "") for name in sorted(required - set(properties))}

    def _array(self, schema: dict[str, Any], place: _Place) -> list[Any]:
        least, most = int(schema.get("minItems", 0)), int(schema.get("maxItems", 5))
        items = schema.get("items")
        items = resolve(items, self._root) if isinstance(items, dict) else {"type": "string"}
        if place.depth >= _DEEP:
            most = least
        plain_text = items.get("type") == "string" and not ({"enum", "const", "format", "pattern"} & set(items))
        if plain_text:
            found = [_within(text, items) for text in self._facts.several(place.name, place.description)[:most]]
            padding = [_within(self._facts.text(place.name, place.description), items)] * max(0, least - len(found))
            return found + padding
        one = _Place(place.name, place.description, place.depth + 1)
        return [self.value(items, one) for _ in range(min(max(least, 1), most))]

    def _string(self, schema: dict[str, Any], place: _Place) -> str:
        if "pattern" in schema:
            return self._search(str(schema["pattern"]), place)
        if schema.get("format") in _FORMATS:
            return self._formatted(str(schema["format"]))
        return _within(self._facts.text(place.name, place.description), schema)

    def _search(self, pattern: str, place: _Place) -> str:
        try:
            wanted = re.compile(pattern)
        except re.error as error:
            raise ApiError(f"Invalid pattern {pattern!r}: {error}.", param="response_format") from error
        texts = [*self._facts.texts.values(), *(one for many in self._facts.lists.values() for one in many)]
        tokens = [token for text in [*texts, *self._facts.material] for token in (text, *text.split())]
        for text in [self._facts.text(place.name, place.description), *tokens]:
            if wanted.search(text):
                return text
        raise ApiError(f"This stand-in finds nothing in the prompt for pattern {pattern!r}.", param="response_format")

    def _formatted(self, name: str) -> str:
        pattern, otherwise = _FORMATS[name]
        everything = "\n".join([*self._facts.material, *self._facts.texts.values()])
        found = re.search(pattern, everything)
        if found:
            return found.group()
        now = datetime.now(UTC)
        made = {
            "date-time": now.isoformat(timespec="seconds"),
            "date": now.date().isoformat(),
            "uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, everything)),
        }
        return made.get(name, otherwise)

    def _number(self, schema: dict[str, Any], place: _Place, *, whole: bool) -> int | float:
        number = self._facts.number(place.name, place.description)
        low, high = _bounds(schema, whole=whole)
        if number is None:
            number = 0.0
        elif (
            number <= 1
            and number == self._facts.confidence
            and (high == 100 or "percent" in f"{place.name} {place.description}".lower() or (whole and high > 1))
        ):
            number = round(number * (high if 1 < high < math.inf else 100))
        return _fitted(number, low, high, schema.get("multipleOf"), whole=whole)


def _bounds(schema: dict[str, Any], *, whole: bool) -> tuple[float, float]:
    step = 1.0 if whole else 1e-6
    low = max(schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf) + step)
    high = min(schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf) - step)
    return (math.ceil(low) if whole and low > -math.inf else low), (
        math.floor(high) if whole and high < math.inf else high
    )


def _fitted(number: float, low: float, high: float, step: float | None, *, whole: bool) -> int | float:
    number = min(max(number, low), high)
    if step:
        number = math.floor(number / step) * step
        if number < low:
            number += step
    return round(number) if whole else number


def _within(text: str, schema: dict[str, Any]) -> str:
    """Return the text cut, or lengthened, to what the schema allows."""
    least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
    if most is not None and len(text) > int(most):
        text = text[: int(most)]
    return text.ljust(least, ".")


def _merged(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    merged = {**left, **right}
    for key in ("properties", "required"):
        if key in left and key in right:
            merged[key] = {**left[key], **right[key]} if key == "properties" else [*left[key], *right[key]]
    return merged
