"""The whole life of the definitions in an emulator: made, made again, removed."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from e2e.terraform import inventory
from e2e.terraform.emulator import Emulator
from e2e.terraform.resources import Managed, managed

pytestmark = pytest.mark.timeout(900)

#: What terraform's own state lies in: made by the sandbox, not by the definitions.
_STORE = {"s3 list_buckets": {"cali-terraform-state"}, "dynamodb list_tables": {"cali-terraform-lock"}}


@pytest.fixture(scope="module")
def before(emulator: Emulator) -> dict[str, set[str]]:
    """What an emulator has of its own, such as a default network."""
    return inventory.everything(emulator)


@pytest.fixture(scope="module")
def state(emulator: Emulator, before: dict[str, set[str]], report: Callable[[str], None]) -> dict[str, list[Managed]]:
    """Everything applied, once."""
    run = emulator.terraform()
    begun = time.monotonic()
    run.apply()
    spent = time.monotonic() - begun
    found = managed(run)
    report(f"apply of {sum(map(len, found.values()))} resources of {len(found)} types: {spent:.1f} s, `init` included")
    return found


def test_a_second_plan_is_empty(emulator: Emulator, state: dict[str, list[Managed]]) -> None:
    assert emulator.terraform().plan().empty


def test_it_really_exists(emulator: Emulator, state: dict[str, list[Managed]], before: dict[str, set[str]]) -> None:
    there = inventory.everything(emulator)

    assert {"cali-logs-stream"} <= there["kinesis list_streams"]
    assert {"cali-logs-to-s3", "cali-logs-to-opensearch"} <= there["firehose list_delivery_streams"]
    assert len(there["ec2 describe_vpcs"]) == len(before.get("ec2 describe_vpcs", ())) + 1
    assert len(there) >= len(before) + 15


def test_destroy_leaves_nothing(
    emulator: Emulator,
    state: dict[str, list[Managed]],
    before: dict[str, set[str]],
    report: Callable[[str], None],
) -> None:
    begun = time.monotonic()
    emulator.terraform().destroy()
    report(f"destroy: {time.monotonic() - begun:.1f} s")

    left = {
        operation: names - before.get(operation, set()) - _STORE.get(operation, set())
        for operation, names in inventory.everything(emulator).items()
    }
    assert {operation: names for operation, names in left.items() if names} == {}
