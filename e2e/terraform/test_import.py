"""What was applied is imported into an empty state: nothing of it changes but what the page of limits lists."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from e2e.terraform import inventory, limits
from e2e.terraform.emulator import Emulator
from e2e.terraform.resources import Managed, by_address, meant
from sandbox.terraform.plans import Plan

pytestmark = pytest.mark.timeout(900)

#: The import ids that the published provider documents, over attributes; `{id}` for every other type.
_IDS = {
    "aws_budgets_budget": "{account_id}:{name}",
    "aws_cloudwatch_log_stream": "{log_group_name}:{name}",
    "aws_eks_access_entry": "{cluster_name}:{principal_arn}",
    "aws_eks_access_policy_association": "{cluster_name}#{principal_arn}#{policy_arn}",
    "aws_eks_addon": "{cluster_name}:{addon_name}",
    "aws_eks_node_group": "{cluster_name}:{node_group_name}",
    "aws_eks_pod_identity_association": "{cluster_name},{association_id}",
    "aws_iam_role_policy": "{role}:{name}",
    "aws_iam_role_policy_attachment": "{role}/{policy_arn}",
    "aws_kinesis_firehose_delivery_stream": "{arn}",
    "aws_kinesis_stream": "{name}",
    "aws_opensearch_domain": "{domain_name}",
    "aws_route": "{route_table_id}_{destination_cidr_block}",
    "aws_route_table_association": "{subnet_id}/{route_table_id}",
    "aws_secretsmanager_secret": "{arn}",
    "aws_sns_topic_policy": "{arn}",
}


@dataclass
class Imported:
    """What an import of everything came to.

    Attributes:
        there: What had been applied, by address.
        plan, changes: The plan of the import, and its changes by address.
        old, new: What a plan for the state of the apply, and for that of the import, tells afterwards.
        before, after: What boto3 found in the emulator.
    """

    there: dict[str, Managed]
    plan: Plan
    changes: dict[str, dict[str, Any]]
    old: Plan
    new: Plan
    before: dict[str, set[str]]
    after: dict[str, set[str]]


@pytest.fixture(scope="module")
def imported(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory, report: Callable[[str], None]) -> Imported:
    """One apply, and one import into a state that knows nothing of it."""
    first = emulator.terraform()
    first.apply()
    there = by_address(first.show())
    definitions = tmp_path_factory.mktemp("definitions") / "terraform"
    shutil.copytree(emulator.definitions, definitions)
    (definitions / "imports.tf").write_text("".join(map(_block, there.values())))
    before = inventory.everything(emulator)
    begun = time.monotonic()
    second = emulator.terraform(name="imported", definitions=definitions)
    plans: list[Plan] = []

    def approve(plan: Plan) -> bool:
        plans.append(plan)
        return True

    second.apply_reviewed(approve)
    report(f"import of {len(there)} resources: {time.monotonic() - begun:.1f} s, `init` included")
    [plan] = plans
    entries = [entry for entry in plan.document["resource_changes"] if entry["mode"] == "managed"]
    changes = {entry["address"]: entry["change"] for entry in entries}
    return Imported(there, plan, changes, first.review(), second.review(), before, inventory.everything(emulator))


def _id(resource: Managed) -> str:
    return _IDS.get(resource.type_name, "{id}").format_map(resource.values)


def _block(resource: Managed) -> str:
    return f"import {{\n  to = {resource.address}\n  id = {json.dumps(_id(resource))}\n}}\n"


def _differing(imported: Imported, address: str) -> set[str]:
    """The attributes of a resource that its import would change."""
    change = imported.changes[address]
    names = {name for name, value in change["after"].items() if value != change["before"].get(name)}
    return names | {name for name, unknown in change["after_unknown"].items() if "true" in json.dumps(unknown)}


def _late(imported: Imported, address: str) -> set[str]:
    """The attributes made of a document that terraform reads amid the apply, as something that it names is updated."""
    document = imported.plan.document
    read = {_base(entry["address"]) for entry in document["resource_changes"] if entry["mode"] == "data"}
    configured = document["configuration"]["root_module"]["resources"]
    [expressions] = [entry["expressions"] for entry in configured if entry["address"] == _base(address)]
    return {
        name
        for name, expression in expressions.items()
        if isinstance(expression, dict) and read.intersection(expression.get("references", ()))
    }


def _base(address: str) -> str:
    return str(address).partition("[")[0]


def test_everything_is_imported_by_the_id_that_the_published_provider_documents(imported: Imported) -> None:
    assert imported.there
    assert {address: change["importing"]["id"] for address, change in imported.changes.items()} == {
        address: _id(resource) for address, resource in imported.there.items()
    }


def test_nothing_would_change_but_what_is_listed(imported: Imported) -> None:
    differing = {address: _differing(imported, address) for address in imported.there}
    unforeseen = {
        (resource.type_name, name)
        for address, resource in imported.there.items()
        for name in differing[address] - _late(imported, address)
    }

    assert unforeseen == {(type_name, name) for type_name, name, _ in limits.read()[limits.NOT_IMPORTED]}
    assert {address: change["actions"] for address, change in imported.changes.items()} == {
        address: ["update"] if names else ["no-op"] for address, names in differing.items()
    }


def test_the_import_changes_nothing_in_the_emulator(imported: Imported) -> None:
    assert imported.after == imported.before
    assert imported.old.summary.addresses == ()


def test_both_states_then_say_the_same_and_nothing_is_left_to_do(imported: Imported) -> None:
    old, new = (by_address(plan.document["prior_state"]) for plan in (imported.old, imported.new))

    assert {address: meant(one.values) for address, one in new.items()} == {
        address: meant(one.values) for address, one in old.items()
    }
    assert imported.new.summary.addresses == ()
