"""The definitions use what the providers 5.31 and 6 share, but for a short list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.instance import REPOSITORY
from tests.definitions.terraform.workdir import needs_terraform

FACTS = json.loads((REPOSITORY / "tests/unit/tfprovider/facts-5.31.json").read_text())["resources"]

#: What 5.31 does not have, each for its reason.
NEWER = {
    "aws_eks_access_entry": "who may act on the cluster, without the config map that provider 5.31 left to kubectl",
    "aws_eks_access_policy_association": "the same",
    "aws_eks_cluster.access_config": "the same",
}
#: What 5.31 asks for and 6 does not.
NO_LONGER_REQUIRED = {
    "aws_iam_openid_connect_provider.thumbprint_list": "AWS checks GitHub's certificate by its authority since 2023",
}
#: Types that 5.31 had, and whose schema in it is not among the facts.
NOT_COMPARED = {
    "aws_budgets_budget",
    "aws_default_security_group",
    "aws_flow_log",
    "aws_launch_template",
    "aws_sns_topic",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
}


def used(expressions: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Every attribute and block that a resource's configuration sets."""
    for name, entry in expressions.items():
        yield prefix + name
        blocks = entry if isinstance(entry, list) else [entry]
        for block in blocks:
            if isinstance(block, dict) and not {"references", "constant_value"} & set(block):
                yield from used(block, f"{prefix}{name}.")


@needs_terraform
def test_what_5_31_lacks_is_listed(plan: Callable[[str], dict[str, Any]]) -> None:
    newer, compared, unknown, unset = set(), set(), set(), set()
    for resource in plan("prod")["configuration"]["root_module"]["resources"]:
        if resource["mode"] != "managed":
            continue
        facts = FACTS.get(resource["type"])
        if facts is None:
            unknown.add(resource["type"])
            continue
        compared.add(resource["type"])
        paths = set(used(resource.get("expressions", {})))
        # The facts tell nothing of attributes that are called so.
        paths = {path for path in paths if path.rsplit(".", maxsplit=1)[-1] != "description"}
        newer |= {f"{resource['type']}.{path}" for path in paths - set(facts["paths"])}
        required = {path for path, flags in facts["paths"].items() if flags.startswith("r ") and "." not in path}
        unset |= {f"{resource['type']}.{path}" for path in required - paths}

    outermost = {path for path in newer if path.rsplit(".", 1)[0] not in newer}
    assert outermost | (unknown - NOT_COMPARED) == set(NEWER)
    assert unknown >= NOT_COMPARED
    assert unset == set(NO_LONGER_REQUIRED)
    assert len(compared) > 30
