"""The messages on disk: one JSON line an event, synced before the sender gets its answer."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.slack.messages import Message, Update, now

FILE = "messages.jsonl"


class MessageStore:
    """All messages, the newest `keep` of them, surviving a restart.

    Args:
        directory: Where the file is; made if it is not there.
        keep: How many messages stay; older ones are dropped when half as many again have come.
    """

    def __init__(self, directory: Path, *, keep: int = 5000, clock: Callable[[], float] = time.time) -> None:
        self._path = directory / FILE
        self._keep = keep
        self._clock = clock
        self._lock = threading.Lock()
        self._messages: list[Message] = []
        self._next_index = 0
        self._last_ts = 0
        directory.mkdir(parents=True, exist_ok=True)
        self._load()
        self._file = self._path.open("a", encoding="utf-8")

    def __len__(self) -> int:
        return self._next_index

    def since(self, index: int) -> list[Message]:
        """Return the kept messages from that number on, in order."""
        with self._lock:
            return [message for message in self._messages if message.index >= index]

    def in_channel(self, channel: str) -> list[Message]:
        """Return the kept messages of a channel, in order."""
        with self._lock:
            return [message for message in self._messages if message.channel == channel]

    def find(self, channel: str, ts: str) -> Message | None:
        """Return one message."""
        return next((message for message in self.in_channel(channel) if message.ts == ts), None)

    def add(self, **content: Any) -> Message:
        """Keep a new message and return it once it is on disk."""
        with self._lock:
            message = Message(index=self._next_index, ts=self._new_ts(), received_at=now(), **content)
            self._write({"event": "message", **message.kept()})
            self._next_index += 1
            self._messages.append(message)
            if len(self._messages) > self._keep + self._keep // 2:
                self._compact()
            return message

    def update(
        self, message: Message, *, text: str, blocks: list[dict[str, Any]], metadata: dict[str, Any] | None
    ) -> None:
        """Keep a change of a message, likewise."""
        with self._lock:
            update = Update(now(), text, blocks, metadata)
            self._write({"event": "update", "index": message.index, **vars(update)})
            message.updates.append(update)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _new_ts(self) -> str:
        """Return the time in microseconds, made unique and rising."""
        self._last_ts = max(self._last_ts + 1, int(self._clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def _write(self, event: dict[str, Any]) -> None:
        self._file.write(json.dumps(event, ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _load(self) -> None:
        if not self._path.exists():
            return
        by_index: dict[int, Message] = {}
        good = 0
        data = self._path.read_bytes()
        for line in data.splitlines(keepends=True):
            if not line.endswith(b"\n") or not self._replay(line, by_index):
                break
            good += len(line)
        if good < len(data):
            # A kill amid a write: its sender never got an answer, so nothing that was promised is lost.
            with self._path.open("r+b") as file:
                file.truncate(good)
        self._messages = list(by_index.values())[-self._keep :]
        if self._messages:
            newest = self._messages[-1]
            self._next_index = newest.index + 1
            self._last_ts = int(newest.ts.replace(".", ""))

    @staticmethod
    def _replay(line: bytes, by_index: dict[int, Message]) -> bool:
        try:
            event = json.loads(line)
            if event.pop("event") == "update":
                message = by_index.get(event.pop("index"))
                if message is not None:
                    message.updates.append(Update(**event))
            else:
                message = Message.read(event)
                by_index[message.index] = message
        except (ValueError, TypeError, KeyError, AttributeError):
            return False
        return True

    def _compact(self) -> None:
        """Write the newest messages anew, in one step that a kill cannot split."""
        self._messages = self._messages[-self._keep :]
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            for message in self._messages:
                file.write(json.dumps({"event": "message", **message.kept()}, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._file.close()
        fresh.replace(self._path)
        self._file = self._path.open("a", encoding="utf-8")
