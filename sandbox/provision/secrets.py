"""Puts the values of the secrets that Terraform created empty: values never stand in its state."""

from __future__ import annotations

import json
from typing import Any

#: What the stand-ins accept. They guard nothing: both listen on loopback and keep no one's data.
MODEL_KEY = "sk-local-sandbox"
SLACK_TOKEN = "xoxb-local-sandbox"  # noqa: S105 - a name for the stand-in, no secret


def put(client: Any, *, model_secret: str, slack_secret: str, webhook_url: str) -> None:
    """Store the stand-ins' keys under the names the consumer reads."""
    values = {
        model_secret: {"api_key": MODEL_KEY},
        slack_secret: {"bot_token": SLACK_TOKEN, "webhook_url": webhook_url},
    }
    for name, value in values.items():
        client.put_secret_value(SecretId=name, SecretString=json.dumps(value))
