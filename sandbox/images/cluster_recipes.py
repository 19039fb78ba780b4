"""How the images of a cluster are built: the node with all it starts with, and what the autoscaler asks."""

from __future__ import annotations

from functools import cached_property

from sandbox.images import programs
from sandbox.images.dockerfile import DockerfileImage
from sandbox.images.image import BuiltImage, Image
from sandbox.images.kind_node import KindNode
from sandbox.images.program import Program, Source, version
from sandbox.images.workshop import Workshop
from sandbox.instance import REPOSITORY

_FILES = REPOSITORY / "images" / "kind-node"

#: The images that run one program of Kubernetes each.
_CONTROL_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


class ClusterRecipes:
    """Every image of a cluster, each made once.

    Args:
        shop: What they are built with.
        debian: What those stand on that need more than one program.
    """

    def __init__(self, shop: Workshop, debian: BuiltImage) -> None:
        self.shop = shop
        self._debian = debian

    @cached_property
    def metrics_server(self) -> BuiltImage:
        """What the horizontal autoscaler asks."""
        return _alone(programs.other(self.shop, "metrics-server", "metrics-server", "sigs.k8s.io/metrics-server"))

    @cached_property
    def pause(self) -> BuiltImage:
        """Holds the namespaces of a pod."""
        return _alone(Program("pause", self.shop, module="pause", package="cali/images/pause"))

    @cached_property
    def kind_node(self) -> BuiltImage:
        """A Kubernetes node."""
        plain = {
            "etcd": "go.etcd.io/etcd/server/v3",
            "coredns": "github.com/coredns/coredns",
            "local-path-provisioner": "github.com/rancher/local-path-provisioner",
        }
        images: dict[str, Image] = {
            **{name: _alone(programs.kubernetes(self.shop, name)) for name in _CONTROL_PLANE},
            **{name: _alone(programs.other(self.shop, name, name, path, command="")) for name, path in plain.items()},
            "kube-proxy": self._kube_proxy,
            "pause": self.pause,
            "local-path-helper": self._debian,
        }
        tools = "sigs.k8s.io/cri-tools"
        crictl = programs.other(self.shop, "crictl", "cri-tools", tools, variable="pkg/version.Version")
        on_node = (crictl, *(programs.kubernetes(self.shop, name) for name in ("kubelet", "kubeadm", "kubectl")))
        base = self._kind_base
        return KindNode(
            name="kind-node",
            shop=self.shop,
            needs=(base, self._kind_source, *on_node, *images.values()),
            base=base,
            kind=self._kind_source,
            programs=on_node,
            images=images,
            version=version("kubernetes", programs.KUBERNETES),
        )

    @cached_property
    def _kind_source(self) -> Source:
        return Source("kind-source", self.shop, module="kind", published="sigs.k8s.io/kind")

    @cached_property
    def _kind_base(self) -> BuiltImage:
        files = Source("kind-files", self.shop, module="kind", published="sigs.k8s.io/kind", folder="images/base/files")
        module = "github.com/containerd/containerd/v2"
        runtime = [
            programs.other(self.shop, name, "containerd", module, variable="version.Version")
            for name in ("containerd", "ctr", "containerd-shim-runc-v2")
        ]
        return DockerfileImage(
            "kind-node-base",
            self.shop,
            needs=(self._debian, files, *runtime),
            dockerfile=_FILES / "Dockerfile",
            bases={"DEBIAN_IMAGE": self._debian},
            made={"files": files, **{f"containerd/{item.name}": item for item in runtime}},
        )

    @cached_property
    def _kube_proxy(self) -> BuiltImage:
        item = programs.kubernetes(self.shop, "kube-proxy")
        return DockerfileImage(
            "kube-proxy",
            self.shop,
            needs=(self._debian, item),
            dockerfile=_FILES / "kube-proxy.Dockerfile",
            bases={"DEBIAN_IMAGE": self._debian},
            made={"kube-proxy": item},
        )


def _alone(item: Program) -> BuiltImage:
    """An image with one static program and nothing else."""
    text = f'FROM scratch\nCOPY {item.name} /usr/local/bin/\nENV PATH=/usr/local/bin\nENTRYPOINT ["{item.name}"]\n'
    return DockerfileImage(item.name, item.shop, needs=(item,), dockerfile=text.encode(), made={item.name: item})
