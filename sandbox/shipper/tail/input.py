"""Follows the files of one tail input."""

from __future__ import annotations

import fnmatch
import glob
import logging
import os
import time as clock
from collections.abc import Iterator
from pathlib import Path

from sandbox.shipper.counters import Counters
from sandbox.shipper.event import Event, Record
from sandbox.shipper.multiline import QUIET_S, Joiner
from sandbox.shipper.tail.offsets import Offset, Offsets, OffsetsError
from sandbox.shipper.tail.settings import TailSettings
from sandbox.shipper.tail.tracked import HEAD_BYTES, TrackedFile

log = logging.getLogger(__name__)

#: The multi-line parsers of a tail input give up on a record that is not completed after this.
JOIN_FLUSH_S = 4.0


class TailInput:
    """Finds files, reads their lines, and remembers how far they are delivered."""

    def __init__(self, settings: TailSettings, counters: Counters) -> None:
        self.settings = settings
        self.counters = counters
        self.files: dict[tuple[int, int], TrackedFile] = {}
        self._offsets = Offsets(settings.database)
        self._known = self._offsets.all()
        self._next_scan = 0.0
        self._next_join_flush = 0.0
        self._started = False

    def poll(self, now: float) -> Iterator[Event]:
        """Look for files when it is time, and read one piece of each that has more."""
        if now >= self._next_scan:
            self._scan(now)
            self._next_scan = now + self.settings.refresh_s
        for file in list(self.files.values()):
            yield from self._read(file, now)
        yield from self.due(now)

    def due(self, now: float) -> Iterator[Event]:
        """What was split by the runtime and never completed."""
        if now < self._next_join_flush:
            return
        self._next_join_flush = now + JOIN_FLUSH_S
        for file in self.files.values():
            for joiner in file.joiners:
                for event in joiner.flush(now - QUIET_S):
                    yield self._finish(event)

    def save(self, held: dict[TrackedFile, int]) -> None:
        """Write the offsets up to which everything is delivered; forget files that are done with."""
        changed = []
        for file in self.files.values():
            offset = file.safe_offset(held.get(file))
            if offset != file.saved:
                changed.append((file, Offset(file.inode, file.path, file.real, offset, file.head)))
        if changed:
            self._offsets.save(item for _, item in changed)
            for file, item in changed:
                file.saved = item.offset

    def close(self) -> None:
        """Close every file and the database."""
        for file in self.files.values():
            os.close(file.descriptor)
        self.files.clear()
        self._offsets.close()

    def _scan(self, now: float) -> None:
        present = set()
        for path in self._matching():
            try:
                status = Path(path).stat()
            except OSError:
                continue
            key = (status.st_dev, status.st_ino)
            present.add(key)
            if key not in self.files:
                self._open(path, path)
            else:
                self.files[key].gone_at = None
        if not self._started:
            self._started = True
            self._find_rotated({inode for _, inode in present})
        for key, file in list(self.files.items()):
            if key in present:
                continue
            file.gone_at = file.gone_at if file.gone_at is not None else now
            waited = now - file.gone_at > self.settings.rotate_wait_s
            if waited and file.position >= file.size() and file.safe_offset(None) >= file.position:
                self._forget(key, file)

    def _matching(self) -> Iterator[str]:
        for pattern in self.settings.patterns:
            for path in sorted(glob.glob(pattern)):  # noqa: PTH207 - an absolute pattern, as Fluent Bit takes it
                names = (path, Path(path).name)
                if not any(fnmatch.fnmatch(name, wild) for wild in self.settings.excluded for name in names):
                    yield path

    def _find_rotated(self, present: set[int]) -> None:
        """Files that were renamed while nothing ran, in the folder they were read in."""
        missing = {inode: row for inode, row in self._known.items() if inode not in present}
        folders = {Path(row.real).parent for row in missing.values()}
        for folder in folders:
            try:
                entries = list(os.scandir(folder))
            except OSError:
                continue
            for entry in entries:
                row = missing.pop(entry.inode(), None)
                if row is not None and entry.is_file():
                    self._open(entry.path, row.path)
        for inode in missing:
            self._drop(inode)

    def _open(self, path: str, name: str) -> None:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            log.warning("cannot open a log file", extra={"path": path, "error": error.strerror})
            return
        status = os.fstat(descriptor)
        file = TrackedFile(name, os.path.realpath(path), self._tag(name), descriptor, status.st_ino)
        file.modified = 0
        row = self._known.pop(status.st_ino, None)
        if row is not None and row.offset <= status.st_size and os.pread(descriptor, len(row.head), 0) == row.head:
            file.position, file.head = row.offset, row.head
        elif not (self.settings.new_from_head if self._started else self.settings.read_from_head):
            file.position = status.st_size
            file.head = os.pread(descriptor, min(HEAD_BYTES, status.st_size), 0)
        file.joiners = [Joiner(parser, self.settings.multiline_limit) for _, parser in self.settings.joining]
        self.files[status.st_dev, status.st_ino] = file
        log.info("following", extra={"path": name, "inode": file.inode, "offset": file.position})

    def _tag(self, path: str) -> str:
        return self.settings.tag.replace("*", path.lstrip("/").replace("/", "."))

    def _forget(self, key: tuple[int, int], file: TrackedFile) -> None:
        if not self._drop(file.inode):
            return  # the next look at the files tries again
        os.close(file.descriptor)
        del self.files[key]
        log.info("done with", extra={"path": file.path, "inode": file.inode})

    def _drop(self, inode: int) -> bool:
        try:
            self._offsets.forget(inode)
        except OffsetsError:
            log.exception("cannot forget a file that is gone", extra={"inode": inode})
            return False
        return True

    def _read(self, file: TrackedFile, now: float) -> Iterator[Event]:
        if file.was_rewritten():
            log.info("file was truncated", extra={"path": file.path, "inode": file.inode})
            for joiner in file.joiners:
                for event in joiner.flush():
                    yield self._finish(event)
            file.restart()
        data = file.read(self.settings.chunk_bytes)
        if not data:
            if file.gone_at is None and not self._still_there(file):
                self._next_scan = now  # rotated: the next round opens what took its place
            return
        start = file.position - len(data) - len(file.rest)
        lines = (file.rest + data).split(b"\n")
        file.rest = lines.pop()
        for line in lines:
            if file.skipping:
                file.skipping = False
            else:
                yield from self._line(file, line, start, now)
            start += len(line) + 1
        if file.rest.startswith(b"\0"):
            file.rest = file.rest.lstrip(b"\0")  # a hole that copytruncate left
        if len(file.rest) >= self.settings.line_bytes - 1 or (file.skipping and file.rest):
            yield from self._too_long(file, start, now)

    def _still_there(self, file: TrackedFile) -> bool:
        try:
            return Path(file.path).stat().st_ino == file.inode
        except OSError:
            return False

    def _too_long(self, file: TrackedFile, start: int, now: float) -> Iterator[Event]:
        if not file.skipping:
            if self.settings.truncate_long:
                self.counters.lines_read += 1
                cut = file.rest[: self.settings.line_bytes - 1].decode("utf-8", "surrogateescape")
                yield self._finish(Event(file.tag, clock.time(), {self.settings.key: cut}, file, start))
            elif self.settings.skip_long:
                self.counters.skipped += 1
                log.warning("skipped a line that is too long", extra={"path": file.path, "offset": start})
            else:
                self.counters.skipped += 1
                self.counters.fail(f"{file.path}: a line at {start} is longer than Buffer_Max_Size")
        file.skipping = True
        file.rest = b""

    def _line(self, file: TrackedFile, raw: bytes, start: int, now: float) -> Iterator[Event]:
        if raw.startswith(b"\0"):
            raw = raw.lstrip(b"\0")
        if len(raw) >= 2 and raw.endswith(b"\r"):
            raw = raw[:-1]
        if not raw and self.settings.skip_empty:
            return
        self.counters.lines_read += 1
        line = raw.decode("utf-8", "surrogateescape")
        for (read, _), joiner in zip(self.settings.joining, file.joiners, strict=True):
            parsed = read(line)
            if parsed is None:
                continue
            record, time = parsed
            complete = joiner.add(Event(file.tag, clock.time() if time is None else time, record, file, start), now)
            if complete is not None:
                for event in complete:
                    yield self._finish(event)
                return
        for joiner in file.joiners:
            for event in joiner.flush():
                yield self._finish(event)
        yield self._finish(self._whole(file, line, start))

    def _whole(self, file: TrackedFile, line: str, start: int) -> Event:
        parsed = self.settings.reader(line) if self.settings.reader else None
        record: Record = {self.settings.key: line}
        time: float | None = None
        if parsed is not None:
            record, time = parsed
        return Event(file.tag, clock.time() if time is None else time, record, file, start)

    def _finish(self, event: Event) -> Event:
        if self.settings.path_key:
            event.record[self.settings.path_key] = event.file.path
        if self.settings.offset_key:
            event.record[self.settings.offset_key] = event.start
        return event
