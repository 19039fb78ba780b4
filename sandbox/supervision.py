"""The processes of an instance, run by supervisord: start, stop, restart, what state they are in, and no orphans."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import psutil
from supervisor.xmlrpc import Faults, SupervisorTransport

from sandbox.errors import SandboxError
from sandbox.instance import OWNER_VARIABLE, Instance
from sandbox.services.base import ProcessState, Program

#: The log of one service stays under this times (backups + 1).
LOG_BYTES = "10MB"
LOG_BACKUPS = 2

_DAEMON_START_S = 15.0

#: Longer than any program may take to end.
_DAEMON_STOP_S = 60.0
_STOPPED = frozenset({"STOPPED", "EXITED", "FATAL", "UNKNOWN"})


class SupervisorError(SandboxError):
    """supervisord did not do what it was asked.

    Attributes:
        action: What it was asked.
    """

    def __init__(self, action: str, reason: str, log: Path) -> None:
        super().__init__(f"the supervisor could not {action}: {reason}", hint=f"see {log}")
        self.action = action


class Supervisor:
    """Runs the processes of one instance through supervisord (https://supervisord.org)."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._programs = instance.run / "programs"
        self._config = instance.run / "supervisord.conf"
        self._log = instance.logs / "supervisord.log"

    @property
    def _api(self) -> Any:  # the XML-RPC proxy is dynamic by nature
        transport = SupervisorTransport(None, None, f"unix://{self.instance.socket}")
        # The address is only a form the client insists on: the transport talks to the socket.
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def is_running(self) -> bool:
        """Whether supervisord answers."""
        try:
            return bool(self._api.getState()["statename"] == "RUNNING")
        except (OSError, xmlrpc.client.Error):
            return False

    def start(self) -> None:
        """Start supervisord unless it runs; raises SupervisorError."""
        self._programs.mkdir(parents=True, exist_ok=True)
        if self.is_running():
            return
        # A supervisor that was killed leaves its processes behind, which hold the ports the new ones need.
        end_processes(owned_processes(self.instance))
        for stale in self._programs.glob("*.ini"):
            stale.unlink()
        self.instance.socket.parent.mkdir(mode=0o700, exist_ok=True)
        # One that somebody else made there cannot be made ours, and is an error.
        self.instance.socket.parent.chmod(0o700)
        self._config.write_text(_daemon_config(self.instance, self._log))
        argv = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._config)]
        done = subprocess.run(
            argv, env=base_environment(self.instance), capture_output=True, text=True, check=False, cwd="/"
        )
        if done.returncode:
            raise SupervisorError("start", (done.stderr or done.stdout).strip().splitlines()[0], self._log)
        deadline = time.monotonic() + _DAEMON_START_S
        while not self.is_running():
            if time.monotonic() > deadline:
                raise SupervisorError("start", f"no answer in {_DAEMON_START_S:.0f} s", self._log)
            time.sleep(0.05)

    def run(self, name: str, program: Program) -> None:
        """Have `program` running under `name`; a running one with the same definition is left alone."""
        specification = _specification(program, self.instance)
        file = self._programs / f"{name}.json"
        known = self.states()
        unchanged = file.exists() and file.read_text() == specification
        if name in known and unchanged:
            if known[name].state in _STOPPED:
                self.start_one(name)
            return
        file.write_text(specification)
        file.with_suffix(".ini").write_text(_program_config(name, program, self.instance, file))
        if name in known:
            self.stop_one(name)
            self._call("forget", "removeProcessGroup", name)
        self._call("read its configuration", "reloadConfig")
        self._call(f"add {name}", "addProcessGroup", name)
        self.start_one(name)

    def start_one(self, name: str) -> None:
        """Start a stopped process."""
        self._call(f"start {name}", "startProcess", name, False, tolerate=Faults.ALREADY_STARTED)

    def stop_one(self, name: str) -> None:
        """Stop a process and wait for its end."""
        self._call(f"stop {name}", "stopProcess", name, True, tolerate=Faults.NOT_RUNNING)

    def states(self) -> dict[str, ProcessState]:
        """Every process known to supervisord; empty when it does not run."""
        try:
            rows = cast("list[dict[str, Any]]", self._api.getAllProcessInfo())
        except (OSError, xmlrpc.client.Error):
            return {}
        return {
            row["name"]: ProcessState(row["statename"], row["pid"] or None, row["description"] or row["spawnerr"])
            for row in rows
        }

    def stop(self, first: Sequence[str] = ()) -> None:
        """End every process of the instance, then supervisord, then whatever outlived a crash of it.

        Args:
            first: Processes to end before the others, one after the other: what hands its data on ends before what
                takes it, or it would wait in vain.
        """
        known = self.states()
        for name in first:
            if name in known:
                self.stop_one(name)
        if daemon := self._daemon():
            with suppress(OSError, xmlrpc.client.Error):
                self._api.shutdown()
            # It stops answering when the shutdown begins, and ends when every process has.
            with suppress(psutil.TimeoutExpired):
                daemon.wait(_DAEMON_STOP_S)
        end_processes(owned_processes(self.instance))
        self.instance.socket.unlink(missing_ok=True)
        with suppress(OSError):
            self.instance.socket.parent.rmdir()

    def _daemon(self) -> psutil.Process | None:
        """The running supervisord, None when there is none."""
        try:
            return psutil.Process(int(self._api.getPID()))
        except (OSError, xmlrpc.client.Error, psutil.NoSuchProcess):
            return None

    def _call(self, action: str, method: str, *arguments: object, tolerate: int | None = None) -> None:
        try:
            getattr(self._api, method)(*arguments)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != tolerate:
                raise SupervisorError(action, fault.faultString, self._log) from fault
        except OSError as error:
            raise SupervisorError(action, str(error), self._log) from error


def base_environment(instance: Instance) -> dict[str, str]:
    """The environment every process starts from: none of the user's AWS, OpenAI or proxy settings."""
    kept = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    return environment | {OWNER_VARIABLE: str(instance.root)}


def owned_processes(instance: Instance) -> list[psutil.Process]:
    """Every running process that an `up` of this instance started, found by the mark in its environment."""
    owned = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(OWNER_VARIABLE) == str(instance.root) and process.pid != os.getpid():
                owned.append(process)
        except (psutil.Error, OSError):
            continue  # another user's, or gone meanwhile
    return owned


def end_processes(processes: Iterable[psutil.Process], *, patience_s: float = 10.0) -> None:
    """Ask the processes to end, and kill those that do not within `patience_s` seconds."""
    waiting = list(processes)
    for process in waiting:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(waiting, timeout=patience_s)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)


def _escape(text: str) -> str:
    """Supervisord expands %(name)s in its configuration; a plain % is doubled."""
    return text.replace("%", "%%")


def _daemon_config(instance: Instance, log: Path) -> str:
    return f"""[unix_http_server]
file={_escape(str(instance.socket))}
chmod=0700

[supervisord]
logfile={_escape(str(log))}
logfile_maxbytes={LOG_BYTES}
logfile_backups={LOG_BACKUPS}
pidfile={_escape(str(instance.run / "supervisord.pid"))}
childlogdir={_escape(str(instance.logs))}
umask=077

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[include]
files=programs/*.ini
"""


def _specification(program: Program, instance: Instance) -> str:
    """The file `sandbox.launch` reads: it decides whether a running process is still the one that is wanted."""
    return json.dumps(
        {
            "argv": program.argv,
            "environment": {**base_environment(instance), **program.environment},
            "directory": str(program.directory or instance.root),
            "stop": [program.stop_signal, program.stop_wait_s],
        },
        indent=1,
        sort_keys=True,
    )


def _program_config(name: str, program: Program, instance: Instance, specification: Path) -> str:
    command = shlex.join([sys.executable, "-I", str(Path(__file__).with_name("launch.py")), str(specification)])
    return f"""[program:{name}]
command={_escape(command)}
autostart=false
autorestart=true
startsecs=1
startretries=20
stopsignal={program.stop_signal}
stopwaitsecs={program.stop_wait_s}
killasgroup=true
redirect_stderr=true
stdout_logfile={_escape(str(instance.logs / f"{name}.log"))}
stdout_logfile_maxbytes={LOG_BYTES}
stdout_logfile_backups={LOG_BACKUPS}
"""
