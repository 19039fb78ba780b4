"""The state on disk: definitions, positions and the journal of Direct PUT, in one SQLite file.

SQLite with `synchronous=FULL` makes every commit atomic and synced, so that a kill at any moment leaves either the old
or the new state. A lock file keeps a second process away from the same state.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.errors import SandboxError
from sandbox.firehose.records import Position, Record

VERSION = 1
_BUSY_S = 30.0  # how long another process, such as a backup, may hold the file before it is an error
_SCHEMA = """
CREATE TABLE IF NOT EXISTS streams (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS positions (uid TEXT, origin TEXT, body TEXT NOT NULL, PRIMARY KEY (uid, origin));
CREATE TABLE IF NOT EXISTS counters (uid TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL, arrived REAL NOT NULL,
                                    data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS journal_uid ON journal (uid, id);
"""
JOURNAL = "journal"


class StateError(SandboxError):
    """The state directory cannot be used."""


class Store:
    """All that must outlive the process."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._lock_file = (directory / "lock").open("w")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StateError(
                f"{directory} is in use by another Firehose", hint="stop it or take another --state-dir"
            ) from error
        self._lock = threading.Lock()
        self._db = sqlite3.connect(directory / "firehose.sqlite3", check_same_thread=False, timeout=_BUSY_S)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise StateError(f"{directory} was written by a newer version ({version})", hint="remove it or update")
        self._db.executescript(f"{_SCHEMA} PRAGMA user_version={VERSION};")

    def close(self) -> None:
        """Release the file and the lock."""
        with self._lock:
            self._db.close()
            self._lock_file.close()

    def definitions(self) -> dict[str, dict[str, Any]]:
        """Return every delivery stream by its name, in the order of names."""
        with self._lock:
            rows = self._db.execute("SELECT name, body FROM streams ORDER BY name").fetchall()
        return {name: json.loads(body) for name, body in rows}

    def save(self, name: str, definition: Mapping[str, Any]) -> None:
        """Write one delivery stream."""
        with self._lock, self._db:
            self._db.execute("INSERT OR REPLACE INTO streams VALUES (?, ?)", (name, json.dumps(definition)))

    def delete(self, name: str, uid: str) -> None:
        """Forget a delivery stream, its positions and what it has not delivered."""
        with self._lock, self._db:
            self._db.execute("DELETE FROM streams WHERE name = ?", (name,))
            for table in ("positions", "counters", "journal"):
                self._db.execute(f"DELETE FROM {table} WHERE uid = ?", (uid,))  # noqa: S608  # the names stand above

    def positions(self, uid: str) -> dict[str, Position]:
        """Return how far each origin of a delivery stream is delivered."""
        with self._lock:
            rows = self._db.execute("SELECT origin, body FROM positions WHERE uid = ?", (uid,)).fetchall()
        return {origin: Position(**json.loads(body)) for origin, body in rows}

    def counters(self, uid: str) -> dict[str, Any]:
        """Return the counters of a delivery stream as last committed."""
        with self._lock:
            row = self._db.execute("SELECT body FROM counters WHERE uid = ?", (uid,)).fetchone()
        return dict(json.loads(row[0])) if row else {}

    def commit(self, uid: str, positions: Mapping[str, Position], counters: Mapping[str, Any]) -> None:
        """Move positions, and drop what the journal holds up to them, in one transaction."""
        with self._lock, self._db:
            for origin, position in positions.items():
                body = json.dumps(asdict(position))
                self._db.execute("INSERT OR REPLACE INTO positions VALUES (?, ?, ?)", (uid, origin, body))
                if origin == JOURNAL and position.sequence is not None:
                    self._db.execute("DELETE FROM journal WHERE uid = ? AND id <= ?", (uid, int(position.sequence)))
            self._db.execute("INSERT OR REPLACE INTO counters VALUES (?, ?)", (uid, json.dumps(counters)))

    def forget(self, uid: str, origins: set[str]) -> None:
        """Drop positions of origins that are gone."""
        with self._lock, self._db:
            self._db.executemany("DELETE FROM positions WHERE uid = ? AND origin = ?", [(uid, o) for o in origins])

    def append(self, uid: str, arrived: float, items: list[bytes]) -> list[int]:
        """Put records of Direct PUT into the journal; they are durable when this returns."""
        with self._lock, self._db:
            statement = "INSERT INTO journal (uid, arrived, data) VALUES (?, ?, ?)"
            return [self._db.execute(statement, (uid, arrived, data)).lastrowid or 0 for data in items]

    def journal_bytes(self, uid: str) -> int:
        """Return the bytes of a delivery stream that wait in the journal."""
        with self._lock:
            query = "SELECT COALESCE(SUM(LENGTH(data)), 0) FROM journal WHERE uid = ?"
            return int(self._db.execute(query, (uid,)).fetchone()[0])

    def read(self, uid: str, after: int, limit: int) -> list[Record]:
        """Return records of the journal after an id."""
        with self._lock:
            query = "SELECT id, arrived, data FROM journal WHERE uid = ? AND id > ? ORDER BY id LIMIT ?"
            rows = self._db.execute(query, (uid, after, limit)).fetchall()
        return [Record(data, arrived, JOURNAL, str(id_)) for id_, arrived, data in rows]
