"""Where an error was raised, and what was raised first, as a Python or Java stack trace tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PYTHON_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<function>\S+)', re.MULTILINE)
_JAVA_FRAME = re.compile(r"^\s*at (?P<function>[\w.$<>]+)\((?P<file>[^:)\s]+):(?P<line>\d+)\)", re.MULTILINE)
_RAISED = re.compile(
    r"^(?:Caused by: |Exception in thread \"[^\"]*\" )?"
    r"(?P<what>(?:[\w$]+\.)*\w*(?:Error|Exception|Exit|Interrupt)\b[^\n]*)$",
    re.MULTILINE,
)
# Frames of these are about how the program runs, not about what went wrong in it.
_PLUMBING = ("java.", "javax.", "jdk.", "sun.", "org.springframework.", "site-packages/", "lib/python")


@dataclass(frozen=True)
class Origin:
    """What a stack trace points to; empty strings where it does not say."""

    raised: str
    location: str


def origin(stack_trace: str) -> Origin:
    """Return the innermost cause and the frame of the program's own code nearest to it."""
    causes = _RAISED.findall(stack_trace)
    # Python names the error last, Java names the root cause in its last "Caused by".
    return Origin(raised=causes[-1].strip() if causes else "", location=_location(stack_trace))


def _location(stack_trace: str) -> str:
    python = list(_PYTHON_FRAME.finditer(stack_trace))
    if python:
        own = [hit for hit in python if not any(mark in hit["file"] for mark in _PLUMBING)] or python
        return f"{own[-1]['function']} ({own[-1]['file'].rsplit('/', 1)[-1]}:{own[-1]['line']})"
    after = stack_trace.rfind("Caused by: ")
    java = list(_JAVA_FRAME.finditer(stack_trace, max(after, 0))) or list(_JAVA_FRAME.finditer(stack_trace))
    if java:
        own = [hit for hit in java if not hit["function"].startswith(_PLUMBING)] or java
        return f"{'.'.join(own[0]['function'].split('.')[-2:])} ({own[0]['file']}:{own[0]['line']})"
    return ""
