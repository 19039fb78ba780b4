"""A sandbox that runs from a copy of the checkout, so that definitions can be changed and the real ones stay."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from e2e.engine_pipeline import EnginePipeline
from e2e.kind_pipeline import KindPipeline
from e2e.pipeline import REPOSITORY, UP_S, Pipeline, home_folder
from e2e.waiting import eventually

#: Run by the real checkout's code: installs what nobody has asked for yet.
_INSTALL = """
from sandbox.install import parts
from sandbox.instance import Home
from sandbox.terminal import Terminal
parts.ensure(Home.from_environment(), Terminal(to_stderr=True))
"""

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
        home: Its CALI_HOME.
    """

    home: Path = field(default_factory=Path)

    @property
    def program(self) -> list[str]:
        """The copy's command line, in the real one's environment."""
        return [str(python()), "-c", "from sandbox.cli import main; main()"]

    @property
    def variables(self) -> dict[str, str]:
        """The package that is installed is the real checkout's, so the copy comes first."""
        return {**super().variables, "CALI_HOME": str(self.home), "PYTHONPATH": str(self.checkout)}

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
    def make(cls, folder: Path) -> Self:
        """A copy below `folder`, with what is installed counted as installed for it."""
        sandbox = cls(f"e2e-{secrets.token_hex(4)}", checkout=_copy(folder), home=folder / "home")
        subprocess.run([str(python()), "-c", _INSTALL], check=True, cwd=REPOSITORY, timeout=UP_S)
        share = [str(python()), "-c", _SHARE, str(sandbox.home), str(home_folder().resolve())]
        environment = {**os.environ, "PYTHONPATH": str(sandbox.checkout)}
        subprocess.run(share, check=True, env=environment, cwd=sandbox.checkout, timeout=60)
        return sandbox

    @property
    def folder(self) -> Path:
        """Where it keeps its state."""
        return self.home / "instances" / self.instance


@dataclass
class CopiedEnginePipeline(CopiedPipeline, EnginePipeline):
    """The same with parts in containers: only images and tools are installed there, and those know no checkout."""

    @classmethod
    def make(cls, folder: Path) -> Self:
        """A copy below `folder` that shares the home of the real one."""
        return cls(f"e2e-{secrets.token_hex(4)}", checkout=_copy(folder), home=home_folder().resolve())


@dataclass
class CopiedKindPipeline(CopiedEnginePipeline, KindPipeline):
    """The same on kind."""


def _copy(folder: Path) -> Path:
    checkout = folder / "checkout"
    shutil.copytree(REPOSITORY, checkout, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return checkout


def python() -> Path:
    """The interpreter of the installed sandbox."""
    return home_folder().resolve() / "envs" / "sandbox" / "bin" / "python"
