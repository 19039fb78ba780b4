"""What is known from a prompt, asked for by the words of a schema's property."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.model.embedder import Embedder, cosine
from sandbox.model.extract import closest
from sandbox.model.wording import excerpt, sentences, words

# What a property may ask for, and the beginnings of words by which it does.
ASPECTS: dict[str, tuple[str, ...]] = {
    "cause": ("cause", "root", "reason", "why", "diagnos", "explanation", "origin"),
    "action": (
        "action",
        "immediate",
        "fix",
        "remed",
        "mitigat",
        "step",
        "todo",
        "resolv",
        "resolution",
        "recommend",
        "urgent",
    ),
    "prevention": ("prevent", "avoid", "recur", "future", "permanent", "lasting", "longterm", "hardening"),
    "confidence": ("confiden", "certain", "probab", "likelihood", "sure"),
    "summary": ("summary", "title", "headline", "overview", "subject", "abstract", "tldr", "answer"),
    "service": ("service", "component", "system", "affected", "application", "app"),
    "severity": ("severity", "level", "priority", "criticality", "impact"),
    "evidence": ("evidence", "message", "quote", "symptom", "excerpt", "error"),
    "incident": ("incident", "reference", "past", "similar", "related", "precedent"),
}
# The words other scales have for a log level.
_SEVERITIES = {
    "FATAL": ("fatal", "critical", "emergency", "blocker", "sev1", "p1"),
    "CRITICAL": ("critical", "fatal", "emergency", "blocker", "sev1", "p1"),
    "ERROR": ("error", "high", "major", "severe", "sev2", "p2"),
    "WARN": ("warn", "warning", "medium", "moderate", "minor", "sev3", "p3"),
    "WARNING": ("warning", "warn", "medium", "moderate", "minor", "sev3", "p3"),
    "INFO": ("info", "low", "informational", "sev4", "p4"),
}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_PHRASE = {
    "cause": "the root cause of the error",
    "action": "what to do now to fix it",
    "prevention": "how to prevent it from happening again",
    "confidence": "how certain the answer is",
    "summary": "a short summary",
    "service": "the name of the affected service",
    "severity": "how severe it is",
    "evidence": "the message that was logged",
    "incident": "a similar incident of the past",
}


@dataclass
class Facts:
    """The texts of a prompt by aspect, its raw sentences, and how sure all that is.

    Attributes:
        texts: What is known of each aspect; an aspect may be missing.
        lists: Aspects that are several things rather than one text.
        material: The sentences of the prompt.
        confidence: Between 0 and 1.
    """

    embedder: Embedder
    texts: dict[str, str]
    material: Sequence[str]
    confidence: float
    lists: dict[str, list[str]] = field(default_factory=dict)

    def aspect(self, name: str, description: str = "") -> str:
        """Return the aspect a property asks for: by its name, else its description, else by meaning."""
        # Both may name several ("error_cause"): in an identifier the last word is what it is about.
        for asked in (list(reversed(words(name))), words(description)):
            for word in asked:
                for aspect, beginnings in ASPECTS.items():
                    if word.startswith(beginnings):
                        return aspect
        if not self.texts or not (name or description):
            return ""
        target, *vectors = self.embedder.embed([f"{' '.join(words(name))} {description}".strip(), *_PHRASE.values()])
        best = max(range(len(vectors)), key=lambda index: cosine(target, vectors[index]))
        return list(_PHRASE)[best]

    def text(self, name: str, description: str) -> str:
        """Return the words that answer a property."""
        known = self.texts.get(self.aspect(name, description))
        if known is not None:
            return known
        found = closest(f"{' '.join(words(name))} {description}".strip(), self.material, self.embedder, 1)
        return found[0] if found else self.texts.get("summary", "")

    def several(self, name: str, description: str) -> list[str]:
        """Return the things that answer a property that is a list."""
        aspect = self.aspect(name, description)
        if aspect in self.lists:
            return self.lists[aspect]
        if aspect in self.texts:
            return sentences(self.texts[aspect])
        return closest(f"{' '.join(words(name))} {description}".strip(), self.material, self.embedder, 3)

    def number(self, name: str, description: str) -> float | None:
        """Return the number that answers a property; None when the prompt has none."""
        if self.aspect(name, description) == "confidence":
            return self.confidence
        asked = [word for word in words(f"{name} {description}") if len(word) > 2]
        for part in sorted(self.material, key=lambda part: -len(set(asked) & set(words(part)))):
            if found := _NUMBER.search(part):
                return float(found.group())
        return None

    def says(self, name: str, description: str) -> bool:
        """Return whether the prompt bears a yes-or-no property out."""
        if self.aspect(name, description) == "incident":
            return bool(self.lists.get("incident"))
        asked = {word for word in words(f"{name} {description}") if len(word) > 3}
        said = {word for part in self.material for word in words(part)}
        return bool(asked & said)

    def choice(self, options: Sequence[str], name: str, description: str) -> int:
        """Return which of the options fits best."""
        ladder = ("low", "medium", "high")
        if self.aspect(name, description) == "confidence" and set(ladder) <= {option.lower() for option in options}:
            step = ladder[min(2, int(self.confidence * 3))]
            return [option.lower() for option in options].index(step)
        text = self.text(name, description)
        if self.aspect(name, description) == "severity":
            for index, option in enumerate(options):
                if option.lower() in _SEVERITIES.get(text.upper(), ()):
                    return index
        for index, option in enumerate(options):
            if option.lower() in words(text) or option.lower() == text.lower():
                return index
        # The description tells what is being chosen, the text what is known of it.
        target, *vectors = self.embedder.embed(
            [excerpt(f"{text} {description}", 600) or name, *(o or " " for o in options)]
        )
        return max(range(len(vectors)), key=lambda index: cosine(target, vectors[index]))
