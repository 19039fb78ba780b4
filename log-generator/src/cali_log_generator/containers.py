"""Log files of containers, kept as the kubelet keeps them: named by pod, rotated by size, pruned by number."""

from __future__ import annotations

import os
import random
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cali_log_generator.errors import LogWriteError

#: The letters Kubernetes makes names of: no vowels, so that no name is a word.
_SAFE = "bcdfghjklmnpqrstvwxz2456789"


def file_name(service: str, namespace: str, seed: int) -> str:
    """Return `<pod>_<namespace>_<container>-<id>.log`; equal seeds name equal pods: a restart goes on."""
    rng = random.Random(f"{seed}/{service}")  # noqa: S311 - a name, not a secret
    replica_set = "".join(rng.choices(_SAFE, k=10))
    suffix = "".join(rng.choices(_SAFE, k=5))
    container_id = "".join(rng.choices(string.hexdigits[:16], k=64))
    return f"{service}-{replica_set}-{suffix}_{namespace}_{service}-{container_id}.log"


class ContainerLog:
    """One container's log file.

    Args:
        path: The file being written.
        rotate_bytes: It is rotated before a write that would take it above this.
        keep: Files kept, the current one included.
    """

    def __init__(self, path: Path, rotate_bytes: int, keep: int) -> None:
        self.path = path
        self._rotate_bytes = rotate_bytes
        self._keep = keep
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._fd = self._open()

    def add(self, record: bytes) -> None:
        """Take a record to be written by the next `flush`; rotate first when it does not fit."""
        size = os.fstat(self._fd).st_size + self._pending_bytes
        if size and size + len(record) > self._rotate_bytes:
            self.flush()
            self._rotate()
        self._pending.append(record)
        self._pending_bytes += len(record)

    def flush(self) -> None:
        """Write what was added, whole lines in one call.

        Raises:
            LogWriteError: The file cannot be written.
        """
        data = memoryview(b"".join(self._pending))
        self._pending, self._pending_bytes = [], 0
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError as error:
            raise LogWriteError(self.path, error) from error

    def close(self) -> None:
        """Write what is left and close the file."""
        self.flush()
        os.close(self._fd)

    def _open(self) -> int:
        try:
            # Appending: another writer (`sandbox send`) and a truncation must both leave whole lines.
            fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            size = os.fstat(fd).st_size
            if size and os.pread(fd, 1, size - 1) != b"\n":
                os.write(fd, b"\n")  # a killed writer left half a line
        except OSError as error:
            raise LogWriteError(self.path, error) from error
        return fd

    def _rotate(self) -> None:
        os.close(self._fd)
        moment = datetime.now(UTC)
        while (rotated := self.path.with_name(f"{self.path.name}.{moment:%Y%m%d-%H%M%S}")).exists():
            moment += timedelta(seconds=1)  # the kubelet looks every 10 s; here two may fall into one second
        try:
            self.path.rename(rotated)
            old = sorted(self.path.parent.glob(f"{self.path.name}.*"))
            for path in old[: max(0, len(old) - (self._keep - 1))]:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise LogWriteError(self.path, error) from error
        self._fd = self._open()
