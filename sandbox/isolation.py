"""Keeps the user's own AWS, OpenAI and proxy settings out of everything a local target does."""

from __future__ import annotations

import os

#: The emulators accept any key; this one can be no key of AWS.
LOCAL_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

_FOREIGN_PREFIXES = ("AWS_", "OPENAI_", "SLACK_", "AZURE_OPENAI_")


def ignore_user_settings() -> None:
    """Remove the user's cloud settings from this process, and send nothing for loopback through a proxy.

    A profile that does not exist, an endpoint or a key exported for real work must not change, or be used by, a local
    sandbox: boto3 and openai read them from the environment by themselves.
    """
    for name in list(os.environ):
        if name.startswith(_FOREIGN_PREFIXES) and name != "AWS_CA_BUNDLE":
            del os.environ[name]
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    os.environ.update(AWS_EC2_METADATA_DISABLED="true")
    direct = "127.0.0.1,localhost"
    for name in ("no_proxy", "NO_PROXY"):
        present = os.environ.get(name)
        os.environ[name] = f"{present},{direct}" if present else direct


def workload_credentials(region: str, aws_endpoint: str) -> dict[str, str]:
    """What a local process needs to reach the emulator, and to reach nothing else."""
    return {
        **LOCAL_CREDENTIALS,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": aws_endpoint,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
