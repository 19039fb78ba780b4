"""Keeps the user's own AWS, OpenAI and proxy settings out of everything a local target does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

#: The administrator of every emulator: Terraform, `status` and tests. No workload is given it; it can be no key of AWS.
LOCAL_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

_FOREIGN_PREFIXES = ("AWS_", "OPENAI_", "SLACK_", "AZURE_OPENAI_")
#: Whom to trust is about the network, not about an account.
_KEPT = "AWS_CA_BUNDLE"
_removed: dict[str, str] = {}


def ignore_user_settings() -> None:
    """Remove the user's cloud settings from this process, and send nothing for loopback through a proxy.

    A profile that does not exist, an endpoint or a key exported for real work must not change, or be used by, a local
    sandbox: boto3 and openai read them from the environment by themselves.
    """
    for name in list(os.environ):
        if name.startswith(_FOREIGN_PREFIXES) and name != _KEPT:
            _removed[name] = os.environ.pop(name)
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    os.environ.update(AWS_EC2_METADATA_DISABLED="true")
    direct = "127.0.0.1,localhost"
    for name in ("no_proxy", "NO_PROXY"):
        present = os.environ.get(name)
        os.environ[name] = f"{present},{direct}" if present else direct


def user_aws_settings() -> dict[str, str]:
    """The AWS settings that the user exported: for what is meant to reach AWS itself, and for nothing else."""
    kept = {name: os.environ[name] for name in (_KEPT,) if name in os.environ}
    return {**kept, **{name: value for name, value in _removed.items() if name.startswith("AWS_")}}


@contextmanager
def as_user() -> Iterator[None]:
    """Within it this process has the user's own AWS settings back."""
    user = user_aws_settings()
    present = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    for name in present:
        del os.environ[name]
    os.environ.update(user)
    try:
        yield
    finally:
        for name in user:
            os.environ.pop(name, None)
        os.environ.update(present)


def local_aws(region: str, aws_endpoint: str) -> dict[str, str]:
    """What a local process needs to reach the emulator, and to reach nothing else; not as whom."""
    return {
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": aws_endpoint,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
