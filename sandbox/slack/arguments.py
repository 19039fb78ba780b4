"""The arguments of a call, which come as a query, a form or JSON."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.slack.refusals import SlackRefusalError

# In a form these are JSON in a string.
_JSON_FIELDS = ("blocks", "attachments", "metadata")
_TRUE = ("1", "true", "yes", "on")


async def read_arguments(request: Request) -> dict[str, Any]:
    """Return the arguments of a Web API call, those in the body winning over the query.

    Raises:
        SlackRefusalError: The body is not what its content type says.
    """
    arguments: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if body and kind == "application/json":
        arguments |= json_object(body)
    elif body and kind == "application/x-www-form-urlencoded":
        arguments |= form(body)
    elif body:
        raise SlackRefusalError("invalid_post_type")
    return arguments


def form(body: bytes) -> dict[str, Any]:
    """Return the fields of a form, the structured ones decoded.

    Raises:
        SlackRefusalError: It is no form.
    """
    try:
        fields: dict[str, Any] = dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError as error:
        raise SlackRefusalError("invalid_form_data") from error
    for name in _JSON_FIELDS:
        if isinstance(given := fields.get(name), str) and given:
            fields[name] = _decoded(name, given)
    return fields


def text_of(arguments: dict[str, Any], name: str) -> str:
    """Return an argument as text, empty when it is not there."""
    value = arguments.get(name)
    return "" if value is None else str(value)


def flag_of(arguments: dict[str, Any], name: str) -> bool:
    """Return an argument that is yes or no."""
    return text_of(arguments, name).lower() in _TRUE


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a body.

    Raises:
        SlackRefusalError: There is none.
    """
    try:
        found = json.loads(body)
    except ValueError as error:
        raise SlackRefusalError("invalid_json") from error
    if not isinstance(found, dict):
        raise SlackRefusalError("json_not_object")
    return found


def _decoded(name: str, given: str) -> Any:
    try:
        return json.loads(given)
    except ValueError as error:
        names = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}
        raise SlackRefusalError(names.get(name, "invalid_attachments")) from error
