"""The node image of a kind cluster: kind's own base files, and Kubernetes with every image it starts with.

Follows `kind build node-image`: what that takes from GitHub and from registries comes from Go modules instead. A node
has no network plugin of kind's (it is in no package registry) but a static configuration that serves one node.
"""

from __future__ import annotations

import io
import re
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from docker.errors import NotFound
from docker.models.containers import Container
from tenacity import retry, stop_after_delay, wait_fixed

from sandbox.images.artefact import Show
from sandbox.images.errors import BuildError
from sandbox.images.image import LABEL, BuiltImage, Image
from sandbox.images.program import Program, Source
from sandbox.images.workshop import Workshop
from sandbox.instance import REPOSITORY

_NETWORK = REPOSITORY / "images" / "kind-node" / "10-one-node.conflist"
#: Where kind's source has the default storage class.
_STORAGE = "pkg/build/nodeimage/const_storage.go"
_NAMESPACE = "k8s.io"
_PINNED = "io.cri-containerd.pinned=pinned"
_ENTRYPOINT = '["/usr/local/bin/entrypoint", "/sbin/init"]'


@dataclass(frozen=True)
class Storage:
    """The default storage class, which kind has as a constant in its source.

    Attributes:
        provisioner: The name of the provisioner's image.
        helper: The name of the image that makes and removes folders.
        manifest: What is applied.
    """

    provisioner: str
    helper: str
    manifest: str

    @classmethod
    def parse(cls, source: str) -> Storage:
        """Read Go's constants; raises LookupError when they are not as expected."""
        names = dict(re.findall(r'^const (\w+) = "(.*)"$', source, re.MULTILINE))
        manifest = re.search(r"^const defaultStorageManifest = `(.*?)^`$", source, re.MULTILINE | re.DOTALL)
        if manifest is None or not {"storageProvisionerImage", "storageHelperImage"} <= names.keys():
            raise LookupError("kind's storage constants are not where they were")
        pieces = re.split(r"` \+ (\w+) \+ `", manifest[1])
        text = "".join(piece if number % 2 == 0 else names[piece] for number, piece in enumerate(pieces))
        return cls(names["storageProvisionerImage"], names["storageHelperImage"], text)


@dataclass(frozen=True, eq=False, kw_only=True)
class KindNode(BuiltImage):
    """The node: a base, the programs that run on it, and the images in its container runtime.

    Attributes:
        base: systemd, containerd, and kind's files.
        kind: The source of kind.
        programs: kubelet, kubeadm, kubectl, crictl.
        images: The images inside, by the last part of the name Kubernetes gives them, without the tag.
        version: Of Kubernetes.
    """

    base: Image
    kind: Source
    programs: tuple[Program, ...] = ()
    images: Mapping[str, Image] = field(default_factory=dict)
    version: str = ""

    def inputs(self) -> Iterable[str | bytes | Path]:
        """The network configuration, and how it is put together here."""
        yield _NETWORK
        yield Path(__file__)
        yield self.version

    def build(self, show: Show) -> None:
        """Run the base without its init, put everything in, keep the result."""
        self.log.write_text("")
        remove_builder(self.shop)
        container = self.shop.engine.containers.run(
            self.base.reference,
            name=_builder(self.shop),
            entrypoint=["sleep", "infinity"],
            security_opt=["seccomp=unconfined"],
            network_mode="none",
            labels=self.labels,
            detach=True,
        )
        try:
            self._fill(container, show)
            repository, _, tag = self.reference.partition(":")
            changes = [f"ENTRYPOINT {_ENTRYPOINT}", "CMD []", f"LABEL {LABEL}={self.name}"]
            container.commit(repository, tag, changes="\n".join(changes))
        finally:
            container.remove(force=True, v=True)

    def _fill(self, container: Container, show: Show) -> None:
        storage = Storage.parse((self.kind.path / _STORAGE).read_text())
        for item in self.programs:
            folder = "/usr/local/bin" if item.name == "crictl" else "/usr/bin"
            _put(container, f"{folder}/{item.name}", item.path, mode=0o755)
        self._run(container, "mkdir", "-p", "/kind/manifests", "/etc/cni/net.d")
        _put(container, "/kind/version", self.version.encode())
        _put(container, "/kind/manifests/default-storage.yaml", storage.manifest.encode())
        _put(container, "/kind/manifests/default-cni.yaml", b"---\n")
        _put(container, "/etc/cni/net.d/10-one-node.conflist", _NETWORK)
        container.exec_run(["containerd"], detach=True)
        self._await_containerd(container)
        for name in self._wanted(container, storage):
            show(name)
            self._import(container, name)
        self._run(container, "pkill", "containerd")
        self._run(container, "sh", "-c", "while pgrep -x containerd >/dev/null; do sleep 0.2; done")

    def _wanted(self, container: Container, storage: Storage) -> list[str]:
        """The images that Kubernetes and kind start with, under the names they call them by."""
        listed = self._run(container, "kubeadm", "config", "images", "list", "--kubernetes-version", self.version)
        configured = self._run(container, "cat", "/etc/containerd/config.toml")
        paused = re.findall(r'"(\S+/pause:\S+)"', configured)
        return [*dict.fromkeys([*listed.split(), *paused, storage.provisioner, storage.helper])]

    def _import(self, container: Container, name: str) -> None:
        """Put one image into the node's container runtime under the name it is asked for by."""
        key = name.rpartition("/")[2].partition(":")[0]
        ours = self.images[key].reference
        with tempfile.TemporaryFile(dir=self.shop.folder) as archive:
            for chunk in self.shop.engine.api.get_image(ours):
                archive.write(chunk)
            _put(container, "/kind/image.tar", archive)
        ctr = ("ctr", "--namespace", _NAMESPACE, "images")
        self._run(container, *ctr, "import", f"--label={_PINNED}", "--no-unpack", "--digests", "/kind/image.tar")
        full = f"docker.io/{ours}"
        self._run(container, *ctr, "tag", "--force", full, name)
        self._run(container, *ctr, "label", name, _PINNED)
        self._run(container, *ctr, "remove", full)
        self._run(container, "rm", "/kind/image.tar")

    @retry(stop=stop_after_delay(60), wait=wait_fixed(0.3), reraise=True)
    def _await_containerd(self, container: Container) -> None:
        self._run(container, "ctr", "version")

    def _run(self, container: Container, *argv: str) -> str:
        """What a command printed in the container; raises BuildError with what it said beside that."""
        # With `demux` it gives a pair; its type says bytes.
        code, streams = cast("tuple[int, tuple[bytes | None, bytes | None]]", container.exec_run([*argv], demux=True))
        output, errors = ((text or b"").decode(errors="replace") for text in streams)
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(argv)}\n{output}{errors}")
        if code != 0:
            raise BuildError(self.name, f"{argv[0]}: {' '.join((errors or output).split())[-300:]}", self.log)
        return output


def _builder(shop: Workshop) -> str:
    """The container that becomes a node's image: one a lock, whose holder is the only one to build."""
    return f"{shop.lock.stem}-node"


def remove_builder(shop: Workshop) -> None:
    """Remove what a killed build left running; whoever asks holds the shop's lock.

    By its name: a label on it would be on every node of that image too.
    """
    with suppress(NotFound):
        shop.engine.containers.get(_builder(shop)).remove(force=True, v=True)


def _put(container: Container, path: str, content: Path | bytes | IO[bytes], *, mode: int = 0o644) -> None:
    """Write a file into a container that runs."""
    folder, _, name = path.rpartition("/")
    entry = tarfile.TarInfo(name)
    entry.mode = mode
    with tempfile.TemporaryFile() as archive:
        with tarfile.open(fileobj=archive, mode="w") as tar:
            if isinstance(content, Path):
                entry.size = content.stat().st_size
                with content.open("rb") as file:
                    tar.addfile(entry, file)
            elif isinstance(content, bytes):
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
            else:
                entry.size = content.tell()
                content.seek(0)
                tar.addfile(entry, content)
        archive.seek(0)
        container.put_archive(folder, archive)
