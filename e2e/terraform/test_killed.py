"""Terraform, its provider or the sandbox itself killed amid an apply: the next one brings all of it about."""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psutil
import pytest

from e2e.proxy import Call, Moment, Proxy
from e2e.terraform import inventory
from e2e.terraform.emulator import Emulator, running
from e2e.waiting import eventually
from sandbox.terraform import StateLockedError, TerraformError

pytestmark = pytest.mark.timeout(900)

Report = Callable[[str], None]

#: After how many resources terraform is killed; of more than a hundred.
_MOMENTS = sorted(random.Random(2026).sample(range(3, 100), 2))
#: What the emulator has done when terraform dies and does not know of it, by the operation.
_WORST = ("CreateTable", "CreateSecret", "CreateRepository")
#: Definitions enough for what does not depend on how many there are.
_FEW = ("07-ecr.tf", "08-dynamodb.tf", "09-secrets.tf", "12-encryption.tf")


@pytest.fixture
def fresh() -> Iterator[Emulator]:
    """An emulator for one test."""
    with running(f"e2e-{secrets.token_hex(4)}") as started:
        yield started


@pytest.fixture
def small() -> Iterator[Emulator]:
    """The same for a few definitions."""
    with running(f"e2e-{secrets.token_hex(4)}", _FEW) as started:
        yield started


def _kill(*, terraform: bool) -> int:
    """End the providers of this process's runs, and their terraform, as `kill -9` does; returns how many there were."""
    victims = [
        process
        for process in psutil.Process().children(recursive=True)
        if _is_provider(process) or (terraform and process.name() == "terraform")
    ]
    for process in victims:
        process.kill()
    return len(victims)


def _is_provider(process: psutil.Process) -> bool:
    try:
        return process.cmdline()[-2:] == ["-m", "sandbox.tfprovider"]
    except psutil.Error:
        return False


def _finished(emulator: Emulator, before: dict[str, set[str]]) -> str:
    """Apply again, and look; returns what the killed run left besides."""
    emulator.terraform().apply()
    assert emulator.terraform().plan().empty
    there = inventory.everything(emulator)
    assert "cali-alert-ledger" in there["dynamodb list_tables"]
    wanted = 0 if emulator.files else 1
    spare = len(there["ec2 describe_vpcs"]) - len(before.get("ec2 describe_vpcs", ())) - wanted
    emulator.terraform().destroy()
    left = inventory.everything(emulator)
    named = {key: names - before.get(key, set()) for key, names in left.items() if not key.startswith(("ec2", "kms"))}
    named["s3 list_buckets"] -= {"cali-terraform-state"}
    named["dynamodb list_tables"] -= {"cali-terraform-lock"}
    assert {key: names for key, names in named.items() if names} == {}
    return f"{spare} network without a name left over" if spare else "nothing left over"


@pytest.mark.parametrize("count", _MOMENTS)
def test_terraform_is_killed_after_some_resources(fresh: Emulator, count: int, report: Report) -> None:
    before = inventory.everything(fresh)
    done: list[str] = []

    def listen(message: dict[str, Any]) -> None:
        if message.get("type") == "apply_complete":
            done.append(message["hook"]["resource"]["addr"])
            if len(done) == count:
                assert _kill(terraform=True)

    # An answer is held back, so that terraform still waits when it is killed, however quick the machine is.
    with Proxy(fresh.aws.endpoint).serving() as proxy:
        proxy.hold(partial(_is, "CreateSecret"), Moment.ANSWER)
        with pytest.raises(TerraformError):
            fresh.terraform(listen, aws=proxy.address).apply()
    assert len(done) >= count

    left = _finished(fresh, before)

    assert any("died held the state's lock" in notice for notice in fresh.notices)
    report(f"terraform killed after {count} resources: applied and destroyed afterwards, {left}")


def test_terraform_is_killed_between_an_effect_and_the_memory_of_it(small: Emulator, report: Report) -> None:
    """One apply after the other is killed, each when the emulator has done what terraform does not know of yet."""
    before = inventory.everything(small)
    small.terraform().plan()  # the state's own table is made before the proxy looks for another one
    for operation in _WORST:
        with Proxy(small.aws.endpoint).serving() as proxy:
            hold = proxy.hold(partial(_is, operation), Moment.ANSWER)
            child = _apply(small, aws=proxy.address)
            hold.reached(90)
            assert _kill(terraform=True)
            hold.release()
            child.wait(60)
        assert child.returncode != 0

    report(
        f"terraform killed when {', '.join(_WORST)} was done: then applied and destroyed, {_finished(small, before)}"
    )


def _is(operation: str, call: Call) -> bool:
    return call.operation == operation


def test_the_provider_is_killed(small: Emulator) -> None:
    with Proxy(small.aws.endpoint).serving() as proxy:
        hold = proxy.hold(partial(_is, "CreateRepository"), Moment.ANSWER)
        with ThreadPoolExecutor() as pool:
            applied = pool.submit(small.terraform(aws=proxy.address).apply)
            hold.reached(90)
            assert _kill(terraform=False)
            hold.release()
            with pytest.raises(TerraformError) as failed:
                applied.result()
    # Terraform lived, wrote what it knew and let go of its lock.
    kept = small.boto3("dynamodb").scan(TableName="cali-terraform-lock")["Items"]
    assert [item for item in kept if "Info" in item] == [], failed.value

    small.terraform().apply()
    assert small.terraform().plan().empty


def test_the_sandbox_is_killed_and_its_terraform_goes_on(small: Emulator) -> None:
    # An answer held back keeps that terraform at work until the next run has found it.
    with Proxy(small.aws.endpoint).serving() as proxy:
        hold = proxy.hold(partial(_is, "CreateRepository"), Moment.ANSWER)
        child = _apply(small, aws=proxy.address)
        hold.reached(90)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()

        with ThreadPoolExecutor() as pool:
            try:
                applied = pool.submit(small.terraform().apply)
                eventually(lambda: small.notices, "word of the terraform that lives on", within_s=60)
            finally:
                hold.release()
            applied.result()

    assert small.terraform().plan().empty
    assert any("still at work, waiting for it to end" in notice for notice in small.notices)


def test_a_second_run_is_refused_while_the_first_lives(small: Emulator) -> None:
    refused: list[str] = []

    def listen(message: dict[str, Any]) -> None:
        if message.get("type") == "apply_complete" and not refused:
            with pytest.raises(StateLockedError) as caught:
                small.terraform().plan()
            refused.append(str(caught.value))

    small.terraform(listen).apply()

    assert f"another run of terraform works on the embedded target (pid {os.getpid()})" in refused[0]
    assert small.terraform().plan().empty


def _apply(emulator: Emulator, *, aws: str = "", firehose: str = "") -> subprocess.Popen[bytes]:
    run = emulator.terraform()
    arguments = (
        aws or emulator.aws.endpoint,
        firehose or emulator.firehose.endpoint,
        str(run.work.parent.parent),
        str(emulator.instance.home.tools),
        str(emulator.definitions),
    )
    with (emulator.instance.logs / "applying.log").open("ab") as log:
        command = [sys.executable, "-m", "e2e.terraform.applying", *arguments]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def test_a_create_that_fails_midway_is_remembered(small: Emulator) -> None:
    """The table is made; what follows is refused: terraform must know of the table all the same."""

    with Proxy(small.aws.endpoint).serving() as proxy:
        proxy.refuse(partial(_is, "UpdateContinuousBackups"))
        run = small.terraform(aws=proxy.address)
        with pytest.raises(TerraformError, match="refused by the test"):
            run.apply()
        assert "aws_dynamodb_table.leases" in run.plain("state", "list")
    assert "cali-consumer-leases" in inventory.everything(small)["dynamodb list_tables"]

    small.terraform().apply()

    assert small.terraform().plan().empty
    told = small.boto3("dynamodb").describe_continuous_backups(TableName="cali-consumer-leases")
    recovery = told["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
