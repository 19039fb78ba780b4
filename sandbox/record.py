"""One log line on its way through the ten steps: how it is named, and how it is found in the container logs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import container_logs
from sandbox.container_logs import ContainerLog
from sandbox.errors import SandboxError

#: No part of the pipeline shortens a message below this, whatever it cuts from a long line.
ID_CHARACTERS = 256

# What Python decodes an invalid byte to, under its `surrogateescape` rule.
_NO_UTF8 = re.compile("[\udc80-\udcff]")


class UnknownRecordError(SandboxError):
    """No log line has this record id.

    Attributes:
        record_id: What was asked for.
    """

    def __init__(self, record_id: str, folder: Path) -> None:
        super().__init__(
            f"no log line under {folder} has the record id {record_id}",
            hint="`sandbox send` prints the ids of what it sends; rotated logs are kept only for a while",
        )
        self.record_id = record_id


def first_line_of(message: str) -> str:
    """What a record id holds of a message."""
    return message.split("\n", 1)[0][:ID_CHARACTERS]


def decode(line: bytes) -> str:
    """A line as the shipper reads it: each byte that is no UTF-8 becomes one U+FFFD."""
    return _NO_UTF8.sub("\ufffd", line.decode("utf-8", "surrogateescape"))


@dataclass(frozen=True)
class RecordReference:
    """What every store carries of a log line.

    Attributes:
        log_file: Name of the container log, without its folder.
        time: The time the container runtime wrote in front of the line: RFC 3339 with nanoseconds, verbatim.
        first_line: The first line of the message, at most ID_CHARACTERS of it.
    """

    log_file: str
    time: str
    first_line: str

    @property
    def record_id(self) -> str:
        """Twenty hexadecimal digits: a digest of the three fields (vectors in `contracts/record-id.json`)."""
        text = f"{self.log_file}\n{self.time}\n{self.first_line}"
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    @classmethod
    def of_store(cls, document: dict[str, Any]) -> RecordReference:
        """The reference of a record as Kinesis, S3 or OpenSearch hold it."""
        message = document.get("message")
        text = message if isinstance(message, str) else ""
        return cls(str(document.get("log_file", "")), str(document.get("time", "")), first_line_of(text))

    @classmethod
    def of_line(cls, log_file: str, time: str, content: str) -> RecordReference:
        """The reference of a line an application wrote: a JSON object's message, else the line itself."""
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):  # nested too deeply
            document = None
        if not isinstance(document, dict):
            return cls(log_file, time, first_line_of(content))
        message = document.get("message")
        return cls(log_file, time, first_line_of(message if isinstance(message, str) else ""))


@dataclass(frozen=True)
class FoundLine:
    """A log line in its file.

    Attributes:
        reference: What the stores carry of it.
        log_name: The container log, without its folder.
        end: Offset in bytes behind the line: what the shipper has read once it passed it.
        number: Line number, from 1.
    """

    reference: RecordReference
    log_name: str
    end: int
    number: int


def find_line(folder: Path, record_id: str) -> FoundLine:
    """The line with this record id; raises UnknownRecordError when no container log holds it."""
    for log in container_logs.newest_first(folder, "*.log*"):
        for line in _lines(log):
            if line.reference.record_id == record_id:
                return line
    raise UnknownRecordError(record_id, folder)


def _lines(log: ContainerLog) -> Iterator[FoundLine]:
    """Every line of a container log, its pieces (`P`, and `F` for the last) put together."""
    log_file = log.name.split(".log")[0] + ".log"
    # Of each output stream: when its unfinished line began, and the pieces so far.
    unfinished: dict[bytes, tuple[str, list[bytes]]] = {}
    offset = 0
    with log.path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            offset += len(raw)
            parts = raw.rstrip(b"\n").split(b" ", 3)
            if len(parts) < 4:
                continue
            time, stream, tag, content = parts
            begun, pieces = unfinished.pop(stream, (decode(time), []))
            pieces.append(content)
            if tag == b"P":
                unfinished[stream] = (begun, pieces)
                continue
            reference = RecordReference.of_line(log_file, begun, decode(b"".join(pieces)))
            yield FoundLine(reference, log.name, offset, number)
