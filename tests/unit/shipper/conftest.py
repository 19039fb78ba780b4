from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.definitions import fluent_bit
from sandbox.shipper.counters import Counters
from sandbox.shipper.outputs.base import Batch
from sandbox.shipper.pipeline import Pipeline

REPOSITORY = Path(__file__).parents[3]
VALUES = REPOSITORY / "helm-values" / "fluent-bit.yaml"
STDOUT = """
config:
  outputs: |
    [OUTPUT]
        Name   stdout
        Match  *
        Format json_lines
"""
IDENTITY = "0123456789abcdef" * 4
FILE = f"checkout-6f7c9d-abcde_cali_checkout-{IDENTITY}.log"


class Shipper:
    """The pipeline of the committed values over a folder of its own; time passes when the test says so."""

    def __init__(self, folder: Path, *overrides: str) -> None:
        self.logs = folder / "logs"
        self.logs.mkdir(exist_ok=True)
        self.state = folder / "state"
        files = [VALUES]
        for number, text in enumerate(overrides):
            files.append(folder / f"override-{number}.yaml")
            files[-1].write_text(text)
        environment = {"CALI_LOG_DIR": str(self.logs), "CALI_SHIPPER_STATE_DIR": str(self.state)}
        self.counters = Counters()
        self.pipeline = Pipeline(fluent_bit.load(files, environment), self.counters)
        self.now = 100.0
        self.records: list[dict[str, Any]] = []
        self.events: list[Any] = []
        output = self.pipeline.outputs[0]
        take = output.take

        def taken(event: Any) -> int:
            self.records.append(event.record)
            return take(event)

        output.take = taken  # type: ignore[method-assign]
        self.output = output

    def write(self, *lines: bytes, name: str = FILE) -> None:
        with (self.logs / name).open("ab") as file:
            file.writelines(line + b"\n" for line in lines)

    def poll(self, seconds: float = 0.0) -> list[dict[str, Any]]:
        """Let time pass, then read whatever is there; returns the records that reached the output since the last."""
        self.now += seconds
        self.pipeline.due(self.now)
        for item in self.pipeline.inputs:
            for _ in range(100):
                self.pipeline.accept(item.poll(self.now), self.now)
                if all(file.position >= file.size() for file in item.files.values()):
                    break
            self.pipeline.accept(item.poll(self.now), self.now)
        fresh, self.records = self.records, []
        return fresh

    def settle(self) -> list[dict[str, Any]]:
        """Read, and wait out every flush."""
        return self.poll() + self.poll(5.0) + self.poll(5.0)

    def handed_over(self) -> Batch:
        """The next batch that the output's thread would deliver."""
        batch = self.output._queue.get(timeout=1)
        assert batch is not None
        return batch

    def acknowledge(self) -> None:
        """What the output took is delivered."""
        self.output.flush()
        while not self.output._queue.empty():
            batch = self.handed_over()
            for file in batch.starts:
                file.waiting.pop(batch.token)

    def save(self) -> None:
        for item in self.pipeline.inputs:
            item.save(self.pipeline.held())

    def close(self) -> None:
        for item in self.pipeline.inputs:
            item.close()


Make = Callable[..., Shipper]


@pytest.fixture
def shipper(tmp_path: Path) -> Iterator[Make]:
    made: list[Shipper] = []

    def make(*overrides: str) -> Shipper:
        made.append(Shipper(tmp_path, *(overrides or (STDOUT,))))
        return made[-1]

    yield make
    for item in made:
        item.close()


_numbers = itertools.count(1)


def cri(text: bytes, stream: str = "stdout", flag: str = "F", time: str = "") -> bytes:
    """A line as a container runtime writes it, each with a time of its own."""
    return f"{time or f'2026-11-23T10:00:00.{next(_numbers):09d}Z'} {stream} {flag} ".encode() + text
