"""Every setting of the consumer: environment variables, one name each (the table is docs/settings.md)."""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cali_consumer.errors import SettingsError


def is_loopback(url: str) -> bool:
    """Whether an address stays on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http:// or https:// address")
    return value


Url = Annotated[str, AfterValidator(_url)]
Seconds = Annotated[float, Field(gt=0)]


class Settings(BaseSettings):
    """The consumer's settings; fields are named as their variables, without `CALI_` and in lower case."""

    model_config = SettingsConfigDict(env_prefix="CALI_", env_ignore_empty=True, extra="ignore", frozen=True)

    aws_region: str = Field(default="ap-northeast-2", validation_alias="AWS_REGION")
    aws_endpoint_url: Url | None = Field(default=None, validation_alias="AWS_ENDPOINT_URL")
    aws_role_arn: str | None = Field(default=None, validation_alias="AWS_ROLE_ARN")

    stream_name: str = "cali-logs-stream"
    bucket: str
    lease_table: str = "cali-consumer-leases"
    ledger_table: str = "cali-alert-ledger"
    consumer_id: str = Field(default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}")

    milvus_uri: Url
    milvus_collection: str = "cali_rag_collection"
    similarity_threshold: float = Field(default=0.70, ge=0, le=1)

    model_base_url: Url = "https://api.openai.com/v1"
    chat_model: str = "gpt-4o-mini"
    embedding_model: str = "text-embedding-3-small"
    embedding_dimension: int = Field(default=1536, gt=0)
    model_secret: str = "cali/openai"  # noqa: S105  the name of the secret, not its value

    slack_secret: str = "cali/slack"  # noqa: S105  the same
    slack_base_url: Url = "https://slack.com/api/"
    slack_mode: Literal["bot", "webhook"] = "bot"
    slack_channel: str = "cali-alerts"
    slack_rate: float = Field(default=1.0, gt=0)
    slack_burst: int = Field(default=3, ge=1)
    link_url: str = ""

    analysis_budget_s: Seconds = 3.0
    analysis_timeout_s: Seconds = 30.0
    search_timeout_s: Seconds = 2.0
    slack_timeout_s: Seconds = 10.0
    alert_window_s: Seconds = 300.0
    ledger_ttl_s: Seconds = 172_800.0

    poll_interval_s: Seconds = 0.34
    batch_size: int = Field(default=5000, ge=1, le=10_000)
    lease_s: float = Field(default=8.0, ge=2)
    alert_workers: int = Field(default=16, ge=1)
    alert_backlog: int = Field(default=256, ge=1)
    probe_interval_s: Seconds = 5.0

    health_host: str = "127.0.0.1"
    health_port: int = Field(default=8080, ge=0, le=65_535)
    drain_s: Seconds = 20.0
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    plaintext_hosts: str = ""

    @field_validator("slack_base_url", "model_base_url")
    @classmethod
    def _same_shape(cls, value: str) -> str:
        return value.rstrip("/") + "/"

    @model_validator(mode="after")
    def _encrypted(self) -> Settings:
        """TLS to everything that is not this machine, or named as an exception."""
        for name in ("aws_endpoint_url", "milvus_uri", "model_base_url", "slack_base_url"):
            address = getattr(self, name)
            if address and not self.may_reach(address):
                host = urlsplit(address).hostname
                raise SettingsError(
                    variable_of(name),
                    f"{host} is another machine and must be reached by https (CALI_PLAINTEXT_HOSTS excepts a host)",
                )
        return self

    def may_reach(self, address: str) -> bool:
        """Whether an address is encrypted, on this machine, or excepted."""
        allowed = {host.strip() for host in self.plaintext_hosts.split(",")}
        return address.startswith("https:") or is_loopback(address) or urlsplit(address).hostname in allowed


def variable_of(field: str) -> str:
    """The environment variable of a field."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"CALI_{field.upper()}"


def load() -> Settings:
    """Read the environment; raises SettingsError that names the first wrong variable."""
    try:
        nothing: dict[str, Any] = {}  # everything comes from the environment
        return Settings(**nothing)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "CALI_"
        variable = variable_of(name.lower()) if name.lower() in Settings.model_fields else name
        if first["type"] == "missing":
            raise SettingsError(variable, "is not set") from None
        raise SettingsError(
            variable, f"{first['msg'].removeprefix('Value error, ')} (it is {first['input']!r})"
        ) from None
