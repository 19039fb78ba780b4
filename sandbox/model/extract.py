"""Answers to any other prompt: the sentences of the prompt that say most about its question."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.model.embedder import Embedder, cosine
from sandbox.model.prompt import Message
from sandbox.model.wording import excerpt, sentences, words

# What one answer looks at: embedding a sentence takes 7 ms.
_MOST_SENTENCES = 48
_MOST_QUOTED = 3
# Compared with the nearest sentence, what is less near than this has nothing to add.
_NEAR_ENOUGH = 0.7


def question_of(messages: Sequence[Message]) -> str:
    """Return what is asked: the last question of the last user message, else its last sentence."""
    asked = next(
        (message.text for message in reversed(messages) if message.role == "user" and message.text.strip()), ""
    )
    parts = sentences(asked) or sentences(" ".join(message.text for message in messages))
    questions = [part for part in parts if part.rstrip().endswith("?")]
    return (questions or parts or [""])[-1]


def material_of(messages: Sequence[Message], question: str) -> list[str]:
    """Return the sentences an answer may be made of, the latest message's first when there are too many."""
    found: list[str] = []
    for message in reversed(messages):
        if message.role != "assistant":
            found += [part for part in sentences(message.text) if part != question and len(words(part)) > 1]
    return list(dict.fromkeys(found))[:_MOST_SENTENCES]


def closest(wanted: str, material: Sequence[str], embedder: Embedder, most: int) -> list[str]:
    """Return the sentences nearest in meaning to what is wanted, in the order in which they stand."""
    if not material or not wanted:
        return list(material[:most])
    target, *vectors = embedder.embed([wanted, *material])
    nearness = [cosine(target, vector) for vector in vectors]
    ranked = sorted(range(len(material)), key=lambda index: nearness[index], reverse=True)
    near = [index for index in ranked[:most] if nearness[index] >= _NEAR_ENOUGH * nearness[ranked[0]]]
    return [material[index] for index in sorted(near or ranked[:1])]


def extractive_answer(messages: Sequence[Message], embedder: Embedder) -> str:
    """Return the answer to a prompt that is not about an error."""
    question = question_of(messages)
    # What the system message tells is how to answer; it is material only when the user gives none.
    own = [message for message in messages if message.role == "user"]
    material = material_of(own, question) or material_of(messages, question)
    if not material:
        return f"The prompt says no more than: {excerpt(question, 400)}" if question else "The prompt is empty."
    return " ".join(closest(question, material, embedder, _MOST_QUOTED))
