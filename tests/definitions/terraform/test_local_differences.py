"""What an emulator's plan lacks or says otherwise than that of AWS is exactly what `local-differences.yaml` permits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.definitions.terraform.workdir import EMULATORS, needs_terraform

PERMITTED = Path(__file__).parent / "local-differences.yaml"
_INDEX = re.compile(r"\[.*\]$")
#: Every resource carries the environment's name in these.
_TAGS = "tags_all"


def resources(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Values of every resource and policy document by address; what is only known later is missing."""
    known = plan.get("prior_state", {}).get("values", {}).get("root_module", {}).get("resources", [])
    found = {resource["address"]: resource["values"] for resource in known if resource["mode"] == "data"}
    found |= {change["address"]: change["change"]["after"] for change in plan["resource_changes"]}
    return found


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf with its dotted path; a list of texts is one leaf."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from flat(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for number, inner in enumerate(value):
            yield from flat(inner, f"{path}.{number}")
    elif value not in (None, []):
        yield path, value


def differences(aws: dict[str, Any], local: dict[str, Any]) -> dict[str, Any]:
    """What is absent, what is there only locally, and which values differ: AWS's, then the emulator's."""
    there, here = resources(aws), resources(local)
    kinds = {_INDEX.sub("", address) for address in here}
    missing = {_INDEX.sub("", address) for address in there if address not in here}
    partly = sorted(missing & kinds)
    changed: dict[str, list[Any]] = {}
    for address in sorted(set(there) & set(here)):
        one, other = dict(flat(there[address])), dict(flat(here[address]))
        for path in sorted(set(one) | set(other)):
            if one.get(path) != other.get(path) and not path.startswith(_TAGS):
                changed[f"{address}.{path}"] = [one.get(path), other.get(path)]
    return {
        "absent": sorted(missing - set(partly)),
        "partly absent": partly,
        "added": sorted(set(here) - set(there)),
        "changed": changed,
    }


@needs_terraform
@pytest.mark.parametrize("emulator", EMULATORS)
def test_an_emulator_differs_in_what_is_permitted_and_in_nothing_else(
    emulator: str, plan: Callable[[str], dict[str, Any]]
) -> None:
    permitted = yaml.safe_load(PERMITTED.read_text())

    found = differences(plan("dev"), plan(emulator))

    assert found["absent"] == sorted(permitted["absent"]["both"] + permitted["absent"][emulator])
    assert found["partly absent"] == []
    assert found["added"] == []
    assert found["changed"] == permitted["changed"]["both"] | permitted["changed"][emulator]


def test_a_difference_that_is_not_permitted_is_found() -> None:
    def planned(**values: Any) -> dict[str, Any]:
        return {"resource_changes": [{"address": "aws_s3_bucket.logs", "change": {"after": values}}]}

    aws = planned(encryption="KMS", rule=[{"days": 30}], tags_all={"Environment": "dev"})
    local = planned(encryption="NONE", rule=[{"days": 1}], tags_all={"Environment": "local"})

    assert differences(aws, local)["changed"] == {
        "aws_s3_bucket.logs.encryption": ["KMS", "NONE"],
        "aws_s3_bucket.logs.rule.0.days": [30, 1],
    }
    assert differences(aws, {"resource_changes": []})["absent"] == ["aws_s3_bucket.logs"]
    assert differences({"resource_changes": []}, local)["added"] == ["aws_s3_bucket.logs"]
