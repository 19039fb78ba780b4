"""The consumer's own log: one JSON object a line, in the shape of the records it reads."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_LEVELS = {"WARNING": "WARN", "CRITICAL": "FATAL"}


class JsonFormatter(logging.Formatter):
    """Renders a record as JSON: timestamp, level, service, message, then every `extra` field."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        line: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
            "level": _LEVELS.get(record.levelname, record.levelname),
            "service": "cali-consumer",
            "message": record.getMessage(),
            "logger": record.name,
        }
        line.update({key: value for key, value in vars(record).items() if key not in _STANDARD})
        if record.exc_info:
            line["stack_trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure(level: str) -> None:
    """Send the log of this process to stderr as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Their lines for each request would drown the consumer's own; what fails is raised and logged by us.
    for noisy in (
        "httpx",
        "httpx2",
        "httpcore2",
        "httpcore",
        "openai",
        "botocore",
        "urllib3",
        "slack_sdk",
        "pymilvus",
        "grpc",
    ):
        logging.getLogger(noisy).setLevel(logging.ERROR)
