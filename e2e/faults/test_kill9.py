"""Kill -9 of each process of ours amid traffic: nothing is lost, and every distinct error has exactly one alert."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e import generator
from e2e.faults import processes
from e2e.faults.evidence import Evidence, counted
from e2e.pipeline import Pipeline
from e2e.sandboxes import fresh_pipeline
from e2e.waiting import eventually

RECORDS = 5000
RATE = 200
ERRORS = 250
VICTIMS = ("consumer", "shipper", "firehose")
KILLS_EACH = 5
SEED = 9


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    """A sandbox of its own, silent but for this test; its Slack is faster, or 250 alerts would take 250 s."""
    for sandbox in fresh_pipeline(CALI_SLACK_RATE="50"):
        sandbox.command("stop", "log-generator")
        yield sandbox


def moments(seed: int) -> list[tuple[int, str]]:
    """When who is killed: after how many records, one moment in each fifth of the traffic for each victim."""
    dice = random.Random(seed)
    fifth = RECORDS // KILLS_EACH
    return sorted((part * fifth + dice.randrange(fifth), victim) for part in range(KILLS_EACH) for victim in VICTIMS)


def _entries(manifest: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in manifest.read_bytes().splitlines()]


def _written(manifest: Path) -> int:
    return manifest.read_bytes().count(b"\n") if manifest.exists() else 0


def test_kills_amid_traffic_lose_nothing_and_repeat_no_alert(pipeline: Pipeline, report: Callable[[str], None]) -> None:
    argv, environment, manifest = generator.command(
        pipeline, "kill9", COUNT=RECORDS, RATE=RATE, DISTINCT_ERRORS=ERRORS, BACKGROUND_LEVELS="INFO,DEBUG", SEED=SEED
    )
    killed: dict[str, list[tuple[int, int]]] = {victim: [] for victim in VICTIMS}
    with subprocess.Popen(argv, env=environment) as writer:
        for moment, victim in moments(SEED):
            eventually(lambda at=moment: _written(manifest) > at, f"{moment} records", within_s=120)  # type: ignore[misc]
            pid = processes.kill(pipeline, victim)
            killed[victim].append((pid, _written(manifest)))
        assert writer.wait(120) == 0
    # No process was killed twice: each had been restarted before its next death.
    assert all(len({pid for pid, _ in deaths}) == KILLS_EACH for deaths in killed.values())

    written = _entries(manifest)
    wanted = {entry["record_id"] for entry in written}
    errors = {entry["distinct_error"]: entry["record_id"] for entry in written if entry["distinct_error"]}
    assert (len(written), len(wanted), len(errors)) == (RECORDS, RECORDS, ERRORS)

    evidence = Evidence(pipeline)
    _all_in(written, "S3", evidence.s3)
    _all_in(written, "OpenSearch", evidence.opensearch)
    eventually(lambda: set(errors.values()) <= evidence.alerts().keys(), "every error alerted", within_s=120)
    # Whatever would be sent twice is in the ledger as pending: it is empty before duplicates are counted.
    eventually(lambda: not _pending(pipeline), "no alert owed", within_s=120)

    in_s3, in_opensearch, alerts = counted(evidence.s3()), counted(evidence.opensearch()), evidence.alerts()
    extra = {store: sum(found[one] - 1 for one in wanted) for store, found in (("S3", in_s3), ("OS", in_opensearch))}
    report(
        f"{RECORDS} records at {RATE}/s, kill -9 {KILLS_EACH} times each of {', '.join(VICTIMS)} "
        f"(records written by then: { {name: [at for _, at in deaths] for name, deaths in killed.items()} }): "
        f"lost 0; duplicates {extra['S3']} in S3, {extra['OS']} in OpenSearch; "
        f"{len(errors)} errors, {sum(alerts[one] for one in errors.values())} alerts"
    )
    assert {one: alerts[one] for one in errors.values()} == dict.fromkeys(errors.values(), 1)


def test_all_ten_steps_are_ok_afterwards(pipeline: Pipeline) -> None:
    pipeline.command("start", "log-generator")
    eventually(lambda: pipeline.status()["state"] == "up", "ten steps ok", within_s=60)


def _all_in(written: list[dict[str, Any]], store: str, look: Callable[[], list[dict[str, Any]]]) -> None:
    missing = {entry["record_id"]: entry for entry in written}

    def complete() -> bool:
        for one in counted(look()):
            missing.pop(one, None)
        return not missing

    try:
        eventually(complete, f"every record in {store}", within_s=120)
    except AssertionError as error:
        some = [(entry["log_file"], entry["time"], entry["first_line"][:80]) for entry in missing.values()][:5]
        raise AssertionError(f"{len(missing)} records are not in {store}: {some}") from error


def _pending(pipeline: Pipeline) -> int:
    pages = pipeline.dynamodb.get_paginator("scan").paginate(
        TableName="cali-alert-ledger", FilterExpression="attribute_exists(pending)"
    )
    return sum(page["Count"] for page in pages)
