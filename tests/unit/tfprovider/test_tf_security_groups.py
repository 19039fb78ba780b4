from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.tfprovider.resources import security_groups

GROUP = "sg-00000000000000000"
ADDRESSES = st.lists(st.sampled_from(["10.0.0.0/8", "192.168.0.0/16", "203.0.113.7/32"]), unique=True, min_size=1)
GROUPS = st.lists(st.sampled_from(["sg-1", "sg-2"]), unique=True)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    first = draw(st.integers(1, 65535))
    return {
        "protocol": draw(st.sampled_from(["tcp", "udp"])),
        "from_port": first,
        "to_port": draw(st.integers(first, 65535)),
        "description": draw(st.sampled_from(["", "TLS", "among themselves"])),
        "cidr_blocks": draw(ADDRESSES),
        "ipv6_cidr_blocks": [],
        "prefix_list_ids": [],
        "security_groups": draw(GROUPS),
        "self": draw(st.booleans()),
    }


def key(rule: dict[str, Any]) -> tuple[Any, ...]:
    return rule["protocol"], rule["from_port"], rule["to_port"], rule["description"]


@given(st.lists(rules(), unique_by=key, max_size=4))
def test_rules_come_back_from_the_api_as_they_went(every: list[dict[str, Any]]) -> None:
    told = [security_groups.permission(rule, GROUP) for rule in every]

    assert security_groups.same_rules(security_groups.rules(told, GROUP), every)


@given(rules())
def test_another_port_is_another_rule(rule: dict[str, Any]) -> None:
    assert not security_groups.same_rules([rule], [rule | {"to_port": rule["to_port"] + 1}])


def test_everything_has_no_ports() -> None:
    [rule] = security_groups.rules([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}], GROUP)

    assert (rule["from_port"], rule["to_port"], rule["cidr_blocks"]) == (0, 0, ["0.0.0.0/0"])
    assert "FromPort" not in security_groups.permission(rule, GROUP)


def test_a_rule_that_says_nothing_of_a_side_is_the_same_as_one_that_names_none() -> None:
    told = {"protocol": "tcp", "from_port": 1, "to_port": 1, "cidr_blocks": ["a"], "self": False, "description": ""}

    assert security_groups.same_rules([told | {"prefix_list_ids": []}], [told | {"prefix_list_ids": None}])
