from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox.tfprovider import schema
from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.failures import ProviderError
from sandbox.tfprovider.resources import TABLES

OVERRIDE = Path(__file__).parents[3] / "terraform" / "overrides" / "local" / "providers_override.tf"


def test_a_service_without_an_endpoint_is_not_asked_of_aws() -> None:
    clients = Clients({"region": "r", "endpoints": [{"s3": "http://127.0.0.1:1"}]})

    assert clients.endpoint("s3") == "http://127.0.0.1:1"
    with pytest.raises(ProviderError, match="no endpoint for sns"):
        clients.get("sns")


def test_without_endpoints_it_is_aws() -> None:
    assert Clients({"region": "r"}).endpoint("s3") is None


def test_every_service_of_a_table_has_an_endpoint_locally() -> None:
    named = set(re.findall(r"^\s+(\w+)\s+= var\.\w+endpoint$", OVERRIDE.read_text(), re.MULTILINE))

    assert {table.service for table in TABLES.values()} | {"sts"} <= named
    assert named <= set(schema.load().provider.block.blocks["endpoints"].block.attributes)


def test_a_client_is_made_once() -> None:
    clients = Clients({"region": "r", "access_key": "a", "secret_key": "b"})

    assert clients.get("sts") is clients.get("sts")
