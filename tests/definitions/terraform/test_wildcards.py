"""No policy says "*" but where it is explained: read from the plan, so that no spelling hides one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.definitions.terraform.workdir import DEFINITIONS, ENVIRONMENTS, needs_terraform

#: Statements that cover every resource, or every action of a service, each with its reason.
EXPLAINED = {
    ("bucket", "TlsOnly"): "it denies",
    ("ci", "Login"): "the action takes no other resource",
    ("cluster_autoscaler", "Look"): "describing takes no other resource",
    ("key", "Account"): "in a key's policy it is the key itself; without it IAM has no say",
    ("key", "Alarms"): "in a key's policy it is the key itself",
    ("opensearch", "Administer"): "the administrator of the domain",
}


def statements(plan: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every policy document, with the document's name."""
    known = plan.get("prior_state", {}).get("values", {}).get("root_module", {}).get("resources", [])
    for resource in known:
        if resource["type"] == "aws_iam_policy_document":
            for statement in resource["values"]["statement"]:
                yield resource["name"], statement
    for change in plan["resource_changes"]:
        if change["type"] == "aws_iam_policy_document":
            for statement in change["change"]["after"]["statement"]:
                yield change["name"], statement


def wide(statement: dict[str, Any]) -> bool:
    """Whether a statement covers every resource, or every action of a service or of a kind."""
    actions = [action for action in statement.get("actions") or () if action]
    resources = statement.get("resources") or ()
    return "*" in resources or any(action.endswith("*") and not action.endswith("Key*") for action in actions)


def line_of(document: str) -> str:
    """Where a policy document stands."""
    for path in sorted(DEFINITIONS.glob("*.tf")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.startswith(f'data "aws_iam_policy_document" "{document}"'):
                return f"terraform/{path.name}:{number}"
    raise LookupError(document)


@needs_terraform
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_wildcard_is_explained(environment: str, plan: Callable[[str], dict[str, Any]]) -> None:
    found = list(statements(plan(environment)))
    unexplained = [
        f"{line_of(name)}: {name}, {statement.get('sid')}: covers everything, and is not explained"
        for name, statement in found
        if wide(statement) and (name, statement.get("sid")) not in EXPLAINED
    ]

    assert len(found) > 30
    assert unexplained == []
    assert set(EXPLAINED) <= {(name, statement.get("sid")) for name, statement in found if wide(statement)}


@needs_terraform
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_nothing_is_denied_to_be_allowed_otherwise(environment: str, plan: Callable[[str], dict[str, Any]]) -> None:
    for name, statement in statements(plan(environment)):
        assert not statement.get("not_actions"), f"{line_of(name)}: names what it leaves out, not what it gives"
        assert not statement.get("not_resources"), f"{line_of(name)}: names what it leaves out, not what it gives"


@needs_terraform
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_search_domain_writes_its_audit_log(environment: str, plan: Callable[[str], dict[str, Any]]) -> None:
    [domain] = [
        change["change"]["after"]
        for change in plan(environment)["resource_changes"]
        if "opensearch_domain" in change["type"]
    ]

    assert "AUDIT_LOGS" in {option["log_type"] for option in domain["log_publishing_options"]}
