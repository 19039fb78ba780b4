"""Step 1: the log generator writes what a kubelet writes, and tells the truth in its manifest."""

from __future__ import annotations

import json
import re

from e2e.conftest import instance_folder
from e2e.pipeline import Pipeline
from e2e.waiting import eventually

_NAME = re.compile(r"^[a-z0-9-]+_[a-z0-9-]+_[a-z0-9-]+-[0-9a-f]{64}\.log$")
_LINE = re.compile(rb"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d) (stdout|stderr) [FP] ")


def test_container_logs_have_kubernetes_names_and_cri_lines(pipeline: Pipeline) -> None:
    files = list((instance_folder(pipeline) / "containers").glob("*.log"))
    assert len({path.name.split("_")[2].rsplit("-", 1)[0] for path in files}) >= 5
    for path in files:
        assert _NAME.match(path.name)
        # The last piece may be half written while it is read.
        odd = [line for line in path.read_bytes().split(b"\n")[:-1] if not _LINE.match(line)]
        assert odd == []


def test_every_line_of_the_manifest_is_in_its_file(pipeline: Pipeline) -> None:
    folder = instance_folder(pipeline)
    manifest = folder / "state" / "log-generator" / "manifest.jsonl"
    entries = eventually(
        lambda: e if len(e := [json.loads(line) for line in manifest.read_text().splitlines()]) >= 20 else None,
        "twenty manifest entries",
    )
    for entry in entries[:20]:
        content = (folder / "containers" / entry["log_file"]).read_text()
        assert entry["time"] in content
