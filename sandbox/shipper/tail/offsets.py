"""Offsets on disk, in the layout of Fluent Bit's own database with two columns more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS in_tail_files (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, offset INTEGER, inode INTEGER UNIQUE, created INTEGER,
  rotated INTEGER DEFAULT 0, head BLOB NOT NULL DEFAULT x'', real TEXT NOT NULL DEFAULT ''
)"""


#: How long another process may hold the database; nothing is read meanwhile, and it is tried again.
_BUSY_S = 10.0


class OffsetsError(SandboxError):
    """The database of offsets cannot be used.

    Attributes:
        path: The database.
    """

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"offsets in {path}: {problem}", hint="without it all files are read anew")
        self.path = path


@dataclass(frozen=True)
class Offset:
    """What is known of one file: up to `offset` its records are delivered."""

    inode: int
    path: str
    real: str
    offset: int
    head: bytes


class Offsets:
    """The table of offsets; without a path it forgets them."""

    def __init__(self, path: Path | None) -> None:
        self.path = path or Path(":memory:")
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            # Made where the values are read, used where the loop runs; never by two threads at once.
            self._connection = sqlite3.connect(
                self.path, isolation_level=None, check_same_thread=False, timeout=_BUSY_S
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise OffsetsError(self.path, str(error)) from error

    def all(self) -> dict[int, Offset]:
        """Every file by inode."""
        rows = self._connection.execute("SELECT inode, name, real, offset, head FROM in_tail_files")
        return {row[0]: Offset(*row) for row in rows}

    def save(self, offsets: Iterable[Offset]) -> None:
        """Write what was delivered; all of it or nothing."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                "INSERT INTO in_tail_files (inode, name, real, offset, head, created) "
                "VALUES (?, ?, ?, ?, ?, unixepoch()) ON CONFLICT (inode) DO UPDATE SET "
                "name = excluded.name, real = excluded.real, offset = excluded.offset, head = excluded.head",
                [(item.inode, item.path, item.real, item.offset, item.head) for item in offsets],
            )
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise OffsetsError(self.path, str(error)) from error

    def forget(self, inode: int) -> None:
        """Drop a file that is gone."""
        try:
            self._connection.execute("DELETE FROM in_tail_files WHERE inode = ?", (inode,))
        except sqlite3.Error as error:
            raise OffsetsError(self.path, str(error)) from error

    def close(self) -> None:
        """Close the database."""
        self._connection.close()
