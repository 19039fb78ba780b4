"""The cluster itself: one kind node on the sandbox's own network, with a kubeconfig of its own."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import suppress
from pathlib import Path

import yaml
from docker.errors import NotFound
from docker.models.containers import Container
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from sandbox.cluster import folders
from sandbox.cluster.configuration import of_node
from sandbox.containers.faults import asked
from sandbox.containers.runner import Runner
from sandbox.engine import client
from sandbox.errors import SandboxError
from sandbox.images.shelf import is_built
from sandbox.instance import OWNER_VARIABLE
from sandbox.supervision import end_processes, owned_processes

_CLUSTER_LABEL = "io.x-k8s.kind.cluster"
_CREATE_S = 600
_CONTAINERD_S = 60
_REASON_CHARACTERS = 300

#: Folders of the node that the host sees too, by the instance's folder: `send` writes a log there, `trace` reads them.
SHARED = {"containers": "/var/log/containers", "pods": "/var/log/pods"}


class ClusterError(SandboxError):
    """kind did not do what it was asked.

    Attributes:
        action: What it was asked.
    """

    def __init__(self, action: str, reason: str, log: Path) -> None:
        super().__init__(f"kind could not {action}: {reason}", hint=f"all of it: {log}")
        self.action = action


class Node:
    """One kind cluster of one node.

    Args:
        runner: The containers of the instance: the node stands on their network.
    """

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.instance = runner.instance
        #: kind knows no capitals and no `_`; the digest in it keeps it one of its own.
        self.name = re.sub(r"[^a-z0-9.-]", "-", runner.name.lower())
        self.kubeconfig = self.instance.run / "kubeconfig"
        self.log = self.instance.logs / "kind.log"
        self._complete = self.instance.run / "cluster"
        self._making: subprocess.Popen[bytes] | None = None
        self._started: Container | None = None

    def begin(self, kind: Path, image: str, *, own_image: bool) -> None:
        """Have the cluster being made while other things are done; one that is complete is left alone.

        Args:
            kind: The program.
            image: The node's image.
            own_image: Whether it was built here: it brings a network of one node instead of kind's.
        """
        # Of an `up` that was killed, and would make a second node of this name.
        end_processes(owned_processes(self.instance))
        found = self.find()
        if found is not None and self._is_complete(found, image):
            if found.status != "running":
                with asked("start the node"):
                    found.start()
                self._started = found
            return
        self.remove()  # what is left of a run that was killed, of another image, or of a node that is gone
        for folder in self._shared.values():
            folder.mkdir(exist_ok=True)
        self.empty(image)
        with asked("tell of itself"):
            old = str(self.runner.engine.info().get("CgroupVersion", "2")) == "1"
        configuration = self.instance.run / "kind.yaml"
        made = of_node(self._shared, own_image=own_image, old_control_groups=old)
        configuration.write_text(yaml.safe_dump(made))
        argv = [str(kind), "create", "cluster", f"--name={self.name}", f"--image={image}", f"--config={configuration}"]
        argv += [f"--kubeconfig={self.kubeconfig}", "--retain"]
        with self.log.open("wb") as log:
            self._making = subprocess.Popen(
                argv, env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )

    def wait(self, image: str) -> None:
        """Until what `begin` began is done; raises ClusterError."""
        if self._started is not None:
            self._await_containerd(self._started)
            self._started = None
        if self._making is None:
            return
        try:
            code = self._making.wait(_CREATE_S)
        except subprocess.TimeoutExpired as error:
            self._making.kill()
            raise ClusterError("create the cluster", f"not within {_CREATE_S} s", self.log) from error
        if code:
            raise ClusterError("create the cluster", self._last_words(), self.log)
        self._making = None
        self.kubeconfig.chmod(0o600)
        if (found := self.find()) is not None:
            self._complete.write_text(f"{found.id} {image}")

    @retry(
        retry=retry_if_exception_type(SandboxError),
        stop=stop_after_delay(_CONTAINERD_S),
        wait=wait_fixed(0.3),
        reraise=True,
    )
    def _await_containerd(self, node: Container) -> None:
        """A node that was just started takes no images yet."""
        with asked("look into the node"):
            code, output = node.exec_run(["ctr", "version"])
        if code:
            said = output.decode(errors="replace") if isinstance(output, bytes) else ""
            raise ClusterError("start the node", " ".join(said.split())[:_REASON_CHARACTERS], self.log)

    def load(self, kind: Path, images: list[str]) -> None:
        """Have images in the node; those it has already are passed over. Raises ClusterError for one of ours."""
        self._load(kind, [image for image in images if is_built(image)])
        if published := [image for image in images if not is_built(image)]:
            # An engine may hold this machine's part of it alone, which kind refuses: then the node pulls it itself.
            with suppress(ClusterError):
                self._load(kind, published)

    def _load(self, kind: Path, images: list[str]) -> None:
        argv = [str(kind), "load", "docker-image", f"--name={self.name}", *images]
        with self.log.open("ab") as log:
            done = subprocess.run(
                argv, env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
            )
        if done.returncode:
            raise ClusterError("load images", self._last_words(), self.log)

    def find(self) -> Container | None:
        """The node's container; of one that is being made too."""
        filters: dict[str, str | list[str] | bool] = {"label": f"{_CLUSTER_LABEL}={self.name}"}
        with asked("look for the node"):
            found = self.runner.engine.containers.list(all=True, filters=filters, ignore_removed=True)
        return next(iter(found), None)

    @property
    def is_made(self) -> bool:
        """Whether there is, or was, a whole cluster that the kubeconfig is of."""
        return self._complete.exists() and self.kubeconfig.exists()

    @property
    def _shared(self) -> dict[str, Path]:
        return {path: self.instance.root / folder for folder, path in SHARED.items()}

    def remove(self) -> None:
        """Remove the node with its volumes."""
        self._complete.unlink(missing_ok=True)
        end_processes(owned_processes(self.instance))
        self._making = None
        if (found := self.find()) is not None:
            with asked("remove the node"), suppress(NotFound):
                found.remove(force=True, v=True)
        self.kubeconfig.unlink(missing_ok=True)

    def empty(self, image: str) -> None:
        """Remove what a node that is gone wrote into folders of the host; raises ForeignFilesError.

        Args:
            image: A node's image: what it wrote is root's there.
        """
        folders.empty(self.runner, self._shared.values(), image)

    def _is_complete(self, found: Container, image: str) -> bool:
        return self.is_made and self._complete.read_text() == f"{found.id} {image}"

    def _environment(self) -> dict[str, str]:
        """The user's own, but for what would lead kind to another cluster or network."""
        dropped = ("KUBECONFIG", "KIND_CLUSTER_NAME")
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        own = {"KIND_EXPERIMENTAL_DOCKER_NETWORK": self.runner.name, "KIND_EXPERIMENTAL_PROVIDER": "docker"}
        # The `docker` command, by which kind works, must mean the same engine as we do.
        return kept | own | {"DOCKER_HOST": client.address(), OWNER_VARIABLE: str(self.instance.root)}

    def _last_words(self) -> str:
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith(("ERROR", "Error"))]
        return (errors or lines or ["it wrote nothing"])[-1][:_REASON_CHARACTERS]
