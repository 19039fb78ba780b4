"""Tells whether a definition changed since the sandbox was brought up."""

from __future__ import annotations

import hashlib
from pathlib import Path

#: What decides how a sandbox runs; its code is not among it: `sandbox restart` takes new code.
DEFINITIONS = ("terraform", "helm-values", "k8s", "knowledge", "opensearch")


def definitions(repository: Path) -> str:
    """A digest of every definition file's name and content."""
    digest = hashlib.sha256()
    for folder in DEFINITIONS:
        for path in sorted((repository / folder).rglob("*")):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(repository).parts):
                digest.update(f"{path.relative_to(repository)}\0{path.stat().st_size}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def files(*paths: Path) -> str:
    """A digest of the files' contents; a process whose files changed is restarted by it."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:16]
