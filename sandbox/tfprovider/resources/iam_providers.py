"""Identity providers outside AWS, such as GitHub's for its workflows, and managed policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.resources.iam import text_of
from sandbox.tfprovider.table import Change, Op, Read, Resource, Tags
from sandbox.tfprovider.values import Attributes

_GONE = ("NoSuchEntity", "NoSuchEntityException")
_PROVIDER = {"arn": "OpenIDConnectProviderArn", "client_id_list": "ClientIDList"}
_BY_ARN = ("arn",)
_VERSIONS = 5


def _same_address(prior: object, new: object) -> bool:
    return str(prior).removeprefix("https://") == str(new).removeprefix("https://")


def _clients(clients: Clients, prior: Attributes, state: Attributes) -> None:
    client, provider = clients.get("iam"), state["arn"]
    before, after = set(prior.get("client_id_list") or ()), set(state.get("client_id_list") or ())
    for name in sorted(after - before):
        client.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID=name)
    for name in sorted(before - after):
        client.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID=name)


def _provider_arn(clients: Clients, state: Attributes) -> None:
    host = str(state["url"]).removeprefix("https://").rstrip("/")
    state["arn"] = f"arn:{clients.partition}:iam::{clients.account_id}:oidc-provider/{host}"


def _document(clients: Clients, state: Attributes) -> None:
    """The text of a policy is that of its default version."""
    client = clients.get("iam")
    version = client.get_policy(PolicyArn=state["arn"])["Policy"]["DefaultVersionId"]
    told: Mapping[str, Any] = client.get_policy_version(PolicyArn=state["arn"], VersionId=version)["PolicyVersion"]
    state["policy"] = text_of(told["Document"])


def _new_version(clients: Clients, _prior: Attributes, state: Attributes) -> None:
    client, arn = clients.get("iam"), state["arn"]
    older = [one for one in client.list_policy_versions(PolicyArn=arn)["Versions"] if not one["IsDefaultVersion"]]
    if len(older) >= _VERSIONS - 1:
        oldest = min(older, key=lambda one: one["CreateDate"])
        client.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
    client.create_policy_version(PolicyArn=arn, PolicyDocument=state["policy"], SetAsDefault=True)


def _delete_versions(clients: Clients, state: Attributes) -> None:
    client = clients.get("iam")
    for one in client.list_policy_versions(PolicyArn=state["arn"])["Versions"]:
        if not one["IsDefaultVersion"]:
            client.delete_policy_version(PolicyArn=state["arn"], VersionId=one["VersionId"])


def _policy_arn(clients: Clients, state: Attributes) -> None:
    path = state.get("path") or "/"
    state["arn"] = f"arn:{clients.partition}:iam::{clients.account_id}:policy{path}{state['name']}"


TABLES = (
    Resource(
        type_name="aws_iam_openid_connect_provider",
        service="iam",
        create=Op("CreateOpenIDConnectProvider"),
        created={"arn": "OpenIDConnectProviderArn"},
        reads=(Read(Op("GetOpenIDConnectProvider", only=_BY_ARN), names={"tags": ""}),),
        delete=Op("DeleteOpenIDConnectProvider", only=_BY_ARN),
        identity="{arn}",
        names=_PROVIDER,
        changes=(
            Change(("client_id_list",), _clients),
            Change(("thumbprint_list",), Op("UpdateOpenIDConnectProviderThumbprint", only=("arn", "thumbprint_list"))),
        ),
        force_new=("url",),
        same={"url": _same_address},
        missing=_GONE,
        tags=Tags(
            tag=Op("TagOpenIDConnectProvider", only=_BY_ARN),
            untag=Op("UntagOpenIDConnectProvider", only=_BY_ARN),
        ),
        lookup=_provider_arn,
    ),
    Resource(
        type_name="aws_iam_policy",
        service="iam",
        create=Op("CreatePolicy", names={"name": "PolicyName", "policy": "PolicyDocument"}),
        created={"arn": "Policy.Arn"},
        reads=(
            Read(
                Op("GetPolicy", only=_BY_ARN),
                result="Policy",
                names={"name": "PolicyName", "arn": "Arn", "policy": "", "tags": ""},
            ),
        ),
        after_read=_document,
        before_delete=_delete_versions,
        delete=Op("DeletePolicy", only=_BY_ARN),
        identity="{arn}",
        names={"arn": "PolicyArn"},
        changes=(Change(("policy",), _new_version),),
        force_new=("name", "path", "description"),
        defaults={"path": "/"},
        json_attributes=("policy",),
        missing=_GONE,
        tags=Tags(
            tag=Op("TagPolicy", only=_BY_ARN),
            untag=Op("UntagPolicy", only=_BY_ARN),
            listing=Op("ListPolicyTags", only=_BY_ARN),
        ),
        lookup=_policy_arn,
    ),
)
