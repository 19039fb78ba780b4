"""Keys of the AWS services that assume roles: one pair for each, made once for an instance.

On AWS a service signs with credentials that nobody sees. Here the service is a process of ours, so it gets a key that
the emulator knows as this service's and that can do nothing but assume the roles that trust it.
"""

from __future__ import annotations

import json
import os
import secrets
import string
from pathlib import Path

#: The file's name in the state folder of the emulator.
FILE = "principals.json"

PODS = "pods.eks.amazonaws.com"
FIREHOSE = "firehose.amazonaws.com"

_LETTERS = string.ascii_uppercase + "234567"


def ensure(folder: Path) -> Path:
    """The file of all keys, made if it is missing, readable by its owner alone."""
    path = folder / FILE
    if not path.exists():
        draft = path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({principal: _key() for principal in (PODS, FIREHOSE)}, file, indent=1)
        draft.replace(path)
    return path


def credentials(folder: Path, principal: str) -> dict[str, str]:
    """The service's key, as the variables that SDKs read."""
    key = json.loads(ensure(folder).read_text())[principal]
    return {"AWS_ACCESS_KEY_ID": key["access_key_id"], "AWS_SECRET_ACCESS_KEY": key["secret_access_key"]}


def _key() -> dict[str, str]:
    return {
        "access_key_id": "AKIA" + "".join(secrets.choice(_LETTERS) for _ in range(16)),
        "secret_access_key": secrets.token_urlsafe(30),
    }
