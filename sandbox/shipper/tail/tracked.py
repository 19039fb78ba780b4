"""One file that is followed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from sandbox.shipper.multiline import Joiner

#: So many first bytes tell a file from another that got its inode, or that was written anew in its place. Every CRI
#: line begins with its time in nanoseconds.
HEAD_BYTES = 64


@dataclass(eq=False, slots=True)
class TrackedFile:
    """A file, how far it was read, and what of it is not delivered yet.

    Attributes:
        path: The name it was found under; a rotated file keeps it.
        real: Where that name led to, so that a rotated file can be found again in its folder.
        tag: The tag of its records.
        descriptor: It stays open when the file is renamed or deleted.
        inode: Its identity on the disk.
        position: Offset of the next byte to read.
        rest: The bytes before it that are no whole line yet.
        skipping: Whether the rest of a line that was too long is being passed over.
        head: Its first bytes as they were read.
        gone_at: When its name began to lead elsewhere.
        joiners: Its multi-line state.
        waiting: Starts of what outputs have not acknowledged, by delivery.
        saved: The offset that the database holds.
        behind: Whether the last reading left bytes over: what seems to wait may go on in them.
        modified: Its modification time when it was last looked at.
    """

    path: str
    real: str
    tag: str
    descriptor: int
    inode: int
    position: int = 0
    rest: bytes = b""
    skipping: bool = False
    head: bytes = b""
    gone_at: float | None = None
    joiners: list[Joiner] = field(default_factory=list)
    waiting: dict[int, int] = field(default_factory=dict)
    saved: int = -1
    behind: bool = False
    modified: int = 0

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`; the head is remembered on the way."""
        data = os.pread(self.descriptor, size, self.position)
        if len(self.head) < HEAD_BYTES and data:
            self.head = os.pread(self.descriptor, min(HEAD_BYTES, self.position + len(data)), 0)
        self.position += len(data)
        self.behind = len(data) == size
        return data

    def was_rewritten(self) -> bool:
        """Whether it was cut short or written anew since it was read (copytruncate)."""
        status = os.fstat(self.descriptor)
        if status.st_size < self.position:
            return True
        if status.st_mtime_ns == self.modified:
            return False
        self.modified = status.st_mtime_ns
        return os.pread(self.descriptor, len(self.head), 0) != self.head

    def restart(self) -> None:
        """Read it from its beginning, as after a truncation."""
        self.position = 0
        self.rest = b""
        self.skipping = False
        self.head = b""
        self.waiting.clear()
        self.saved = -1

    def size(self) -> int:
        """Its size now."""
        return os.fstat(self.descriptor).st_size

    def deleted(self) -> bool:
        """Whether no name leads to it any more."""
        return os.fstat(self.descriptor).st_nlink == 0

    def safe_offset(self, held: int | None) -> int:
        """Up to where everything is delivered; `held` is the earliest byte that a filter holds back."""
        starts = [self.position - len(self.rest), *self.waiting.values()]
        starts += [event.start for joiner in self.joiners for event in joiner.pending()]
        if held is not None:
            starts.append(held)
        return min(starts)
