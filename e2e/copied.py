"""A sandbox that runs from a copy of the checkout, so that definitions can be changed and the real ones stay."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from e2e.kind_pipeline import KindPipeline
from e2e.pipeline import CLEAN_S, REPOSITORY, UP_S, Pipeline, home_folder
from e2e.waiting import eventually

#: Run by the copy's own code: what is installed counts as installed for the copy, as links to the one installation.
_SHARE = """
import sys
from pathlib import Path
from sandbox.install import java, parts, stamps
from sandbox.instance import Home
home, shared = Home(Path(sys.argv[1])), Home(Path(sys.argv[2]))
with_java = java.find() is None
for own, there in zip(parts.parts(home, with_java=with_java), parts.parts(shared, with_java=with_java), strict=True):
    own.folder.mkdir(parents=True)
    for entry in there.folder.iterdir():
        if not entry.name.startswith(".installed-from"):
            (own.folder / entry.name).symlink_to(entry)
    stamps.remember(own.folder, own.digest)
(home.environments / "sandbox").symlink_to(shared.environments / "sandbox")
"""


@dataclass
class CopiedPipeline(Pipeline):
    """A sandbox that runs from a copy of the checkout.

    Attributes:
        checkout: The copy.
        home: Its CALI_HOME.
    """

    checkout: Path = field(default_factory=Path)
    home: Path = field(default_factory=Path)

    def command(
        self, *arguments: str, stdin: bytes | None = None, timeout_s: float = 120, check: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the copy's command line; the installed package is the real checkout's, so the copy comes first."""
        environment = {
            **os.environ,
            "CALI_INSTANCE": self.instance,
            "CALI_HOME": str(self.home),
            "PYTHONPATH": str(self.checkout),
        }
        done = subprocess.run(
            [str(python()), "-c", "from sandbox.cli import main; main()", *arguments],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            env=environment,
            cwd=self.checkout,
            timeout=timeout_s,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"sandbox {' '.join(arguments)}: {done.stderr.decode()}{done.stdout.decode()}")
        return done

    def change(self, file: str, old: str, new: str) -> None:
        """Replace a text that is there exactly once."""
        path = self.checkout / file
        text = path.read_text()
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new))

    def shipped(self, *lines: str) -> list[dict[str, Any]]:
        """What the stream holds of lines that are sent now."""
        sent = self.send(*lines, service="changed")

        def look() -> list[dict[str, Any]]:
            documents = [json.loads(r["Data"]) for r in self.stream_records() if r["Data"][:1] == b"{"]
            return [d for d in documents if d.get("time") in {one["time"] for one in sent}]

        return eventually(look, "the lines in the stream")

    @classmethod
    def make(cls, folder: Path) -> CopiedPipeline:
        """A copy below `folder`, with what is installed counted as installed for it."""
        sandbox = cls(f"e2e-{secrets.token_hex(4)}", checkout=_copy(folder), home=folder / "home")
        share = [str(python()), "-c", _SHARE, str(sandbox.home), str(home_folder().resolve())]
        environment = {**os.environ, "PYTHONPATH": str(sandbox.checkout)}
        subprocess.run(share, check=True, env=environment, cwd=sandbox.checkout, timeout=60)
        return sandbox

    @property
    def folder(self) -> Path:
        """Where it keeps its state."""
        return self.home / "instances" / self.instance


@dataclass
class CopiedKindPipeline(CopiedPipeline, KindPipeline):
    """The same on kind: nothing but images and tools is installed there, and those know no checkout."""

    @classmethod
    def make(cls, folder: Path) -> CopiedKindPipeline:
        """A copy below `folder` that shares the home of the real one."""
        return cls(f"e2e-{secrets.token_hex(4)}", checkout=_copy(folder), home=home_folder().resolve())


def _copy(folder: Path) -> Path:
    checkout = folder / "checkout"
    shutil.copytree(REPOSITORY, checkout, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return checkout


@contextmanager
def copied(folder: Path) -> Iterator[CopiedPipeline]:
    """A copy that is up on the target CALI_TARGET names, and gone afterwards."""
    chosen = CopiedKindPipeline if os.environ.get("CALI_TARGET") == "kind" else CopiedPipeline
    if reason := chosen.cannot_run():
        pytest.skip(reason)
    # The real one is installed by whoever asks it for anything.
    subprocess.run([str(REPOSITORY / "bin" / "sandbox"), "--version"], check=True, capture_output=True, timeout=UP_S)
    sandbox = chosen.make(folder)
    try:
        sandbox.up()
        yield sandbox
    finally:
        sandbox.command("clean", check=False, timeout_s=CLEAN_S)
        shutil.rmtree(folder)
    assert not sandbox.leftovers()


def python() -> Path:
    """The interpreter of the installed sandbox."""
    return home_folder().resolve() / "envs" / "sandbox" / "bin" / "python"
