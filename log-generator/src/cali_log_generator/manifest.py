"""The manifest: a JSON line about each record that was written, for tests to compare with."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from cali_log_generator.errors import LogWriteError
from cali_log_generator.records import Record


class Manifest:
    """An append-only file; above a size it is renamed to `<name>.1`, and the one before is dropped.

    Args:
        path: The file.
        limit: That size in bytes.
    """

    def __init__(self, path: Path, limit: int) -> None:
        self._path = path
        self._limit = limit
        self._lines: list[str] = []
        self._fd = self._open()

    def add(self, record: Record, log_file: str, stamp: str) -> None:
        """Take a record to be noted by the next `flush`."""
        self._lines.append(_line(record, log_file, stamp))

    def flush(self) -> None:
        """Write what was added.

        Raises:
            LogWriteError: The file cannot be written.
        """
        data = memoryview("".join(self._lines).encode())
        self._lines = []
        try:
            if os.fstat(self._fd).st_size > self._limit:
                os.close(self._fd)
                self._path.replace(f"{self._path}.1")
                self._fd = self._open()
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError as error:
            raise LogWriteError(self._path, error) from error

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)

    def _open(self) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise LogWriteError(self._path, error) from error


#: Of a longer first line only these count: no part of the pipeline shortens a message below this.
_CHARACTERS = 256


def record_id(log_file: str, stamp: str, first_line: str) -> str:
    """Return the id every store of the pipeline knows the record by."""
    return hashlib.sha256(f"{log_file}\n{stamp}\n{first_line[:_CHARACTERS]}".encode()).hexdigest()[:20]


def _line(record: Record, log_file: str, stamp: str) -> str:
    first_line = record.first_line
    return (
        json.dumps(
            {
                "log_file": log_file,
                "time": stamp,
                "first_line": first_line,
                "record_id": record_id(log_file, stamp, first_line),
                "level": _level_seen(record),
                "service": record.entry.service.name,
                "family": record.entry.family,
                "kind": record.kind,
                "distinct_error": record.entry.key,
            },
            ensure_ascii=False,
        )
        + "\n"
    )


def _level_seen(record: Record) -> str:
    """Return the level as printed, which is what the pipeline reads (Python's loggers say WARNING and CRITICAL)."""
    return record.entry.level if record.kind == "json" else record.first_line.split(" ", 1)[0].rstrip(":")
