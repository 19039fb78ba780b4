"""The multi-line parsers by name: those that come with Fluent Bit, and the `[MULTILINE_PARSER]` sections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from sandbox.definitions.fluent_bit_classic import Section
from sandbox.shipper.multiline import MultilineParser, Rule
from sandbox.shipper.regex import compile_regex
from sandbox.shipper.settings import Settings

_RULE = re.compile(r'"([^"]*)"\s+"(.*)"\s+"([^"]*)"\s*')
_KINDS: Mapping[str, Literal["regex", "endswith", "equal"]] = {
    "regex": "regex",
    "endswith": "endswith",
    "equal": "equal",
    "eq": "equal",
}

#: Container runtimes split lines of over 16 KiB: CRI marks the pieces P and the last F, Docker ends only the last with
#: a newline.
CRI = MultilineParser("cri", "equal", match="F", key_content="log", key_group="stream", key_pattern="_p")
DOCKER = MultilineParser("docker", "endswith", match="\n", key_content="log", key_group="stream")


def _rules(*rows: tuple[str, str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(frozenset(states.split()), re.compile(text), target) for states, text, target in rows)


#: Stack traces alone, without a log line before them: what the languages' runtimes print.
PYTHON = MultilineParser(
    "python",
    "regex",
    _rules(
        ("start_state", r"^Traceback \(most recent call last\):$", "trace"),
        ("trace", r"^[\t ]+File ", "code"),
        ("code", r"[^\t ]", "trace"),
        ("trace", r"^[^\s():]+:", "start_state"),
    ),
)
JAVA = MultilineParser(
    "java",
    "regex",
    _rules(
        ("start_state", r".(?:Exception|Error|Throwable)(?::|$)", "thrown"),
        ("thrown frames", r"^\s+at ", "frames"),
        ("thrown frames", r"^\s*(?:Caused by|Suppressed):", "thrown"),
        ("thrown frames", r"^\s*\.{3} \d+ (?:more|common frames omitted)", "frames"),
        ("thrown", r"^\s*nested exception is:", "thrown"),
        ("thrown", r"^\s*$", "thrown"),
    ),
)
GO = MultilineParser(
    "go",
    "regex",
    _rules(
        ("start_state", r"\bpanic: ", "panic"),
        ("start_state", r"http: panic serving", "routines"),
        ("panic", r"^\[signal ", "panic"),
        ("panic frames", r"^$", "routines"),
        ("routines", r"^goroutine \d+ \[", "frames"),
        ("frames", r"^(?:\S+\(|created by )", "source"),
        ("source", r"^\s", "frames"),
    ),
)
BUILT_IN: Mapping[str, MultilineParser] = {parser.name: parser for parser in (CRI, DOCKER, PYTHON, JAVA, GO)}


def read_parser(section: Section) -> MultilineParser:
    """The parser that a `[MULTILINE_PARSER]` section describes."""
    settings = Settings(section)
    name = settings.text("name")
    kind = _KINDS[settings.one_of("type", tuple(_KINDS), "regex")]
    if settings.text("parser", ""):
        settings.fail("parser", "a parser inside a multi-line parser is not supported")
    rules = tuple(_read_rule(section, item.value, item.line) for item in settings.all("rule"))
    if kind == "regex" and not any(rule.starts for rule in rules):
        raise section.error("has no rule for start_state")
    known = {state for rule in rules for state in rule.states}
    for rule in rules:
        if rule.target not in known:
            raise section.error(f"state {rule.target!r} has no rule of its own", key="Rule")
        if rule.target == "start_state":
            problem = "leads to start_state, after which Fluent Bit 5.1 gives the next record the fields of this one"
            raise section.error(problem, key="Rule", hint="lead to a state of its own; Flush_Ms ends the wait")
    match = settings.text("match_string", "")
    if kind != "regex" and not match:
        raise section.error("Match_String is missing")
    parser = MultilineParser(
        name,
        kind,
        rules,
        match=match,
        negate=settings.boolean("negate", default=False),
        key_content=settings.text("key_content", "log"),
        key_group=settings.text("key_group", ""),
        key_pattern=settings.text("key_pattern", ""),
    )
    settings.ignored("flush_timeout")  # the multi-line filter has its own, and the tail input its parsers'
    settings.done()
    return parser


def _read_rule(section: Section, text: str, line: int) -> Rule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise section.error('is not "state" "/regex/" "next state"', key="Rule", line=line)
    states, expression, target = match.groups()
    names = frozenset(state.strip() for state in states.split(","))
    return Rule(names, compile_regex(expression, section, "Rule"), target)
