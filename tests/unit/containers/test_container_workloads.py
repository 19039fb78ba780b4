"""The workloads as containers: the Deployments' environment, folders of this machine, and whom they run as."""

from __future__ import annotations

import os

import pytest

from sandbox.containers.localstack import LocalStack
from sandbox.containers.workloads import GENERATED, LOGS, Shipper
from sandbox.instance import Instance
from sandbox.targets.containers import Containers

_IMAGES = {f"image {name}": f"cali/{name}:0" for name in ("consumer", "log-generator", "sandbox")}
_OUTPUTS = {
    name: name for name in ("stream_name", "bucket_name", "lease_table", "ledger_table", "model_secret", "slack_secret")
}
_PORTS = dict.fromkeys(("aws", "milvus", "model", "slack", "opensearch", "firehose", "shipper", "consumer"), 20000)


@pytest.fixture
def target(instance: Instance) -> Containers:
    target = Containers(instance)
    target.memory.variant |= _IMAGES
    target.memory.outputs = dict(_OUTPUTS)
    target.memory.ports = dict(_PORTS)
    return target


def test_the_consumer_reaches_everything_by_its_name_on_the_network(target: Containers) -> None:
    definition = target.workloads()["consumer"].definition()
    assert definition.environment["AWS_ENDPOINT_URL"] == "http://aws.cali.internal:4566"
    assert definition.environment["CALI_MILVUS_URI"] == "http://milvus.cali.internal:19530"
    assert "aws.cali.internal" in definition.environment["CALI_PLAINTEXT_HOSTS"].split(",")
    assert not [value for value in definition.environment.values() if "127.0.0.1" in value]
    assert dict(definition.ports) == {8080: 20_000}
    assert definition.environment["CALI_HEALTH_PORT"] == "8080"
    assert not definition.command


def test_the_log_generator_writes_where_the_shipper_only_reads(target: Containers, instance: Instance) -> None:
    generator = target.workloads()["log-generator"].definition()
    shipper = target.servers["shipper"].definition()
    assert generator.folders[LOGS] == shipper.folders[f"{LOGS}:ro"] == str(instance.containers)
    assert generator.environment["CALI_LOG_DIR"] == shipper.environment["CALI_LOG_DIR"] == LOGS
    assert generator.environment["CALI_LOG_MANIFEST"].startswith(GENERATED)
    assert dict(generator.ports) == {}


def test_files_they_write_belong_to_whoever_owns_the_instance(target: Containers) -> None:
    me = f"{os.getuid()}:{os.getgid()}"
    assert target.workloads()["log-generator"].definition().user == me
    assert target.servers["shipper"].definition().user == me
    assert not target.workloads()["consumer"].definition().user


def test_changed_values_are_another_shipper(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Shipper({}, _PORTS, instance).definition().digest
    monkeypatch.setattr("sandbox.definitions.digest.files", lambda *_: "changed")
    assert Shipper({}, _PORTS, instance).definition().digest != before


def test_plug_ins_are_chosen_only_where_the_image_has_them() -> None:
    built = LocalStack({"localstack": "cali/localstack:0"}, _PORTS).definition().environment
    published = LocalStack({"localstack": "localstack/localstack:4.14.0"}, _PORTS).definition().environment
    assert built["PROVIDER_OVERRIDE_DYNAMODB"] == "moto"
    assert "PROVIDER_OVERRIDE_DYNAMODB" not in published
    assert published["OPENSEARCH_CUSTOM_BACKEND"] == "http://opensearch.cali.internal:9200"
