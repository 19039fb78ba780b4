"""Who can be connected to: the sockets of processes, and the ports that an engine publishes for containers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil

_EVERYWHERE = "0.0.0.0"


@dataclass(frozen=True)
class Listener:
    """A port of this machine that somebody listens on.

    Attributes:
        address: The IP address, as the machine or the engine writes it.
        port: The port; 0 for any.
        who: The end of the process's command, or the container's name.
    """

    address: str
    port: int
    who: str

    @property
    def is_on_loopback(self) -> bool:
        """Whether no other machine can connect to it."""
        return ipaddress.ip_address(self.address.removeprefix("::ffff:")).is_loopback


def of_processes(processes: Iterable[psutil.Process]) -> list[Listener]:
    """The listening sockets of processes."""
    found = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # ended meanwhile
            who = " ".join(process.cmdline())[-80:]
            sockets = [one for one in process.net_connections("inet") if one.status == psutil.CONN_LISTEN]
            found += [Listener(one.laddr.ip, one.laddr.port, who) for one in sockets]
    return found


def of_container(summary: Mapping[str, Any]) -> list[Listener]:
    """What a container is published at, by the engine's list of containers."""
    who = summary["Names"][0].removeprefix("/")
    if summary["HostConfig"]["NetworkMode"] == "host":
        return [Listener(_EVERYWHERE, 0, f"{who}, on this machine's own network")]
    ports = summary["Ports"] or ()
    # No address means every one.
    return [Listener(port.get("IP") or _EVERYWHERE, port["PublicPort"], who) for port in ports if "PublicPort" in port]
