"""A definition that is changed changes what runs: tried in a copy of the checkout, so that the real one stays."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from e2e.conftest import home_folder
from e2e.past_incidents import some_incident
from e2e.pipeline import REPOSITORY, UP_S, Pipeline, payload
from e2e.waiting import eventually

pytestmark = pytest.mark.timeout(600)

#: Run by the copy's own code: what is installed counts as installed for the copy, as links to the one installation.
_SHARE = """
import sys
from pathlib import Path
from sandbox.install import java, parts, stamps
from sandbox.instance import Home
home, shared = Home(Path(sys.argv[1])), Home(Path(sys.argv[2]))
with_java = java.find() is None
for own, there in zip(parts.parts(home, with_java=with_java), parts.parts(shared, with_java=with_java), strict=True):
    own.folder.mkdir(parents=True)
    for entry in there.folder.iterdir():
        if not entry.name.startswith(".installed-from"):
            (own.folder / entry.name).symlink_to(entry)
    stamps.remember(own.folder, own.digest)
(home.environments / "sandbox").symlink_to(shared.environments / "sandbox")
"""


@dataclass
class CopiedPipeline(Pipeline):
    """A sandbox that runs from a copy of the checkout.

    Attributes:
        checkout: The copy.
        home: Its CALI_HOME.
    """

    checkout: Path = field(default_factory=Path)
    home: Path = field(default_factory=Path)

    def command(
        self, *arguments: str, stdin: bytes | None = None, timeout_s: float = 120, check: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the copy's command line; the installed package is the real checkout's, so the copy comes first."""
        environment = {
            **os.environ,
            "CALI_INSTANCE": self.instance,
            "CALI_HOME": str(self.home),
            "PYTHONPATH": str(self.checkout),
        }
        done = subprocess.run(
            [str(_python()), "-c", "from sandbox.cli import main; main()", *arguments],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            env=environment,
            cwd=self.checkout,
            timeout=timeout_s,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"sandbox {' '.join(arguments)}: {done.stderr.decode()}{done.stdout.decode()}")
        return done

    def change(self, file: str, old: str, new: str) -> None:
        """Replace a text that is there exactly once."""
        path = self.checkout / file
        text = path.read_text()
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new))

    def shipped(self, *lines: str) -> list[dict[str, Any]]:
        """What the stream holds of lines that are sent now."""
        sent = self.send(*lines, service="changed")

        def look() -> list[dict[str, Any]]:
            documents = [json.loads(r["Data"]) for r in self.stream_records() if r["Data"][:1] == b"{"]
            return [d for d in documents if d.get("time") in {one["time"] for one in sent}]

        return eventually(look, "the lines in the stream")


def _python() -> Path:
    return home_folder().resolve() / "envs" / "sandbox" / "bin" / "python"


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CopiedPipeline]:
    """A sandbox from a copy; nothing of the real checkout is written to."""
    # The real one is installed by whoever asks it for anything.
    subprocess.run([str(REPOSITORY / "bin" / "sandbox"), "--version"], check=True, capture_output=True, timeout=UP_S)
    folder = tmp_path_factory.mktemp("copied")
    checkout, home = folder / "checkout", folder / "home"
    shutil.copytree(REPOSITORY, checkout, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    share = [str(_python()), "-c", _SHARE, str(home), str(home_folder().resolve())]
    subprocess.run(share, check=True, env={**os.environ, "PYTHONPATH": str(checkout)}, cwd=checkout, timeout=60)
    sandbox = CopiedPipeline(f"e2e-{secrets.token_hex(4)}", checkout=checkout, home=home)
    try:
        sandbox.up()
        yield sandbox
    finally:
        sandbox.command("clean", check=False)
        shutil.rmtree(folder)


def test_a_changed_filter_changes_the_records(pipeline: CopiedPipeline) -> None:
    [before] = pipeline.shipped('{"level": "INFO", "message": "before"}')
    assert "cluster" not in before
    pipeline.change(
        "helm-values/fluent-bit.yaml",
        "  outputs: |\n",
        "    [FILTER]\n        Name   modify\n        Match  *\n        Add    cluster blue\n\n  outputs: |\n",
    )
    pipeline.command("restart", "shipper")
    [after] = pipeline.shipped('{"level": "INFO", "message": "after"}')
    assert after["cluster"] == "blue"


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
    consumer = next(service for service in pipeline.status()["services"] if service["name"] == "consumer")
    assert consumer["state"] == "failing"
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
    assert sys.executable != str(_python())
