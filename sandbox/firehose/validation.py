"""Checks a request against the constraints of the service model, as AWS does before anything else.

The model is botocore's own, so that names, patterns and ranges cannot differ from what the SDKs know. The wording is
AWS's: "1 validation error detected: Value '..' at '..' failed to satisfy constraint: ..".
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape

from sandbox.firehose.errors import ModelValidationError, SerializationError


@cache
def service_model() -> ServiceModel:
    """Return the model of Firehose that botocore ships."""
    return botocore.session.get_session().get_service_model("firehose")


def validate(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return the request with blobs decoded and unknown members left out.

    Raises:
        ModelValidationError: A constraint of the model is not met.
        SerializationError: A member has another type than the model says.
    """
    shape = service_model().operation_model(operation).input_shape
    failures: list[str] = []
    checked: dict[str, Any] = _check(shape, request, "", failures) if shape is not None else {}
    if failures:
        noun = "error" if len(failures) == 1 else "errors"
        raise ModelValidationError(f"{len(failures)} validation {noun} detected: {'; '.join(failures)}")
    return checked


def _check(shape: Shape, value: Any, path: str, failures: list[str]) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, value, path, failures)
    if isinstance(shape, ListShape):
        _expect(isinstance(value, list), path, "a list")
        _range(shape, len(value), value, path, failures)
        return [_check(shape.member, item, f"{path}.{i + 1}.member", failures) for i, item in enumerate(value)]
    if isinstance(shape, MapShape):
        _expect(isinstance(value, dict), path, "a map")
        return {str(key): _check(shape.value, item, f"{path}.{key}", failures) for key, item in value.items()}
    return _scalar(shape, value, path, failures)


def _structure(shape: StructureShape, value: Any, path: str, failures: list[str]) -> dict[str, Any]:
    _expect(isinstance(value, dict), path, "a structure")
    checked = {}
    for name, member in shape.members.items():
        at = f"{path}.{_camel(name)}" if path else _camel(name)
        if value.get(name) is not None:
            checked[name] = _check(member, value[name], at, failures)
        elif name in shape.required_members:
            failures.append(f"Value null at '{at}' failed to satisfy constraint: Member must not be null")
    return checked


def _scalar(shape: Shape, value: Any, path: str, failures: list[str]) -> Any:
    if shape.type_name == "blob":
        data = _decode(value, path)
        _range(shape, len(data), "<bytes>", path, failures)
        return data
    if shape.type_name == "boolean":
        _expect(isinstance(value, bool), path, "a boolean")
    elif shape.type_name in {"integer", "long"}:
        _expect(isinstance(value, int) and not isinstance(value, bool), path, "an integer")
        _range(shape, value, value, path, failures)
    elif isinstance(shape, StringShape):
        _expect(isinstance(value, str), path, "a string")
        _string(shape, value, path, failures)
    return value


def _string(shape: StringShape, value: str, path: str, failures: list[str]) -> None:
    if shape.enum and value not in shape.enum:
        failures.append(_failure(value, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"))
        return
    _range(shape, len(value), value, path, failures)
    pattern = shape.metadata.get("pattern")
    if pattern and not _regex(pattern).fullmatch(value):
        failures.append(_failure(value, path, f"Member must satisfy regular expression pattern: {pattern}"))


def _range(shape: Shape, size: int, value: object, path: str, failures: list[str]) -> None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    noun = "value" if shape.type_name in {"integer", "long"} else "length"
    if low is not None and size < low:
        failures.append(_failure(value, path, f"Member must have {noun} greater than or equal to {low}"))
    if high is not None and size > high:
        failures.append(_failure(value, path, f"Member must have {noun} less than or equal to {high}"))


def _failure(value: object, path: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def _expect(met: bool, path: str, kind: str) -> None:
    if not met:
        raise SerializationError(f"{path or 'the request'} must be {kind}")


def _decode(value: Any, path: str) -> bytes:
    _expect(isinstance(value, str), path, "base64 text")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise SerializationError(f"{path} is not valid base64: {error}") from error


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    # The model's patterns are Java's: these three Unicode classes are all it uses that Python writes differently.
    return re.compile(pattern.replace(r"\p{L}", r"\w").replace(r"\p{Z}", r"\s").replace(r"\p{N}", r"\d"), re.DOTALL)


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]
