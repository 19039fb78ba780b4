"""A chat request, read and checked as the OpenAI API checks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.model.problems import ApiError, bad_value, missing, unknown_model
from sandbox.model.prompt import Message
from sandbox.model.schema_rules import check_format

CONTEXT_TOKENS = 128_000
_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_FIELDS = frozenset(
    {
        "audio",
        "frequency_penalty",
        "function_call",
        "functions",
        "logit_bias",
        "logprobs",
        "max_completion_tokens",
        "max_tokens",
        "messages",
        "metadata",
        "modalities",
        "model",
        "moderation",
        "n",
        "parallel_tool_calls",
        "prediction",
        "presence_penalty",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning_effort",
        "response_format",
        "safety_identifier",
        "seed",
        "service_tier",
        "stop",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "user",
        "verbosity",
        "web_search_options",
    }
)
_RANGES = {"temperature": (0, 2), "top_p": (0, 1), "presence_penalty": (-2, 2), "frequency_penalty": (-2, 2)}


@dataclass(frozen=True)
class ChatRequest:
    """A checked request.

    Attributes:
        model: The name it was asked under.
        messages: The conversation.
        format: `text`, `json_object` or `json_schema`.
        schema: Of the answer, with `json_schema`.
        choices: How many answers.
        most_tokens: Where an answer is cut; None for nowhere.
        stream: Whether it comes in pieces.
        stream_usage: Whether a last piece tells the usage.
    """

    model: str
    messages: tuple[Message, ...]
    format: str
    schema: dict[str, Any]
    choices: int
    most_tokens: int | None
    stream: bool
    stream_usage: bool


def read_request(body: dict[str, Any], served: tuple[str, ...]) -> ChatRequest:
    """Return the request, or refuse it.

    Raises:
        ApiError: What is wrong with it.
    """
    if unknown := sorted(set(body) - _FIELDS):
        raise ApiError(f"Unrecognized request argument supplied: {unknown[0]}")
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise missing("model")
    if model not in served:
        raise unknown_model(model, list(served))
    for name, (low, high) in _RANGES.items():
        value = body.get(name)
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high
        ):
            raise bad_value(name, f"Invalid '{name}': must be a number from {low} to {high}.")
    messages = _messages(body)
    kind, schema = _format(body, messages)
    options = body.get("stream_options") or {}
    if options and not body.get("stream"):
        raise bad_value("stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
    limit = "max_completion_tokens" if body.get("max_completion_tokens") is not None else "max_tokens"
    return ChatRequest(
        model=model,
        messages=messages,
        format=kind,
        schema=schema,
        choices=_whole(body, "n", 1, 128) or 1,
        most_tokens=_whole(body, limit, 1, CONTEXT_TOKENS),
        stream=bool(body.get("stream")),
        stream_usage=isinstance(options, dict) and bool(options.get("include_usage")),
    )


def _messages(body: dict[str, Any]) -> tuple[Message, ...]:
    if "messages" not in body:
        raise missing("messages")
    given = body["messages"]
    if not isinstance(given, list) or not given:
        raise bad_value("messages", "Invalid 'messages': expected a list with at least one message.", "empty_array")
    return tuple(_message(index, one) for index, one in enumerate(given))


def _message(index: int, one: object) -> Message:
    where = f"messages[{index}]"
    if not isinstance(one, dict):
        raise bad_value(where, f"Invalid type for '{where}': expected an object.", "invalid_type")
    role = one.get("role")
    if role not in _ROLES:
        raise bad_value(f"{where}.role", f"Invalid value: {role!r}. Supported values are: {', '.join(_ROLES)}.")
    content = one.get("content")
    if content is None and role == "assistant":
        return Message("assistant", "")
    if isinstance(content, str):
        return Message(str(role), content)
    if isinstance(content, list) and content and all(_is_text(part) for part in content):
        return Message(str(role), "\n".join(part["text"] for part in content))
    raise bad_value(
        f"{where}.content",
        f"Invalid value for '{where}.content': expected a string or text parts; this stand-in only reads.",
    )


def _is_text(part: object) -> bool:
    return isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)


def _format(body: dict[str, Any], messages: tuple[Message, ...]) -> tuple[str, dict[str, Any]]:
    given = body.get("response_format")
    if given is None:
        return "text", {}
    kind = given.get("type") if isinstance(given, dict) else None
    if kind == "json_schema":
        return kind, check_format(given.get("json_schema"))
    if kind == "json_object" and not any("json" in message.text.lower() for message in messages):
        raise ApiError(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
            param="messages",
        )
    if kind not in ("text", "json_object"):
        raise bad_value(
            "response_format.type",
            f"Invalid value: {kind!r}. Supported values are: 'json_object', 'json_schema', and 'text'.",
        )
    return kind, {}


def _whole(body: dict[str, Any], name: str, low: int, high: int) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise bad_value(name, f"Invalid '{name}': must be a whole number from {low} to {high}.")
    return value
