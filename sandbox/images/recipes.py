"""How each image of ours is built: from which files, on which base, with which programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from sandbox.images.artefact import MadeFile
from sandbox.images.cluster_recipes import ClusterRecipes
from sandbox.images.debian import DebianImage
from sandbox.images.dockerfile import Content, DockerfileImage
from sandbox.images.image import BuiltImage, Image
from sandbox.images.jars import OpenSearchJars
from sandbox.images.workshop import Workshop
from sandbox.install import locked
from sandbox.instance import REPOSITORY

_FILES = REPOSITORY / "images"
_LOCKS = REPOSITORY / "requirements"

#: The sandbox's servers import these and nothing else of it.
_SERVER_PACKAGES = ("firehose", "shipper", "slack", "definitions", "tls_front.py")
_SERVER_MODULES = ("__init__.py", "errors.py", "jsonlog.py", "termination.py")


class Recipes:
    """Every image and program of ours, each made once.

    Args:
        shop: What they are built with.
        base: Chooses the image that another one stands on: the published one or ours.
    """

    def __init__(self, shop: Workshop, base: Callable[[str], Image]) -> None:
        self.shop = shop
        self._base = base

    # -- bases

    @cached_property
    def bookworm(self) -> BuiltImage:
        """Debian 12."""
        return DebianImage("debian", self.shop, release="bookworm")

    @cached_property
    def trixie(self) -> BuiltImage:
        """Debian 13, for what needs a newer Python."""
        return DebianImage("debian-trixie", self.shop, release="trixie")

    @cached_property
    def python(self) -> BuiltImage:
        """Python 3.11."""
        return self._dockerfile("python", DEBIAN_IMAGE=self.bookworm)

    @cached_property
    def trusting_python(self) -> Image:
        """The Python that workloads stand on: a published one learns this machine's own CAs first."""
        base = self._base("python")
        if isinstance(base, BuiltImage) or not self.shop.settings.certificates:
            return base
        context: dict[str, Content] = {
            f"certificates/{number}.crt": text for number, text in enumerate(self.shop.settings.certificates)
        }
        return self._dockerfile("trusted", "python-trusted", context, BASE_IMAGE=base)

    # -- workloads and servers

    @cached_property
    def consumer(self) -> BuiltImage:
        """From its own folder, as in production."""
        return self._workload("consumer")

    @cached_property
    def log_generator(self) -> BuiltImage:
        """From its own folder, as in production."""
        return self._workload("log-generator")

    @cached_property
    def sandbox(self) -> BuiltImage:
        """Firehose, Slack, the shipper and TLS for Fluent Bit: one image, the module to run is its argument."""
        source: dict[str, Content] = {
            f"sandbox/{name}": REPOSITORY / "sandbox" / name for name in (*_SERVER_PACKAGES, *_SERVER_MODULES)
        }
        context = {"requirements.txt": _FILES / "sandbox" / "requirements.txt", **source}
        return self._dockerfile("sandbox", context=context, PYTHON_IMAGE=self.trusting_python)

    @cached_property
    def model(self) -> BuiltImage:
        """The model stand-in with its inference runtime."""
        context: dict[str, Content] = {
            **{name: _LOCKS / name for name in ("model.txt", "model-nodeps.txt")},
            **{f"sandbox/{name}": REPOSITORY / "sandbox" / name for name in ("model", *_SERVER_MODULES)},
        }
        return self._dockerfile("model", context=context, PYTHON_IMAGE=self.trusting_python)

    @cached_property
    def milvus_lite(self) -> BuiltImage:
        """The vector store."""
        context: dict[str, Content] = {"requirements.txt": _LOCKS / "milvus.txt"}
        return self._dockerfile("milvus-lite", context=context, PYTHON_IMAGE=self.trusting_python)

    @cached_property
    def ministack(self) -> BuiltImage:
        """The lighter AWS emulator, from the lock that the embedded target installs it from."""
        context: dict[str, Content] = {"requirements.txt": _LOCKS / "ministack.txt"}
        return self._dockerfile("ministack", context=context, PYTHON_IMAGE=self.trusting_python)

    @cached_property
    def opensearch(self) -> BuiltImage:
        """A real node from Maven's jars on a Java from PyPI, started as on this machine."""
        context: dict[str, Content] = {
            "requirements.txt": _FILES / "opensearch" / "requirements.txt",
            "start.py": _FILES / "opensearch" / "start.py",
            "sandbox/opensearch_node.py": REPOSITORY / "sandbox" / "opensearch_node.py",
        }
        jars = OpenSearchJars("opensearch-jars", self.shop)
        return self._dockerfile("opensearch", context=context, made={"jars": jars}, PYTHON_IMAGE=self.trusting_python)

    @cached_property
    def localstack(self) -> BuiltImage:
        """LocalStack from PyPI, its Kinesis from npm, from the locks that the embedded target installs it from."""
        folder = _FILES / "localstack"
        context: dict[str, Content] = {
            "build.txt": folder / "requirements.txt",
            "docker-entrypoint.sh": folder / "docker-entrypoint.sh",
            "plugins": REPOSITORY / "localstack-plugins",
            **{name: _LOCKS / name for name in ("localstack.txt", "node.txt", "kinesis-local")},
        }
        arguments = {"KINESIS_VERSION": locked.npm_version("kinesis-local")}
        return self._dockerfile("localstack", context=context, arguments=arguments, DEBIAN_IMAGE=self.trixie)

    # -- the cluster

    @cached_property
    def cluster(self) -> ClusterRecipes:
        """The images of a kind cluster."""
        return ClusterRecipes(self.shop, self.bookworm)

    @property
    def metrics_server(self) -> BuiltImage:
        """What the horizontal autoscaler asks."""
        return self.cluster.metrics_server

    @property
    def kind_node(self) -> BuiltImage:
        """A Kubernetes node."""
        return self.cluster.kind_node

    # -- how they are made

    def _dockerfile(
        self,
        folder: str,
        name: str = "",
        context: Mapping[str, Content] | None = None,
        made: Mapping[str, MadeFile] | None = None,
        arguments: Mapping[str, str] | None = None,
        **bases: Image,
    ) -> BuiltImage:
        return DockerfileImage(
            name or folder,
            self.shop,
            needs=(*bases.values(), *(made or {}).values()),
            dockerfile=_FILES / folder / "Dockerfile",
            context=context or {},
            arguments=arguments or {},
            bases=bases,
            made=made or {},
        )

    def _workload(self, name: str) -> BuiltImage:
        folder = REPOSITORY / name
        return DockerfileImage(
            name,
            self.shop,
            needs=(self.trusting_python,),
            dockerfile=folder / "Dockerfile",
            context={"": folder},
            bases={"PYTHON_IMAGE": self.trusting_python},
        )
