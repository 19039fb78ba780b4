"""A definition that is changed changes what runs: tried in a copy of the checkout, so that the real one stays."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator

import pytest

from e2e.copied import CopiedPipeline, python
from e2e.past_incidents import some_incident
from e2e.pipeline import REPOSITORY, home_folder, payload
from e2e.sandboxes import copied_pipeline
from e2e.waiting import eventually

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CopiedPipeline]:
    """A sandbox from a copy; nothing of the real checkout is written to."""
    with copied_pipeline(tmp_path_factory.mktemp("copied")) as sandbox:
        yield sandbox


def test_a_changed_parser_changes_what_is_one_record(pipeline: CopiedPipeline) -> None:
    lines = ("ERROR the plan was refused", "+ because of its first part", "+ because of its second part")
    assert len(pipeline.shipped(*lines)) == 3
    pipeline.change(
        "helm-values/fluent-bit.yaml",
        '        Rule "go" "/^$/" "go"\n',
        '        Rule "text, trace" "/^\\+ /" "trace"\n        Rule "go" "/^$/" "go"\n',
    )
    pipeline.command("restart", "shipper")
    [record] = pipeline.shipped(*lines)
    assert record["stack_trace"].splitlines() == list(lines)


def test_a_changed_script_changes_the_level_of_plain_lines(pipeline: CopiedPipeline) -> None:
    [before] = pipeline.shipped("SEVERE the tank is empty")
    assert before["level"] == "INFO"
    function = "    local function level_of(text)\n"
    rule = '      if text:find("SEVERE", 1, true) then return "FATAL" end\n'
    pipeline.change("helm-values/fluent-bit.yaml", function, f"{function}{rule}")
    pipeline.command("restart", "shipper")
    [after] = pipeline.shipped("SEVERE the tank is empty")
    assert after["level"] == "FATAL"


def test_a_directive_that_nobody_knows_is_named(pipeline: CopiedPipeline) -> None:
    file = pipeline.checkout / "helm-values" / "fluent-bit.yaml"
    kept = file.read_text()
    known = "        Rotate_Wait         30\n"
    pipeline.change("helm-values/fluent-bit.yaml", known, f"{known}        Rotate_Twice        On\n")
    failed = pipeline.command("restart", "shipper", check=False)
    assert failed.returncode == 1
    assert re.search("fluent-bit.yaml.*rotate_twice", failed.stderr.decode(), re.IGNORECASE)
    file.write_text(kept)
    pipeline.command("restart", "shipper")


def test_up_applies_a_changed_value_of_the_environment(pipeline: CopiedPipeline) -> None:
    base = "k8s/base/consumer-deployment.yaml"
    pipeline.change(base, "value: cali-alerts", "value: general")
    status = pipeline.up()
    assert status["state"] == "up"
    message = some_incident(pipeline, 9)["error_message"]
    [sent] = pipeline.send(json.dumps({"level": "ERROR", "service": "changed", "message": f"{message} elsewhere"}))
    [alert] = eventually(lambda: pipeline.alerts_of(sent["record_id"]), "the alert")
    channels = {payload(m).get("record_id"): m["channel"] for m in pipeline.alerts()}
    assert alert["channel"] != next(iter(channels.values()))


def test_a_changed_name_of_the_environment_is_missed_by_the_consumer(pipeline: CopiedPipeline) -> None:
    base = "k8s/base/consumer-deployment.yaml"
    pipeline.change(base, "- name: CALI_BUCKET\n", "- name: CALI_BUCKETS\n")
    failed = pipeline.command("restart", "consumer", check=False)
    assert failed.returncode == 1
    assert "CALI_BUCKET: is not set" in failed.stderr.decode()

    def failing() -> bool:
        """Between two of its ends it is starting, for as long as it takes to read its settings."""
        states = {service["name"]: service["state"] for service in pipeline.status()["services"]}
        return bool(states["consumer"] == "failing")

    assert eventually(failing, "the consumer told as failing")
    pipeline.change(base, "- name: CALI_BUCKETS\n", "- name: CALI_BUCKET\n")
    pipeline.command("restart", "consumer")


def test_a_changed_command_is_what_runs(pipeline: CopiedPipeline) -> None:
    marker = pipeline.home / "it-ran"
    base = "k8s/base/log-generator-deployment.yaml"
    command = 'command: ["python", "-m", "cali_log_generator"]'
    script = f"import pathlib, time; pathlib.Path('{marker}').touch(); time.sleep(3600)"
    pipeline.change(base, command, f'command: ["python", "-c", {json.dumps(script)}]')
    pipeline.command("restart", "log-generator")
    eventually(marker.exists, "the changed command at work")


def test_a_command_that_is_not_there_is_named(pipeline: CopiedPipeline) -> None:
    pipeline.change("k8s/base/log-generator-deployment.yaml", '["python", "-c"', '["pithon", "-c"')
    failed = pipeline.command("restart", "log-generator", check=False)
    assert failed.returncode == 1
    said = failed.stderr.decode().strip()
    assert "pithon" in said
    assert "Traceback" not in said


def test_the_real_checkout_was_not_touched(pipeline: CopiedPipeline) -> None:
    text = (REPOSITORY / "helm-values" / "fluent-bit.yaml").read_text()
    assert "cluster blue" not in text
    assert not (home_folder() / "instances" / pipeline.instance).exists()
    assert sys.executable != str(python())
