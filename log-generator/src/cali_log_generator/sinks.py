"""Where records go: files as Kubernetes writes them, or standard output."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from cali_log_generator.containers import ContainerLog, file_name
from cali_log_generator.cri import Clock, encode, rfc3339_nano
from cali_log_generator.errors import LogWriteError
from cali_log_generator.manifest import Manifest
from cali_log_generator.records import Record
from cali_log_generator.settings import Output, Settings


class Sink(Protocol):
    """Something that records can be written to."""

    def write(self, records: Iterable[Record]) -> None:
        """Stamp the records and write them, at once and whole."""
        ...

    def close(self) -> None:
        """Leave everything written."""
        ...


class StdoutSink:
    """Standard output, for a container: the runtime adds the rest."""

    def __init__(self, fd: int = 1) -> None:
        self._fd = fd
        self._clock = Clock()

    def write(self, records: Iterable[Record]) -> None:
        """Print the records."""
        lines: list[str] = []
        for record in records:
            lines += record.lines(rfc3339_nano(self._clock.now()))
        data = memoryview(("\n".join(lines) + "\n").encode("utf-8", "replace"))
        while data:
            data = data[os.write(self._fd, data) :]

    def close(self) -> None:
        """Do nothing: nothing is buffered."""


class CriSink:
    """One log file for each service, and the manifest of what went into them."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._settings = settings
        self._folder = folder
        self._clock = Clock()
        self._logs: dict[str, ContainerLog] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LogWriteError(folder, error) from error
        self._manifest = Manifest(settings.manifest, settings.manifest_bytes) if settings.manifest else None

    def write(self, records: Iterable[Record]) -> None:
        """Write the records, one call for each file, then their lines in the manifest.

        In this order: after a kill the manifest may lack a record that was written, but never names one that was not.
        """
        touched: dict[str, ContainerLog] = {}
        for record in records:
            service = record.entry.service.name
            log = touched[service] = self._log(service)
            stamp = rfc3339_nano(self._clock.now())
            first, *rest = record.lines(stamp)
            log.add(encode(first, self._clock, stamp) + b"".join(encode(line, self._clock) for line in rest))
            if self._manifest is not None:
                self._manifest.add(record, log.path.name, stamp)
        for log in touched.values():
            log.flush()
        if self._manifest is not None:
            self._manifest.flush()

    def close(self) -> None:
        """Close every file."""
        for log in self._logs.values():
            log.close()
        self._logs.clear()
        if self._manifest is not None:
            self._manifest.close()

    def _log(self, service: str) -> ContainerLog:
        if service not in self._logs:
            settings = self._settings
            path = self._folder / file_name(service, settings.namespace, settings.seed)
            self._logs[service] = ContainerLog(path, settings.rotate_bytes, settings.rotate_files)
        return self._logs[service]


def open_sink(settings: Settings) -> Sink:
    """Return the sink the settings ask for."""
    if settings.output is Output.CRI and settings.dir is not None:
        return CriSink(settings.dir, settings)
    return StdoutSink()
