"""An analysis of an error, made of nothing but the words of its prompt."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.model.embedder import Embedder, cosine
from sandbox.model.entities import adapted, entities
from sandbox.model.imperative import imperative
from sandbox.model.prompt import ErrorPrompt, ErrorRecord, Incident
from sandbox.model.stacktrace import origin
from sandbox.model.wording import clauses, excerpt, sentence

# A step that tells of these is about the next time rather than about now.
_LASTING = re.compile(
    r"\b(?:alert|alarm|monitor|dashboard|watch|budget|cap|limit|quota|policy|guard|review|test|check|automat|rotat|renew|"
    r"canary|gate|schedul|forecast|permanent|future|never|always|prevent|ensure|runbook|rehears|lint)",
    re.IGNORECASE,
)
# Particulars left out next to each other, with what stood between them.
_GAPS = re.compile(r"…(?:[^\w…]*…)+")
# Between the best and the second best incident less than this is no clear choice.
_CLEAR_LEAD = 0.03
# Below this an incident is only the nearest there is.
_ALIKE = 0.35
_NO_INCIDENT_CONFIDENCE = 0.15


@dataclass(frozen=True)
class Analysis:
    """What is said about one error."""

    cause: str
    immediate_action: str
    prevention: str
    confidence: float
    incident: Incident | None
    steps: tuple[str, ...] = ()


def analyse(prompt: ErrorPrompt, embedder: Embedder) -> Analysis:
    """Return the analysis that the past incidents of the prompt support, or an honest guess without any."""
    ranked = _ranked(prompt, embedder)
    if not ranked:
        return _from_own_words(prompt.error)
    return _from_incident(prompt.error, ranked)


def _ranked(prompt: ErrorPrompt, embedder: Embedder) -> list[tuple[float, Incident]]:
    """Return the incidents, the most similar first; where the prompt gives no similarity it is computed."""
    missing = [one for one in prompt.incidents if one.similarity is None]
    computed: dict[int, float] = {}
    if missing:
        here, *past = embedder.embed([prompt.error.headline, *(one.error_message or one.cause for one in missing)])
        computed = {id(one): cosine(here, vector) for one, vector in zip(missing, past, strict=True)}
    scored = [(computed[id(one)] if one.similarity is None else one.similarity, one) for one in prompt.incidents]
    return sorted(scored, key=lambda pair: pair[0], reverse=True)


def _from_incident(error: ErrorRecord, ranked: list[tuple[float, Incident]]) -> Analysis:
    similarity, incident = ranked[0]

    def here(text: str) -> str:
        return adapted(
            text,
            told_of=incident.error_message,
            told_service=incident.service,
            here=error.headline,
            here_service=error.service,
        )

    now, lasting = _steps(here(incident.resolution or incident.cause))
    signs = f"{error.service} logged “{excerpt(error.headline)}”"
    where = origin(error.stack_trace).location
    told = f" in {incident.service}" if incident.service and incident.service != error.service else ""
    likeness = "showed the same signs" if similarity >= _ALIKE else "is the nearest past incident, but not a close one"
    return Analysis(
        cause=f"{sentence(here(incident.cause or incident.resolution))} {incident.id}{told} {likeness}; "
        f"{signs}{f', raised in {where}' if where else ''}.",
        immediate_action=f"{sentence('; '.join(now))} This resolved {incident.id}; do it for {error.service}.",
        steps=tuple(now),
        prevention=_prevention(error, incident, lasting, now),
        confidence=_confidence(similarity, ranked),
        incident=incident,
    )


def _steps(resolution: str) -> tuple[list[str], list[str]]:
    """Return the steps for now and those for good; the first is always for now."""
    first, *rest = clauses(resolution) or [resolution]
    lasting = [step for step in rest if _LASTING.search(step)]
    if rest and not lasting:
        lasting = rest[-1:]
    now = [first, *(step for step in rest if step not in lasting)]
    return [imperative(step) for step in now], [imperative(step) for step in lasting]


def _prevention(error: ErrorRecord, incident: Incident, lasting: list[str], now: list[str]) -> str:
    signal = excerpt(_without_particulars(error.headline), 90)
    if lasting:
        return f"{sentence('; '.join(lasting))} Keep it so for {error.service}, and watch for “{signal}”."
    return (
        f"Make it lasting for {error.service}, not a repair by hand as in {incident.id} ({excerpt(now[-1], 120)}), "
        f"and watch for “{signal}”."
    )


def _confidence(similarity: float, ranked: list[tuple[float, Incident]]) -> float:
    contested = len(ranked) > 1 and similarity - ranked[1][0] < _CLEAR_LEAD and ranked[1][1].cause != ranked[0][1].cause
    return round(min(0.97, max(0.05, similarity * (0.9 if contested else 1.0))), 2)


def _from_own_words(error: ErrorRecord) -> Analysis:
    source = origin(error.stack_trace)
    named = [
        entity.text
        for entity in entities(error.headline)
        if entity.kind in ("url", "address", "path", "quoted", "name")
    ]
    said = excerpt(error.headline)
    cause = f"No past incident explains this. {error.service} itself says: “{said}”"
    if source.raised and source.raised not in error.headline:
        cause += f", and underneath: “{excerpt(source.raised)}”"
    look_at = named[0].strip("\"'`") if named else source.location or f"“{excerpt(error.headline, 60)}”"
    at = f" and at {source.location}" if source.location and source.location != look_at else ""
    return Analysis(
        cause=f"{cause}." if not source.location else f"{cause}, raised in {source.location}.",
        immediate_action=f"Look at {look_at}{at} from {error.service}'s side, and at what has changed there lately.",
        prevention=f"Record what resolves “{excerpt(_without_particulars(error.headline), 90)}” as a past incident, "
        f"so that its next occurrence in {error.service} is recognised.",
        # Each thing the error names gives a reader somewhere to start; none of it is evidence of a cause.
        confidence=round(_NO_INCIDENT_CONFIDENCE + 0.05 * bool(named) + 0.05 * bool(source.location), 2),
        incident=None,
    )


def _without_particulars(text: str) -> str:
    """Return the text with numbers and ids left out: the part of an error that will come back."""
    kept, last = [], 0
    for entity in entities(text):
        if entity.kind not in ("name", "exception", "path"):
            kept.append(text[last : entity.start] + "…")
            last = entity.end
    return _GAPS.sub("…", "".join([*kept, text[last:]]))
