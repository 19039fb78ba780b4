"""Programs in Go, built from the module proxy: every download is checked against a committed `go.sum`."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox.images.artefact import MadeFile, Show
from sandbox.images.errors import BuildError
from sandbox.images.running import require, run
from sandbox.instance import REPOSITORY

MODULES = REPOSITORY / "images" / "go"
GO_REMEDY = "install Go 1.21 or newer; it fetches the version it needs"


def require_go() -> None:
    """Raise ToolMissingError without Go."""
    require("go", "to build from the Go module proxy", GO_REMEDY)


@cache
def version(module: str, path: str) -> str:
    """The version of the module `path` in `images/go/<module>/go.mod`."""
    text = (MODULES / module / "go.mod").read_text()
    found = re.search(rf"^(?:require )?\s*{re.escape(path)} (v\S+)", text, re.MULTILINE)
    if found is None:
        raise LookupError(f"images/go/{module}/go.mod requires no {path}")
    return found[1]


@dataclass(frozen=True, eq=False)
class Source(MadeFile):
    """The source of a published module, or a folder in it, in Go's own cache.

    Attributes:
        module: The folder in `images/go/` that locks it.
        published: The module.
        folder: The folder in it.
    """

    module: str = ""
    published: str = ""
    folder: str = ""

    @property
    def path(self) -> Path:
        """Where it is; downloads and checks it when it is not there."""
        require_go()
        version_wanted = f"{self.published}@{version(self.module, self.published)}"
        command = ["go", "mod", "download", "-json", version_wanted]
        answer = subprocess.run(
            command, env=self.shop.go, cwd=MODULES / self.module, capture_output=True, text=True, check=False
        )
        found = json.loads(answer.stdout or "{}")
        if answer.returncode != 0:
            self.log.write_text(answer.stdout + answer.stderr)
            raise BuildError(self.name, str(found.get("Error") or answer.stderr), self.log)
        return Path(found["Dir"]) / self.folder

    def inputs(self) -> Iterable[str | bytes | Path]:
        """The lock alone."""
        yield MODULES / self.module
        yield self.folder

    def exists(self) -> bool:
        """Go keeps it, and finds out by itself."""
        return False

    def build(self, show: Show) -> None:
        """Have it in Go's cache."""
        show(self.published)
        _ = self.path


@dataclass(frozen=True, eq=False)
class Program(MadeFile):
    """One executable without any library of the system.

    Attributes:
        module: The folder in `images/go/`.
        package: Its import path.
        defines: Go variables set at link time, such as a version.
        tags: Build tags.
        for_this_machine: Whether it is a tool to run here, not in an image.
    """

    module: str = ""
    package: str = ""
    defines: tuple[tuple[str, str], ...] = ()
    tags: str = ""
    for_this_machine: bool = False

    @property
    def system(self) -> str:
        """`linux` in images."""
        return sys.platform if self.for_this_machine else "linux"

    @property
    def architecture(self) -> str:
        """The engine's, or this machine's."""
        if not self.for_this_machine:
            return self.shop.architecture
        machine = platform.machine().lower()
        return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)

    @property
    def path(self) -> Path:
        """The executable, named as its users call it, in a folder of its digest."""
        return self.shop.folder / "bin" / self.digest[:12] / self.name

    def inputs(self) -> Iterable[str | bytes | Path]:
        """The locked module, and how it is built."""
        yield MODULES / self.module
        yield repr((self.package, self.defines, self.tags, self.system))

    def exists(self) -> bool:
        """The executable has its final name only when it is whole."""
        return self.path.is_file()

    def build(self, show: Show) -> None:
        """Compile; what an interrupted build compiled is in Go's own cache."""
        require_go()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.log.unlink(missing_ok=True)
        show(self.package)
        draft = self.path.with_suffix(".new")
        flags = " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in self.defines)])
        command = ["go", "build", "-mod=readonly", "-trimpath", "-buildvcs=false", f"-ldflags={flags}"]
        command += [*([f"-tags={self.tags}"] if self.tags else []), "-o", str(draft), self.package]
        target = {"CGO_ENABLED": "0", "GOOS": self.system, "GOARCH": self.architecture}
        run(self.name, command, self.log, environment=self.shop.go | target, directory=MODULES / self.module)
        draft.replace(self.path)
