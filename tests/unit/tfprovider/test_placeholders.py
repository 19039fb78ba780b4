from __future__ import annotations

from sandbox.tfprovider import placeholders
from sandbox.tfprovider.placeholders import PATTERN
from sandbox.tfprovider.schema import Attribute, Block, NestedBlock
from sandbox.tfprovider.values import UNKNOWN, Attributes

INNER = Block({"id": Attribute("id", "string", computed=True)})
BLOCK = Block(
    {
        "arn": Attribute("arn", "string", computed=True),
        "policy": Attribute("policy", "string", optional=True, computed=True),
        "size": Attribute("size", "number", computed=True),
    },
    {"network": NestedBlock("network", "list", INNER)},
)


def filled() -> Attributes:
    planned: Attributes = {"arn": UNKNOWN, "policy": UNKNOWN, "size": UNKNOWN, "network": [{"id": UNKNOWN}]}
    proposed: Attributes = {"arn": None, "policy": UNKNOWN, "size": None, "network": [{"id": None}]}
    placeholders.fill("aws_x", BLOCK, planned, proposed)
    return planned


def test_only_an_unknown_text_that_nobody_configured_is_named() -> None:
    planned = filled()

    arn = PATTERN.fullmatch(planned["arn"])
    assert arn
    assert arn.groups()[1:] == ("aws_x", "arn")
    assert planned["policy"] is UNKNOWN
    assert planned["size"] is UNKNOWN


def test_a_nested_one_is_named_with_its_path_and_the_same_resource() -> None:
    planned = filled()

    found = PATTERN.fullmatch(planned["network"][0]["id"])
    assert found
    assert found[3] == "network__id"
    assert planned["arn"].startswith(f"xx{found[1]}xx")


def test_no_two_resources_share_a_name() -> None:
    assert filled()["arn"] != filled()["arn"]


def test_names_are_found_within_a_text() -> None:
    arn = filled()["arn"]

    assert PATTERN.sub("X", f"{arn}/new_errors/* and {arn}:log-stream:*") == "X/new_errors/* and X:log-stream:*"


def test_they_must_be_asked_for() -> None:
    assert not placeholders.wanted({})
    assert placeholders.wanted({placeholders.VARIABLE: "1"})
