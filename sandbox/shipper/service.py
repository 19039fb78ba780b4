"""The `[SERVICE]` section."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.definitions.fluent_bit_classic import Section
from sandbox.shipper.settings import Settings


@dataclass(frozen=True)
class ServiceSettings:
    """What of the section changes how records flow.

    Attributes:
        flush_s: Seconds between handing what was read to the outputs.
        grace_s: Seconds that a stop may take to deliver what was read.
        log_level: As the logging module names it.
        parsers_files: The files that parsers are read from.
        multiline_limit: The most bytes that lines are joined to.
        retry_base_s: The least wait before a retry.
        retry_cap_s: The longest.
    """

    flush_s: float = 1.0
    grace_s: float = 5.0
    log_level: str = "INFO"
    parsers_files: tuple[str, ...] = ()
    multiline_limit: int = 2 << 20
    retry_base_s: float = 5.0
    retry_cap_s: float = 2000.0


_LEVELS = {"off": "CRITICAL", "error": "ERROR", "warn": "WARNING", "warning": "WARNING", "info": "INFO"}


def read_service(section: Section) -> ServiceSettings:
    """Read and check the section; where it listens and stores chunks is the real Fluent Bit's own affair."""
    settings = Settings(section)
    level = settings.one_of("log_level", (*_LEVELS, "debug", "trace"), "info")
    settings.only("daemon", supported=False)
    settings.only("json.escape_unicode", supported=False)
    read = ServiceSettings(
        flush_s=settings.seconds("flush", "1", fraction=True),
        grace_s=settings.seconds("grace", "5"),
        log_level=_LEVELS.get(level, "DEBUG"),
        parsers_files=tuple(item.value for item in settings.all("parsers_file")),
        multiline_limit=settings.size("multiline_buffer_limit", "2M"),
        retry_base_s=settings.seconds("scheduler.base", "5"),
        retry_cap_s=settings.seconds("scheduler.cap", "2000"),
    )
    settings.ignored(
        "http_server",
        "http_listen",
        "http_port",
        "health_check",
        "hc_errors_count",
        "hc_retry_failure_count",
        "hc_period",
        "hot_reload",
        "coro_stack_size",
        "storage.path",
        "storage.sync",
        "storage.checksum",
        "storage.metrics",
        "storage.max_chunks_up",
        "storage.backlog.mem_limit",
        "storage.delete_irrecoverable_chunks",
        "storage.trim_files",
        "storage.type",
    )
    settings.done()
    return read
