"""What is changed behind terraform's back is found by a plan and mended by an apply, as boto3 sees it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from e2e.terraform import limits
from e2e.terraform.drifts import DRIFTS
from e2e.terraform.emulator import Emulator
from e2e.terraform.resources import Managed, managed
from sandbox.settings import REGION
from sandbox.tfprovider import schema
from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.engine import Engine
from sandbox.tfprovider.resources import TABLES

pytestmark = pytest.mark.timeout(900)


@dataclass
class Story:
    """What became of one resource.

    Attributes:
        resource: The resource.
        before, changed, mended: What boto3 saw.
        refused: Why the emulator did not change it.
    """

    resource: Managed
    before: Any
    changed: Any = None
    mended: Any = None
    refused: str = ""


@dataclass
class Told:
    """All that was changed, planned and mended.

    Attributes:
        stories: By type.
        applied: The types that the state held.
        planned: The addresses of the plan.
        left: The addresses of a plan after the apply.
    """

    stories: dict[str, Story]
    applied: set[str]
    planned: set[str]
    left: tuple[str, ...]


@pytest.fixture(scope="module")
def told(emulator: Emulator) -> Told:
    """One change of every type at once: two plans and two applies serve them all."""
    run = emulator.terraform()
    run.apply()
    state = managed(run)
    stories = {}
    for type_name, drift in DRIFTS.items():
        resource = next((one for one in state.get(type_name, ()) if drift.which(one.values)), None)
        if resource:
            stories[type_name] = Story(resource, drift.seen(emulator, resource.values))
    for type_name, story in stories.items():
        try:
            DRIFTS[type_name].change(emulator, story.resource.values)
        except ClientError as error:
            story.refused = str(error)
        story.changed = DRIFTS[type_name].seen(emulator, story.resource.values)
    planned = {address.partition(" ")[2] for address in run.plan().addresses}
    run.apply()
    after = {one.address: one for resources in managed(run).values() for one in resources}
    for type_name, story in stories.items():
        story.mended = DRIFTS[type_name].seen(emulator, after[story.resource.address].values)
    return Told(stories, set(state), planned, run.plan().addresses)


@pytest.mark.parametrize("type_name", sorted(DRIFTS))
def test_a_change_behind_its_back_is_found_and_mended(told: Told, type_name: str) -> None:
    assert type_name in told.stories, f"no {type_name} was applied"
    story = told.stories[type_name]

    assert story.refused == ""
    assert story.changed != story.before, "the change changed nothing"
    assert story.resource.address in told.planned
    assert story.mended == story.before


def test_then_nothing_is_left_to_do(told: Told) -> None:
    assert told.left == ()


def test_every_type_with_a_table_is_tried(told: Told) -> None:
    assert set(TABLES) == set(DRIFTS)
    assert told.applied == set(TABLES)


def test_of_what_is_said_to_stay_unseen_the_emulator_tells_nothing(told: Told, emulator: Emulator) -> None:
    """Read without the rule that the state keeps what was asked: a value would be one that the emulator told."""
    endpoints = [dict.fromkeys(("ec2", "eks", "sts"), emulator.aws.endpoint)]
    clients = Clients({"region": REGION, "access_key": "test", "secret_key": "test", "endpoints": endpoints})
    for type_name, attribute, _ in limits.read()[limits.UNSEEN]:
        table = dataclasses.replace(TABLES[type_name], kept=())
        engine = Engine(table, schema.load().resources[type_name].block, clients)
        read = engine.read(dict(told.stories[type_name].resource.values))

        assert read is not None
        assert set(map(repr, schema.at(read, attribute))) <= {"None", "[]"}, f"{type_name}.{attribute} is told now"


def test_what_is_said_to_be_refused_is_refused(told: Told, emulator: Emulator) -> None:
    for type_name, _, operation in limits.read()[limits.REFUSED]:
        client = emulator.boto3(TABLES[type_name].service)
        method = next(name for name, op in client.meta.method_to_api_mapping.items() if op == operation)
        shape = client.meta.service_model.operation_model(operation).input_shape
        required = {name: _some(shape.members[name]) for name in shape.required_members}
        with pytest.raises(ClientError, match=r"No route|[Uu]nknown|not (supported|implemented)|InvalidAction"):
            getattr(client, method)(**required)


def _some(shape: Any) -> Any:
    """A value that botocore lets through."""
    if shape.type_name == "list":
        return []
    return "arn:aws:iam::000000000000:oidc-provider/cali" if shape.metadata.get("min", 0) > 4 else "cali"
