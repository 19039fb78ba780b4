"""Images that a Dockerfile describes, built through the engine's API: no docker command, no buildx."""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from docker.errors import APIError
from docker.errors import BuildError as EngineBuildError
from docker.utils.build import exclude_paths

from sandbox.images.artefact import MadeFile, Show
from sandbox.images.digests import files, is_executable
from sandbox.images.errors import BuildError
from sandbox.images.image import LABEL, BuiltImage, Image

#: Installers inside a build take these from the machine; Docker knows the proxy variables by itself.
_PASSED_ON = ("PIP_INDEX_URL", "NPM_CONFIG_REGISTRY")
_PROXIES = tuple(name for base in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY") for name in (base, base.lower()))

#: A build gives way to containers that run: they have 1024 shares unless told otherwise.
_CPU_SHARES = 256

_REASON_CHARACTERS = 300

Content = Path | bytes


@dataclass(frozen=True, eq=False)
class DockerfileImage(BuiltImage):
    """An image built from a Dockerfile and a context.

    Attributes:
        dockerfile: The Dockerfile, as a file or as text.
        context: Name in the context to the file, folder or bytes that go there.
        arguments: Build arguments: all the `ARG`s of the Dockerfile that decide what it becomes.
        bases: Build argument to the image of ours that it names.
        made: Name in the context to what another artefact makes; that one's digest stands for its content.
    """

    dockerfile: Content = b""
    context: Mapping[str, Content] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    bases: Mapping[str, Image] = field(default_factory=dict)
    made: Mapping[str, MadeFile] = field(default_factory=dict)

    def inputs(self) -> Iterable[str | bytes | Path]:
        """Dockerfile, context, arguments."""
        yield self.dockerfile if isinstance(self.dockerfile, bytes) else self.dockerfile.read_bytes()
        yield repr(sorted(self.arguments.items()))
        for name, content in sorted(self.context.items()):
            yield name
            for inner, part in _entries(name, content):
                yield inner
                yield part
        yield repr(sorted(self.made))

    def build(self, show: Show) -> None:
        """Send the context to the engine and follow what it says."""
        arguments = {name: base.reference for name, base in self.bases.items()} | dict(self.arguments)
        # An index of pip.conf is known by uv's name alone.
        index = self.shop.environment.get("UV_DEFAULT_INDEX", "")
        environment = {"PIP_INDEX_URL": index, **self.shop.environment}
        arguments |= {name: environment[name] for name in (*_PASSED_ON, *_PROXIES) if environment.get(name)}
        with tempfile.TemporaryFile() as archive, self.log.open("w") as log:
            self.pack(archive)
            archive.seek(0)
            try:
                answers = self.shop.engine.api.build(
                    fileobj=archive, custom_context=True, tag=self.reference, buildargs=arguments,
                    labels=self.labels, rm=True, forcerm=True, decode=True, container_limits={"cpushares": _CPU_SHARES},
                )  # fmt: skip
                self._follow(cast("Iterator[dict[str, Any]]", answers), log, show)
            except (APIError, EngineBuildError) as error:
                raise BuildError(self.name, str(error)[:_REASON_CHARACTERS], self.log) from error

    def _follow(self, answers: Iterable[Mapping[str, Any]], log: IO[str], show: Show) -> None:
        """Show the steps; a step that fails is told with the last line it printed."""
        last = ""
        for answer in answers:
            line = str(answer.get("stream") or answer.get("error") or "")
            log.write(line)
            log.flush()
            if "error" in answer:
                raise BuildError(self.name, (last or " ".join(line.split()))[:_REASON_CHARACTERS], self.log)
            last = line.strip() or last
            if line.startswith("Step "):
                show(last)

    def pack(self, archive: IO[bytes]) -> None:
        """Write the context with the Dockerfile: nothing in it says which machine made it."""
        with tarfile.open(fileobj=archive, mode="w") as tar:
            text = self.dockerfile if isinstance(self.dockerfile, bytes) else self.dockerfile.read_bytes()
            _add(tar, "Dockerfile", label_stages(text, self.name))
            made = ((name, artefact.path) for name, artefact in self.made.items())
            for name, content in (*self.context.items(), *made):
                for inner, path in _entries(name, content):
                    _add(tar, inner, path)


def label_stages(dockerfile: bytes, name: str) -> bytes:
    """Label the stages that are left behind as nameless images: the engine itself labels the last one alone."""
    lines: list[str] = []
    stages = 0
    for line in dockerfile.decode().splitlines(keepends=True):
        if line.startswith("FROM "):
            if stages:
                lines.append(f"LABEL {LABEL}={name}\n")
            stages += 1
        lines.append(line)
    return "".join(lines).encode()


def _entries(name: str, content: Content) -> Iterator[tuple[str, Content]]:
    """Every file of one item of a context, by its name in there; a folder's own `.dockerignore` is heeded."""
    if isinstance(content, bytes) or not content.is_dir():
        yield name, content
        return
    ignore = content / ".dockerignore"
    chosen: Iterable[Path] = files(content)
    if ignore.exists():
        patterns = [line for line in ignore.read_text().splitlines() if line.strip() and not line.startswith("#")]
        chosen = sorted(path for word in exclude_paths(str(content), patterns) if (path := content / word).is_file())
    for path in chosen:
        if path != ignore:
            yield str(Path(name) / path.relative_to(content)), path


def _add(tar: tarfile.TarFile, name: str, content: Content) -> None:
    """Add a file with nothing of this machine in it: no owner, no time, one of two modes."""
    entry = tarfile.TarInfo(name)
    entry.mode = 0o755 if isinstance(content, Path) and is_executable(content) else 0o644
    if isinstance(content, bytes):
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    else:
        entry.size = content.stat().st_size
        with content.open("rb") as file:
            tar.addfile(entry, file)
