"""Step 1: the log generator's lines stand in container logs as a kubelet writes them."""

from __future__ import annotations

import re

from e2e.pipeline import Pipeline
from e2e.waiting import eventually

_NAME = re.compile(r"^[a-z0-9-]+_[a-z0-9-]+_[a-z0-9-]+-[0-9a-f]{64}\.log$")
_LINE = re.compile(rb"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d) (stdout|stderr) [FP] ")


def test_container_logs_have_kubernetes_names_and_cri_lines(pipeline: Pipeline) -> None:
    logs = pipeline.container_logs()
    assert len({name.split("_")[2].rsplit("-", 1)[0] for name in logs}) >= 5
    for name, content in logs.items():
        assert _NAME.match(name)
        # The last piece may be half written while it is read.
        odd = [line for line in content.split(b"\n")[:-1] if not _LINE.match(line)]
        assert odd == []


def test_every_line_the_generator_tells_of_is_in_its_file(pipeline: Pipeline) -> None:
    entries = eventually(lambda: e if len(e := pipeline.generated()) >= 20 else None, "twenty generated records")
    logs = pipeline.container_logs()
    for entry in entries[:20]:
        assert entry["time"].encode() in logs[entry["log_file"]]
