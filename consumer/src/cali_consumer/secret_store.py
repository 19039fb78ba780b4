"""Secrets, read once at start from Secrets Manager."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

from cali_consumer.errors import ConsumerError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

S = TypeVar("S", bound=BaseModel)


class ModelSecret(BaseModel):
    """Content of `cali/openai`."""

    api_key: SecretStr


class SlackSecret(BaseModel):
    """Content of `cali/slack`."""

    bot_token: SecretStr | None = None
    webhook_url: SecretStr | None = None


class SecretError(ConsumerError):
    """A secret is there but does not hold what is needed.

    Attributes:
        name: The secret's name.
    """

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"secret {name}: {problem}")
        self.name = name


def read_secret(client: SecretsManagerClient, name: str, shape: type[S]) -> S:
    """Read a secret that holds a JSON object."""
    text = client.get_secret_value(SecretId=name)["SecretString"]
    try:
        return shape.model_validate(json.loads(text))
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False))
        raise SecretError(name, f"missing or wrong: {fields}") from None
    except ValueError:
        raise SecretError(name, "is not JSON") from None
