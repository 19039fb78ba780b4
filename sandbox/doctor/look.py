"""One line of `sandbox doctor`: what was looked at, what is there, how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.errors import PrerequisiteError
from sandbox.install.prerequisites import MissingError


@dataclass(frozen=True)
class Check:
    """What one look found.

    Attributes:
        name: What was looked at.
        ok: Whether it will do.
        found: What is there, or what is missing.
        purpose: What it is for.
        remedy: How to mend it; empty when it will do.
    """

    name: str
    ok: bool
    found: str
    purpose: str
    remedy: str = ""


def look(name: str, purpose: str, find: Callable[[], str]) -> Check:
    """Look for one thing: `find` says what is there, or raises PrerequisiteError."""
    try:
        return Check(name, True, find(), purpose)
    except MissingError as error:
        return Check(name, False, error.what, error.purpose, error.remedy)
    except PrerequisiteError as error:
        return Check(name, False, error.message, purpose, error.hint)
