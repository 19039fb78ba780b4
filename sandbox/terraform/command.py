"""One call of terraform: its environment, its stream of JSON messages, its errors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sandbox.terraform import diagnostics
from sandbox.terraform.diagnostics import Result
from sandbox.terraform.errors import TerraformMissingError, TerraformVersionError
from sandbox.terraform.target import no_account

_MINIMUM = (1, 10)
#: What a child needs of the user's environment: nothing that names an account, an endpoint or a setting of terraform.
_INHERITED = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
_POLL_S = 0.05
_LOG_BYTES = 5_000_000


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


def environment(data: Path, extra: Mapping[str, str], credentials: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment of terraform.

    Args:
        data: Terraform's data directory.
        extra: Settings that go before all others.
        credentials: Whom it works for; nobody, by default.
    """
    inherited = {name: os.environ[name] for name in (*_INHERITED, *_PROXIES) if os.environ.get(name)}
    return {
        **inherited,
        **(no_account() if credentials is None else credentials),
        "CHECKPOINT_DISABLE": "1",
        "TF_DATA_DIR": str(data),
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        **extra,
    }


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
                    diagnostics.note(result, message["diagnostic"], origins)
            result.code = process.wait()
        except BaseException:
            # Ctrl-C: terraform has its own session, and must be asked to stop so that it lets go of its lock.
            process.terminate()
            process.wait()
            raise
    return result


def plain(  # noqa: PLR0913 - each is a property of a process
    argv: list[str],
    *,
    work: Path,
    environment: Mapping[str, str],
    inherit: int,
    origins: Mapping[str, Path],
    log: Path,
) -> Result:
    """Run one of the commands that have no stream of messages, and gather what it says."""
    # Files, not pipes: a terraform whose reader was killed goes on, and writes its state.
    with tempfile.TemporaryFile() as out, log.open("ab") as record, log.open("rb") as said:
        said.seek(0, os.SEEK_END)
        done = subprocess.run(
            argv,
            cwd=work,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=record,
            check=False,
            pass_fds=(inherit,),
        )
        out.seek(0)
        result = Result(done.returncode, text=out.read().decode(errors="replace"))
        complaint = said.read().decode(errors="replace")
    if done.returncode:
        diagnostics.note_text(result, complaint, origins)
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
