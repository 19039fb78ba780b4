"""The content of a chat answer, derived from the prompt alone."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from sandbox.model.analyst import Analysis, analyse
from sandbox.model.chat_request import ChatRequest
from sandbox.model.embedder import Embedder
from sandbox.model.extract import extractive_answer, material_of
from sandbox.model.facts import ASPECTS, Facts
from sandbox.model.prompt import ErrorPrompt, Message, read_error_prompt
from sandbox.model.schema_fill import fill
from sandbox.model.wording import excerpt, sentences, words

_QUOTED_KEY = re.compile(r"[\"'`]([A-Za-z_][A-Za-z0-9_]{1,40})[\"'`]")
_DEFAULT_KEYS = ("cause", "immediate_action", "prevention", "confidence")
# A sentence cut out of a prompt is an answer, but nobody should rely on it.
_EXTRACT_CONFIDENCE = 0.3


def content(request: ChatRequest, embedder: Embedder) -> str:
    """Return the text of the answer in the format asked for."""
    prompt = read_error_prompt(request.messages)
    if request.format == "text":
        return _prose(analyse(prompt, embedder)) if prompt else extractive_answer(request.messages, embedder)
    facts = _error_facts(prompt, embedder) if prompt else _extracted_facts(request.messages, embedder)
    if request.format == "json_schema":
        return json.dumps(fill(request.schema, facts), ensure_ascii=False)
    return json.dumps(_by_keys(_keys(request.messages, known=prompt is not None), facts), ensure_ascii=False)


def _prose(analysis: Analysis) -> str:
    return (
        f"Cause: {analysis.cause}\n\nImmediate action: {analysis.immediate_action}\n\n"
        f"Prevention: {analysis.prevention}\n\nConfidence: {analysis.confidence:g}"
    )


def _error_facts(prompt: ErrorPrompt, embedder: Embedder) -> Facts:
    analysis = analyse(prompt, embedder)
    error, incident = prompt.error, analysis.incident
    told = [incident.cause, incident.resolution] if incident else []
    return Facts(
        embedder=embedder,
        texts={
            "cause": analysis.cause,
            "action": analysis.immediate_action,
            "prevention": analysis.prevention,
            "confidence": f"{analysis.confidence:g}",
            "summary": f"{error.service}: {excerpt(error.headline, 120)}",
            "service": error.service,
            "severity": error.level,
            "evidence": excerpt(error.headline, 400),
            "incident": incident.id if incident else "none",
        },
        lists={"incident": [one.id for one in prompt.incidents]}
        | ({"action": list(analysis.steps)} if analysis.steps else {}),
        material=[*sentences(error.message), *(part for text in told for part in sentences(text))],
        confidence=analysis.confidence,
    )


def _extracted_facts(messages: Sequence[Message], embedder: Embedder) -> Facts:
    own = [message for message in messages if message.role == "user"]
    material = material_of(own, "") or material_of(messages, "")
    answer = extractive_answer(messages, embedder)
    return Facts(embedder=embedder, texts={"summary": answer}, material=material, confidence=_EXTRACT_CONFIDENCE)


def _keys(messages: Sequence[Message], *, known: bool) -> list[str]:
    """Return the keys an answer without a schema should have: those the instructions quote, if they do."""
    told = " ".join(message.text for message in messages if message.role in ("system", "developer"))
    quoted = list(dict.fromkeys(_QUOTED_KEY.findall(told)))
    asked = [key for key in quoted if any(word.startswith(hints) for word in words(key) for hints in ASPECTS.values())]
    if len(asked) > 1:
        return asked
    return list(_DEFAULT_KEYS) if known else ["answer"]


def _by_keys(keys: Sequence[str], facts: Facts) -> dict[str, object]:
    return {key: facts.confidence if facts.aspect(key) == "confidence" else facts.text(key, "") for key in keys}
