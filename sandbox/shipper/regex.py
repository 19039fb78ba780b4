"""Onigmo's regular expressions, as Fluent Bit writes them, on Python's `re`."""

from __future__ import annotations

import re

from sandbox.definitions.errors import DefinitionError
from sandbox.definitions.fluent_bit_classic import Section

_NAMED = re.compile(r"\(\?<(?![=!])")
_POSIX = {"[:alpha:]": "A-Za-z", "[:digit:]": "0-9", "[:alnum:]": "A-Za-z0-9", "[:space:]": r"\s", "[:upper:]": "A-Z"}


def compile_regex(text: str, section: Section, key: str) -> re.Pattern[str]:
    """Compile `text`, with or without slashes around it; lines begin and end at newlines, as in Ruby.

    Raises:
        DefinitionError: Python's engine cannot run it.
    """
    flags = re.MULTILINE
    if len(text) > 1 and text.startswith("/"):
        body, _, options = text[1:].rpartition("/")
        if body:
            text = body
            flags |= re.IGNORECASE if "i" in options else 0
            flags |= re.DOTALL if "m" in options else 0
            flags |= re.VERBOSE if "x" in options else 0
    pattern = _NAMED.sub("(?P<", text).replace(r"\h", "[0-9A-Fa-f]").replace(r"\z", r"\Z")
    for name, characters in _POSIX.items():
        pattern = pattern.replace(name, characters)
    try:
        return re.compile(pattern, flags)
    except re.error as error:
        raise invalid(section, key, text, error) from error


def invalid(section: Section, key: str, text: str, error: re.error) -> DefinitionError:
    """The error for a pattern that cannot be run."""
    return section.error(f"regular expression {text!r} cannot be used: {error}", key=key)
