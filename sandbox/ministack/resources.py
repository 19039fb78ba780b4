"""ARNs that MiniStack does not find in a request: it looks for a search domain's name in the body, not in the path."""

from __future__ import annotations

import re

_DOMAIN = re.compile(r"^/2021-01-01/(?:opensearch|es)/domain/([^/]+)")


def domain(path: str, region: str, account: str) -> str:
    """The ARN of the search domain that a path names; empty when it names none."""
    found = _DOMAIN.match(path)
    return f"arn:aws:es:{region}:{account}:domain/{found[1]}" if found else ""
