from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sandbox.terraform import summaries, summary
from sandbox.tfprovider.placeholders import Placeholder

ONE, OTHER = "1" * 32, "2" * 32
ARN = str(Placeholder(ONE, "aws_s3_bucket", "arn"))


def resource(address: str, after: dict[str, Any], *, mode: str = "managed", **marks: Any) -> dict[str, Any]:
    type_name, name = address.removeprefix("data.").split(".")
    change = {"actions": ["create"], "after": after, "after_unknown": {}, "after_sensitive": {}, **marks}
    return {"address": address, "mode": mode, "type": type_name, "name": name, "change": change}


def plan(*resources: dict[str, Any], **expressions: dict[str, Any]) -> dict[str, Any]:
    """A plan whose configuration sets what `expressions` says of each type."""
    configured = [
        {
            "mode": entry["mode"],
            "type": entry["type"],
            "name": entry["name"],
            "expressions": expressions.get(entry["type"], {}),
        }
        for entry in resources
    ]
    return {"resource_changes": list(resources), "configuration": {"root_module": {"resources": configured}}}


def bucket() -> dict[str, Any]:
    return resource(
        "aws_s3_bucket.logs", {"arn": ARN, "bucket": "logs", "force_destroy": False, "tags_all": {"a": "b"}}
    )


def content(*resources: dict[str, Any], **expressions: dict[str, Any]) -> dict[str, Any]:
    return dict(summary.content(plan(*resources, **expressions))["resources"])


def test_a_reference_is_written_with_the_address_and_its_own_is_left_out() -> None:
    other = str(Placeholder(OTHER, "aws_kinesis_stream", "arn"))
    reader = resource("aws_kinesis_stream.logs", {"arn": other, "name": ARN, "kms_key_id": f"{ARN}/*"})

    found = content(bucket(), reader)

    assert found["aws_kinesis_stream.logs"] == {
        "kms_key_id": "${aws_s3_bucket.logs.arn}/*",
        "name": "${aws_s3_bucket.logs.arn}",
    }
    assert found["aws_s3_bucket.logs"] == {"bucket": "logs", "force_destroy": False}


def test_a_policy_that_is_read_during_the_apply_is_written_out() -> None:
    statement = {"actions": ["s3:GetObject"], "resources": [f"{ARN}/*"], "effect": None}
    document = resource("data.aws_iam_policy_document.reader", {"statement": [statement]}, mode="data")
    policy = resource("aws_s3_bucket_policy.logs", {"bucket": "logs"}, after_unknown={"policy": True})
    reference = {"policy": {"references": ["data.aws_iam_policy_document.reader.json"]}}

    found = content(bucket(), document, policy, aws_s3_bucket_policy=reference)

    assert found["aws_s3_bucket_policy.logs"]["policy"] == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "${aws_s3_bucket.logs.arn}/*"}],
    }


def test_json_is_written_out() -> None:
    role = resource("aws_iam_role.a", {"assume_role_policy": json.dumps({"Statement": []}), "description": "{not json"})

    assert content(role)["aws_iam_role.a"] == {"assume_role_policy": {"Statement": []}, "description": "{not json"}


def test_the_unknown_is_named_with_its_origin_and_left_out_where_the_service_decides() -> None:
    role = resource("aws_iam_role.a", {"name": "a"}, after_unknown={"path": True, "arn": True, "description": True})
    said = {"path": {"references": ["random_id.x.hex", "random_id.x"]}, "description": {"references": ["var.null"]}}

    found = content(role, aws_iam_role=said)

    assert found["aws_iam_role.a"] == {"name": "a", "path": "(known after apply: random_id.x.hex)"}


def test_an_empty_list_says_something_only_where_it_is_configured() -> None:
    cluster = resource("aws_eks_cluster.a", {"enabled_cluster_log_types": [], "encryption_config": []})

    found = content(cluster, aws_eks_cluster={"enabled_cluster_log_types": {"constant_value": []}})

    assert found["aws_eks_cluster.a"] == {"enabled_cluster_log_types": []}


def test_a_secret_never_stands_in_it() -> None:
    domain = resource(
        "aws_opensearch_domain.a",
        {
            "domain_name": "a",
            "advanced_security_options": [{"master_user_options": [{"master_user_password": "s3cret"}]}],
        },
        after_sensitive={"advanced_security_options": [{"master_user_options": [{"master_user_password": True}]}]},
    )

    assert "s3cret" not in summary.render(plan(domain), "dev")
    assert summary.SENSITIVE in summary.render(plan(domain), "dev")


def test_what_has_no_order_is_sorted() -> None:
    names = ["b", "a"]
    cluster = resource("aws_eks_cluster.a", {"enabled_cluster_log_types": names})  # a set
    group = resource("aws_eks_node_group.a", {"instance_types": names})  # a list

    found = content(cluster, group)

    assert found["aws_eks_cluster.a"] == {"enabled_cluster_log_types": ["a", "b"]}
    assert found["aws_eks_node_group.a"] == {"instance_types": ["b", "a"]}


def test_tags_of_all_are_said_once() -> None:
    one = resource("aws_iam_role.a", {"name": "a", "tags_all": {"Project": "cali", "Name": "a"}})
    other = resource("aws_iam_role.b", {"name": "b", "tags_all": {"Project": "cali"}})

    assert summary.content(plan(one, other))["tags"] == {"Project": "cali"}


def test_the_file_is_read_back_as_it_was_meant() -> None:
    document = plan(bucket())

    assert yaml.safe_load(summary.render(document, "dev")) == summary.content(document)


_values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3) | st.just(summary.UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
)


@given(_values)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert summaries.differences(value, value) == []


@given(st.dictionaries(st.text(max_size=2), st.integers(), min_size=1), st.integers())
def test_every_difference_is_found_with_its_place(value: dict[str, int], other: int) -> None:
    name = min(value)
    changed = {**value, name: other}

    assert summaries.differences(value, changed) == (
        [] if other == value[name] else [f"/{name}: committed {value[name]!r}, planned {other!r}"]
    )


def test_what_the_published_provider_does_not_know_yet_is_no_difference(tmp_path: Path) -> None:
    path = tmp_path / "summaries" / "dev.yaml"
    path.parent.mkdir()
    path.write_text("resources:\n  a: {arn: '${b.arn}', size: 1}\n")

    summaries.check(path, "resources:\n  a: {arn: '(known after apply: b.arn)', size: 1}\n", exactly=False)
    with pytest.raises(summaries.SummaryDiffersError) as caught:
        summaries.check(path, "resources:\n  a: {arn: (known after apply), size: 2}\n", exactly=False)

    assert caught.value.difference == "/resources/a/size: committed 1, planned 2"
