"""Sessions of STS on disk: MiniStack forgets them when it ends, and then refuses who assumed a role before."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

log = logging.getLogger("sandbox.ministack")

Sessions = MutableMapping[str, dict[str, Any]]


def restore(sessions: Sessions, path: Path) -> None:
    """Take up the sessions in the file that have not run out."""
    try:
        kept = json.loads(path.read_text())
    except FileNotFoundError:
        return
    except ValueError:
        log.warning("%s cannot be read: roles assumed before are assumed anew", path)
        return
    sessions.update({key: session for key, session in kept.items() if session["Expiration"] > time.time()})


def save(sessions: Sessions, path: Path) -> None:
    """Replace the file in one step; it holds secrets and is its owner's alone."""
    lasting = {key: session for key, session in sessions.items() if "Expiration" in session}
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(lasting, file)
    draft.replace(path)
