"""The index template of the daily log indices, without which OpenSearch guesses types from the first document."""

from __future__ import annotations

import json

import httpx

from sandbox.definitions.errors import DefinitionError
from sandbox.errors import SandboxError
from sandbox.instance import REPOSITORY

TEMPLATE = REPOSITORY / "opensearch" / "cali-logs-template.json"


def put(opensearch: str) -> None:
    """Create or replace the template at the OpenSearch address.

    Raises:
        DefinitionError: The template is no JSON, or OpenSearch refuses it.
        SandboxError: OpenSearch did not answer.
    """
    try:
        body = json.loads(TEMPLATE.read_text())
    except ValueError as error:
        raise DefinitionError(TEMPLATE, "", f"is not JSON: {error}") from error
    try:
        answer = httpx.put(f"{opensearch}/_index_template/cali-logs", json=body, timeout=30, trust_env=False)
    except httpx.HTTPError as error:
        raise SandboxError(f"OpenSearch at {opensearch} did not take the index template: {error!r}") from error
    if not answer.is_success:
        raise DefinitionError(TEMPLATE, "", f"OpenSearch answered {answer.status_code}: {answer.text[:200]}")
