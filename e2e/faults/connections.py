"""An audit of connections: every peer that the processes of a sandbox speak to, sampled while they work."""

from __future__ import annotations

import ipaddress
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress

import psutil

_INTERVAL_S = 0.05


class Audit:
    """Samples in a thread of its own until it is left.

    Args:
        processes: The processes to look at, asked anew for every sample.

    Attributes:
        samples: How often a process was looked at.
        peers: Addresses they were connected to, or about to be, and how often each was seen.
        listening: Addresses they listened on.
        programs: The processes seen.
    """

    def __init__(self, processes: Callable[[], Iterable[psutil.Process]]) -> None:
        self._processes = processes
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.samples = 0
        self.peers: Counter[str] = Counter()
        self.listening: set[str] = set()
        self.programs: set[int] = set()

    def __enter__(self) -> Audit:
        """Begin to sample."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop sampling."""
        self._over.set()
        self._thread.join()

    def foreign(self) -> set[str]:
        """Peers that are not on this machine's loopback."""
        return {address for address in self.peers if not ipaddress.ip_address(address).is_loopback}

    def _sample(self) -> None:
        while not self._over.wait(_INTERVAL_S):
            for process in self._processes():
                with suppress(psutil.Error, OSError):
                    for connection in process.net_connections("inet"):
                        if connection.raddr:
                            self.peers[connection.raddr.ip.removeprefix("::ffff:")] += 1
                        elif connection.status == psutil.CONN_LISTEN:
                            self.listening.add(connection.laddr.ip.removeprefix("::ffff:"))
                    self.samples += 1
                    self.programs.add(process.pid)
