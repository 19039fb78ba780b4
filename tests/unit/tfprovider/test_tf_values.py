from __future__ import annotations

import pytest

from sandbox.tfprovider.values import UNKNOWN, contains_unknown, is_zero, pack, same_json, unpack, without_unknown


def test_values_survive_the_wire() -> None:
    value = {"a": [1, 2.5, "x", None, True], "b": {"c": UNKNOWN}}

    assert unpack(pack(value)) == value


def test_a_refined_unknown_is_unknown() -> None:
    # Terraform says what it knows of an unknown (here: not null) in an extension of type 12.
    assert unpack(b"\xc7\x03\x0c\x81\x01\xc2") is UNKNOWN


def test_what_no_terraform_value_is_cannot_be_packed() -> None:
    with pytest.raises(TypeError, match="set is no Terraform value"):
        pack({"a": {1}})


def test_unknown_parts_are_found_and_left_out() -> None:
    value = {"a": [{"b": UNKNOWN}], "c": 1}

    assert contains_unknown(value)
    assert without_unknown(value) == {"a": [{"b": None}], "c": 1}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('{"Action": ["s3:GetObject"]}', '{"Action":"s3:GetObject"}', True),
        ('{"Action": ["b", "a"]}', '{"Action": ["a", "b"]}', True),
        ('{"Effect": "Allow"}', '{"Effect": "Deny"}', False),
        ("no json", '{"Effect": "Deny"}', False),
        (None, "{}", False),
    ],
)
def test_policies_are_compared_by_meaning(one: str | None, other: str, same: bool) -> None:
    assert same_json(one, other) is same


def test_what_says_nothing_is_zero() -> None:
    assert is_zero([{"enabled": False, "names": [], "key": ""}])
    assert not is_zero([{"enabled": True}])
    assert not is_zero(300)
