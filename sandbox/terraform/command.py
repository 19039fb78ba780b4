"""One call of terraform: its environment, its stream of JSON messages, its errors."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sandbox.isolation import LOCAL_CREDENTIALS
from sandbox.terraform.errors import TerraformMissingError, TerraformVersionError

_MINIMUM = (1, 10)
#: What a child needs of the user's environment: nothing that names an account, an endpoint or a setting of terraform.
_INHERITED = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
_POLL_S = 0.05
_LOG_BYTES = 5_000_000
_LOCK_ID = re.compile(r"^\s*ID:\s+([0-9a-fA-F-]{36})", re.MULTILINE)
_LOCK_HOLDER = re.compile(r"Who:\s+(\S+)")


@dataclass(frozen=True)
class Binary:
    """The terraform on PATH.

    Attributes:
        path: Where it is.
        version: Its version.
        platform: Its name of this machine.
    """

    path: str
    version: str
    platform: str

    @classmethod
    def find(cls) -> Binary:
        """The terraform on PATH; raises TerraformMissingError or TerraformVersionError."""
        path = shutil.which("terraform")
        if path is None:
            raise TerraformMissingError
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        environment |= {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
        answer = subprocess.run(
            [path, "version", "-json"], env=environment, capture_output=True, text=True, check=False, timeout=30
        )
        try:
            document = json.loads(answer.stdout)
        except ValueError as error:
            raise TerraformMissingError from error
        version = str(document["terraform_version"])
        if tuple(int(part) for part in version.split("-", maxsplit=1)[0].split(".")[:2]) < _MINIMUM:
            raise TerraformVersionError(version, "1.10 or newer")
        return cls(path, version, str(document["platform"]))


def environment(data: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of terraform on a local target."""
    inherited = {name: os.environ[name] for name in (*_INHERITED, *_PROXIES) if os.environ.get(name)}
    return {
        **inherited,
        **LOCAL_CREDENTIALS,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
        "TF_DATA_DIR": str(data),
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        **extra,
    }


@dataclass
class Result:
    """What terraform said.

    Attributes:
        code: Its exit code.
        errors: Every error, as `file:line: summary: detail`.
        in_definitions: Whether one of them points into a file.
        messages: All of its JSON messages.
        lock: The id of the lock that somebody else holds; empty when none does.
        lock_holder: Who holds it.
    """

    code: int
    errors: list[str] = field(default_factory=list)
    in_definitions: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    lock: str = ""
    lock_holder: str = ""

    def last(self, kind: str) -> dict[str, Any]:
        """The last message of a kind; empty when there was none."""
        return next((message for message in reversed(self.messages) if message.get("type") == kind), {})


def run(  # noqa: PLR0913 - each is a property of a process
    argv: list[str],
    *,
    work: Path,
    environment: Mapping[str, str],
    inherit: int,
    origins: Mapping[str, Path],
    log: Path,
    listen: Callable[[dict[str, Any]], None] | None = None,
) -> Result:
    """Run terraform with `-json` and gather what it says, which stays in `log`.

    Terraform writes to the file itself: through a pipe, it would die amid an apply when the sandbox is killed.
    """
    result = Result(0)
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.unlink()
    with log.open("ab") as record, log.open("rb") as said:
        said.seek(0, os.SEEK_END)
        process = subprocess.Popen(
            argv,
            cwd=work,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=record,
            stderr=subprocess.STDOUT,
            pass_fds=(inherit,),
            start_new_session=True,
        )
        try:
            for message in _messages(said, process):
                result.messages.append(message)
                if listen:
                    listen(message)
                if message.get("type") == "diagnostic":
                    _note(result, message["diagnostic"], origins)
            result.code = process.wait()
        except BaseException:
            # Ctrl-C: terraform has its own session, and must be asked to stop so that it lets go of its lock.
            process.terminate()
            process.wait()
            raise
    return result


def _messages(said: BinaryIO, process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """Every message, as it is written, until the process has ended and all is read."""
    rest = b""
    while True:
        ended = process.poll() is not None
        chunk = said.read()
        *lines, rest = (rest + chunk).split(b"\n")
        if ended and rest:
            lines.append(rest)
        for line in filter(None, lines):
            yield _message(line)
        if ended:
            return
        if not chunk:
            try:
                process.wait(_POLL_S)
            except subprocess.TimeoutExpired:
                continue


def _message(line: bytes) -> dict[str, Any]:
    text = line.decode(errors="replace")
    try:
        message = json.loads(text)
    except ValueError:
        message = None
    return message if isinstance(message, dict) else {"type": "text", "@message": text.rstrip()}


def _note(result: Result, diagnostic: Mapping[str, Any], origins: Mapping[str, Path]) -> None:
    if diagnostic.get("severity") != "error":
        return
    detail = str(diagnostic.get("detail") or "")
    found = _LOCK_ID.search(detail)
    if found and "lock" in str(diagnostic.get("summary", "")).lower():
        result.lock = found[1]
        holder = _LOCK_HOLDER.search(detail)
        result.lock_holder = holder[1] if holder else ""
    place = ""
    span = diagnostic.get("range")
    if span:
        # An error of a resource points into a file too, but the file is not what is wrong.
        result.in_definitions |= not diagnostic.get("address")
        name = str(span.get("filename", ""))
        origin = origins.get(name)
        place = f"{_short(origin) if origin else name}:{span.get('start', {}).get('line', 0)}: "
    address = f"{diagnostic['address']}: " if diagnostic.get("address") else ""
    text = " ".join(detail.split())
    result.errors.append(f"{place}{address}{diagnostic.get('summary', '')}{': ' if text else ''}{text}")


def _short(path: Path) -> str:
    parts = path.parts
    return "/".join(parts[parts.index("terraform") :]) if "terraform" in parts else path.name
