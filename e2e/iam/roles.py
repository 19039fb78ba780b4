"""The roles of a sandbox as a test acts under them and changes them, with clients of its own."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import ClientError

from e2e.pipeline import REGION, Pipeline

ACCOUNT = "000000000000"
_REFUSED = ("AccessDenied", "AccessDeniedException", "403")


@contextmanager
def without(pipeline: Pipeline, role: str, action: str) -> Iterator[None]:
    """While it lasts, no policy of the role allows the action: changed behind Terraform's back, and put back."""
    iam = pipeline.boto3("iam")
    before = {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    }
    changed = {name: _less(document, action) for name, document in before.items()}
    assert changed != before, f"{role} was never allowed {action}"
    try:
        for name, document in changed.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
        yield
    finally:
        for name, document in before.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def _less(document: dict[str, Any], action: str) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    for statement in changed["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        # A statement must hold an action; this one is nobody's.
        statement["Action"] = [one for one in actions if one != action] or ["none:None"]
    return changed


def pod_token(pipeline: Pipeline, account: str) -> str:
    """The token of a service account, as its workload reads it."""
    return (pipeline.folder / "state" / "identity" / "tokens" / account).read_text()


def pod_credentials(pipeline: Pipeline, token: str) -> httpx.Response:
    """What the identity service answers to a token."""
    url = f"{pipeline.endpoint('identity')}/v1/credentials"
    return httpx.get(url, headers={"authorization": token}, timeout=10, trust_env=False)


def session(pipeline: Pipeline, role: str) -> boto3.session.Session:
    """A session of a role, got the way its workload gets one."""
    if role == "cali-firehose":
        return _firehose(pipeline, f"arn:aws:iam::{ACCOUNT}:role/{role}")
    answer = pod_credentials(pipeline, pod_token(pipeline, role.removeprefix("cali-")))
    given = answer.raise_for_status().json()
    assert datetime.fromisoformat(given["Expiration"]) > datetime.now(UTC)
    return boto3.session.Session(given["AccessKeyId"], given["SecretAccessKey"], given["Token"], REGION)


def service_session(pipeline: Pipeline, principal: str) -> boto3.session.Session:
    """A session of an AWS service itself."""
    keys = json.loads((pipeline.folder / "state" / "aws" / "principals.json").read_text())[principal]
    return boto3.session.Session(keys["access_key_id"], keys["secret_access_key"], region_name=REGION)


def _firehose(pipeline: Pipeline, role: str) -> boto3.session.Session:
    sts = client(pipeline, service_session(pipeline, "firehose.amazonaws.com"), "sts")
    given = sts.assume_role(RoleArn=role, RoleSessionName="firehose")["Credentials"]
    return boto3.session.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], REGION)


def client(pipeline: Pipeline, of: boto3.session.Session, service: str) -> Any:
    """A client of the emulator in a session."""
    config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}, read_timeout=10)
    return of.client(service, endpoint_url=pipeline.endpoint("aws"), config=config)  # type: ignore[call-overload]  # the stubs want a literal


def refusal(pipeline: Pipeline, role: str, service: str, call: str, **arguments: Any) -> str:
    """What the emulator says to a call under a role; empty when it does not refuse it."""
    try:
        getattr(client(pipeline, session(pipeline, role), service), call)(**arguments)
    except ClientError as error:
        return str(error) if error.response["Error"]["Code"] in _REFUSED else ""
    return ""
