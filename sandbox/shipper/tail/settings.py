"""What an `[INPUT]` section of the tail plugin says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandbox.shipper.filters.base import Context
from sandbox.shipper.multiline import MultilineParser
from sandbox.shipper.settings import Settings
from sandbox.shipper.tail.lines import FORMATS, Read, read_plain, read_with


@dataclass(frozen=True)
class TailSettings:
    """The keys of the section; names and defaults are those of Fluent Bit 5.1."""

    tag: str
    patterns: tuple[str, ...]
    excluded: tuple[str, ...]
    key: str
    path_key: str
    offset_key: str
    database: Path | None
    read_from_head: bool
    new_from_head: bool
    refresh_s: float
    rotate_wait_s: float
    chunk_bytes: int
    line_bytes: int
    skip_long: bool
    truncate_long: bool
    skip_empty: bool
    memory_bytes: int
    reader: Read | None
    joining: tuple[tuple[Read, MultilineParser], ...]
    multiline_limit: int


def read_settings(settings: Settings, context: Context) -> TailSettings:
    """Read and check the section.

    Raises:
        DefinitionError: A key or value is not known here.
    """
    joining = []
    for name in settings.words("multiline.parser"):
        parser = context.multiline_parsers.get(name)
        if parser is None:
            known = ", ".join(context.multiline_parsers)
            settings.fail("multiline.parser", f"no multi-line parser is called {name!r}", f"known: {known}")
        joining.append((FORMATS.get(name, read_plain), parser))
    reader = None
    if parser_name := settings.text("parser", ""):
        if joining:
            settings.fail("parser", "has no effect beside multiline.parser")
        if parser_name not in context.parsers:
            settings.fail("parser", f"no [PARSER] is called {parser_name!r}", f"known: {', '.join(context.parsers)}")
        reader = read_with(context.parsers[parser_name])
    for switch in ("docker_mode", "multiline", "exit_on_eof"):
        settings.only(switch, supported=False)
    database = settings.text("db", "")
    read = TailSettings(
        tag=settings.text("tag", "tail.0"),
        patterns=tuple(settings.words("path")),
        excluded=tuple(settings.words("exclude_path")),
        key=settings.text("key", "log"),
        path_key=settings.text("path_key", ""),
        offset_key=settings.text("offset_key", ""),
        database=Path(database) if database else None,
        read_from_head=settings.boolean("read_from_head", default=False),
        new_from_head=settings.boolean("read_newly_discovered_files_from_head", default=True),
        refresh_s=settings.seconds("refresh_interval", "60"),
        rotate_wait_s=settings.seconds("rotate_wait", "5"),
        chunk_bytes=settings.size("buffer_chunk_size", "32K"),
        line_bytes=settings.size("buffer_max_size", "32K"),
        skip_long=settings.boolean("skip_long_lines", default=False),
        truncate_long=settings.boolean("truncate_long_lines", default=False),
        skip_empty=settings.boolean("skip_empty_lines", default=False),
        memory_bytes=settings.size("mem_buf_limit", "64M") or 64 << 20,
        reader=reader,
        joining=tuple(joining),
        multiline_limit=context.multiline_limit,
    )
    if not read.patterns:
        raise settings.section.error("Path is missing")
    settings.one_of("storage.type", ("filesystem", "memory"), "memory")
    settings.one_of("db.sync", ("extra", "full", "normal", "off"), "normal")
    settings.boolean("inotify_watcher", default=True)
    settings.boolean("storage.pause_on_chunks_overlimit", default=False)
    # How Fluent Bit reads and locks; a stand-in that looks at every file twenty times a second needs none of it.
    settings.ignored(
        "db.locking",
        "db.journal_mode",
        "db.compare_filename",
        "static_batch_size",
        "event_batch_size",
        "watcher_interval",
        "progress_check_interval",
        "progress_check_interval_nsec",
        "file_cache_advise",
        "threaded",
    )
    settings.done()
    return read
