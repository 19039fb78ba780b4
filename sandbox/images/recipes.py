"""How each image of ours is built: from which files, on which base, with which programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property

from sandbox.images import program
from sandbox.images.artefact import BuiltImage, Image, MadeFile, Workshop
from sandbox.images.debian import DebianImage
from sandbox.images.dockerfile import Content, DockerfileImage
from sandbox.images.jars import OpenSearchJars
from sandbox.images.kind_node import KindNode
from sandbox.images.program import Program, Source
from sandbox.instance import REPOSITORY

_FILES = REPOSITORY / "images"
_LOCKS = REPOSITORY / "requirements"

_KUBERNETES = "k8s.io/kubernetes"

#: The sandbox's servers import these and nothing else of it.
_SERVER_PACKAGES = ("firehose", "shipper", "slack", "definitions")
_SERVER_MODULES = ("__init__.py", "errors.py", "jsonlog.py")


#: The images that run one program of Kubernetes each.
_CONTROL_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


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
        """Firehose, Slack and the shipper: one image, the module to run is its argument."""
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
        package = json.loads((_LOCKS / "kinesis-local" / "package.json").read_text())
        arguments = {"KINESIS_VERSION": package["dependencies"]["kinesis-local"]}
        return self._dockerfile("localstack", context=context, arguments=arguments, DEBIAN_IMAGE=self.trixie)

    @cached_property
    def metrics_server(self) -> BuiltImage:
        """What the horizontal autoscaler asks."""
        return self._one_program(self._program("metrics-server", "metrics-server", "sigs.k8s.io/metrics-server"))

    # -- the kind node

    @cached_property
    def pause(self) -> BuiltImage:
        """Holds the namespaces of a pod."""
        return self._one_program(Program("pause", self.shop, module="pause", package="cali/images/pause"))

    @cached_property
    def kind_node(self) -> BuiltImage:
        """A Kubernetes node."""
        images: dict[str, Image] = {
            **{name: self._one_program(self._kubernetes(name)) for name in _CONTROL_PLANE},
            "kube-proxy": self._kube_proxy,
            "etcd": self._one_program(self._program("etcd", "etcd", "go.etcd.io/etcd/server/v3", command="")),
            "coredns": self._one_program(self._program("coredns", "coredns", "github.com/coredns/coredns", command="")),
            "pause": self.pause,
            "local-path-provisioner": self._one_program(
                self._program(
                    "local-path-provisioner",
                    "local-path-provisioner",
                    "github.com/rancher/local-path-provisioner",
                    command="",
                )
            ),
            "local-path-helper": self.bookworm,
        }
        crictl = self._program("crictl", "cri-tools", "sigs.k8s.io/cri-tools", variable="pkg/version.Version")
        programs = (crictl, *(self._kubernetes(name) for name in ("kubelet", "kubeadm", "kubectl")))
        base = self._kind_base
        return KindNode(
            name="kind-node",
            shop=self.shop,
            needs=(base, self._kind_source, *programs, *images.values()),
            base=base,
            kind=self._kind_source,
            programs=programs,
            images=images,
            version=program.version("kubernetes", _KUBERNETES),
        )

    @cached_property
    def _kind_source(self) -> Source:
        return Source("kind-source", self.shop, module="kind", published="sigs.k8s.io/kind")

    @cached_property
    def _kind_base(self) -> BuiltImage:
        files = Source("kind-files", self.shop, module="kind", published="sigs.k8s.io/kind", folder="images/base/files")
        module = "github.com/containerd/containerd/v2"
        programs = [
            self._program(name, "containerd", module, variable="version.Version")
            for name in ("containerd", "ctr", "containerd-shim-runc-v2")
        ]
        return DockerfileImage(
            "kind-node-base",
            self.shop,
            needs=(self.bookworm, files, *programs),
            dockerfile=_FILES / "kind-node" / "Dockerfile",
            bases={"DEBIAN_IMAGE": self.bookworm},
            made={"files": files, **{f"containerd/{item.name}": item for item in programs}},
        )

    @cached_property
    def _kube_proxy(self) -> BuiltImage:
        item = self._kubernetes("kube-proxy")
        return DockerfileImage(
            "kube-proxy",
            self.shop,
            needs=(self.bookworm, item),
            dockerfile=_FILES / "kind-node" / "kube-proxy.Dockerfile",
            bases={"DEBIAN_IMAGE": self.bookworm},
            made={"kube-proxy": item},
        )

    # -- programs for this machine

    def tool(self, name: str) -> Program:
        """A command-line tool for the machine this runs on."""
        if name == "kubectl":
            return self._kubernetes(name, for_this_machine=True)
        if name == "helm":
            variable = "internal/version.version"
            return self._program(name, "helm", "helm.sh/helm/v3", variable=variable, for_this_machine=True)
        return self._program(name, "kind", "sigs.k8s.io/kind", command="", for_this_machine=True)

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

    def _one_program(self, item: Program) -> BuiltImage:
        """An image with one static program and nothing else."""
        text = f'FROM scratch\nCOPY {item.name} /usr/local/bin/\nENV PATH=/usr/local/bin\nENTRYPOINT ["{item.name}"]\n'
        return DockerfileImage(item.name, self.shop, needs=(item,), dockerfile=text.encode(), made={item.name: item})

    def _kubernetes(self, name: str, *, for_this_machine: bool = False) -> Program:
        version = program.version("kubernetes", _KUBERNETES)
        major, minor, _ = version.removeprefix("v").split(".")
        facts = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
        packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
        return Program(
            name,
            self.shop,
            module="kubernetes",
            package=f"{_KUBERNETES}/cmd/{name}",
            defines=tuple((f"{package}.{key}", value) for package in packages for key, value in facts.items()),
            tags="selinux,notest",  # As in a release; `notest` leaves out what only its own tests use.
            for_this_machine=for_this_machine,
        )

    def _program(  # noqa: PLR0913 - what differs from program to program
        self,
        name: str,
        module: str,
        path: str,
        *,
        command: str | None = None,
        variable: str = "",
        for_this_machine: bool = False,
    ) -> Program:
        package = path if command == "" else f"{path}/cmd/{command or name}"
        defines = ((f"{path}/{variable}", program.version(module, path)),) if variable else ()
        return Program(
            name, self.shop, module=module, package=package, defines=defines, for_this_machine=for_this_machine
        )
