"""One token a service account, in a file that only the workload is told of."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path


def issue(folder: Path, service_account: str) -> Path:
    """The file of a service account's token, made if it is missing, readable by its owner alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / service_account
    if not path.exists():
        draft = folder / f".{service_account}.new"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
        draft.replace(path)
    return path


def holder(folder: Path, token: str) -> str:
    """The service account that a token was issued to; empty for a token that never was."""
    for path in folder.glob("[!.]*"):
        if hmac.compare_digest(path.read_bytes(), token.encode()):
            return path.name
    return ""
