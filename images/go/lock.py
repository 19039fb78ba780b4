"""Write every `go.mod` and `go.sum` here anew: `python3 images/go/lock.py [NAME ...]`.

Each folder is a module of ours that requires one published program at one version, so that `go build -mod=readonly`
checks everything it downloads against the committed `go.sum`. To take a newer version, change it in PROGRAMS.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent

#: The language version of the modules; Go fetches a newer toolchain itself where the machine's is older.
GO = "1.26.0"


@dataclass(frozen=True)
class Upstream:
    """What a folder builds.

    Attributes:
        module: The published module.
        version: Its version.
        packages: Its main packages, relative to the module.
    """

    module: str
    version: str
    packages: tuple[str, ...] = ("",)

    @property
    def tools(self) -> list[str]:
        """Import paths of the packages."""
        return [f"{self.module}/{package}".rstrip("/") for package in self.packages]


KUBERNETES_VERSION = "v1.37.2"

PROGRAMS = {
    "containerd": Upstream(
        "github.com/containerd/containerd/v2",
        "v2.3.4",
        ("cmd/containerd", "cmd/ctr", "cmd/containerd-shim-runc-v2"),
    ),
    "coredns": Upstream("github.com/coredns/coredns", "v1.14.6"),
    "cri-tools": Upstream("sigs.k8s.io/cri-tools", "v1.37.0", ("cmd/crictl",)),
    "etcd": Upstream("go.etcd.io/etcd/server/v3", "v3.7.0"),
    "helm": Upstream("helm.sh/helm/v3", "v3.22.0", ("cmd/helm",)),
    "kind": Upstream("sigs.k8s.io/kind", "v0.33.0"),
    "kubernetes": Upstream(
        "k8s.io/kubernetes",
        KUBERNETES_VERSION,
        tuple(
            f"cmd/{name}"
            for name in (
                *("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"),
                *("kubeadm", "kubectl", "kubelet"),
            )
        ),
    ),
    "local-path-provisioner": Upstream("github.com/rancher/local-path-provisioner", "v0.0.30"),
    "metrics-server": Upstream("sigs.k8s.io/metrics-server", "v0.9.0", ("cmd/metrics-server",)),
}


def go(folder: Path, *words: str) -> str:
    """Run the go command in `folder`."""
    return subprocess.run(["go", "-C", str(folder), *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def requirements(upstream: Upstream) -> str:
    """The program's own requirements, so that ours are the versions its makers tested.

    Modules that the program's repository replaces by a folder of itself (Kubernetes does) are published under the
    same version as the program, with 0 for 1.
    """
    with tempfile.TemporaryDirectory() as scratch:
        found = json.loads(go(Path(scratch), "mod", "download", "-json", f"{upstream.module}@{upstream.version}"))
    text = Path(found["GoMod"]).read_text()
    staged = {name: f"v0.{upstream.version.removeprefix('v1.')}" for name in _staged(text)}
    blocks = re.findall(r"^require \((.*?)^\)", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"^require ([^(\s].*)$", text, re.MULTILINE)
    pairs = [line.split()[:2] for line in lines if line.strip() and not line.strip().startswith("//")]
    wanted = [f"\t{name} {staged.get(name, version)}" for name, version in pairs]
    replaced = [f"\t{name} => {name} {version}" for name, version in staged.items()]
    return "\n\n".join(
        [
            "\n".join(["require (", f"\t{upstream.module} {upstream.version}", *wanted, ")"]),
            *(["\n".join(["replace (", *replaced, ")"])] if replaced else []),
        ]
    )


def _staged(text: str) -> list[str]:
    return re.findall(r"^\s*(?:replace )?(k8s\.io/[a-z-]+) => \./staging/", text, re.MULTILINE)


def lock(name: str, upstream: Upstream) -> None:
    """Write `go.mod` and `go.sum` of one program."""
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    (folder / "go.sum").unlink(missing_ok=True)
    tools = "\n".join(["tool (", *(f"\t{path}" for path in upstream.tools), ")"])
    (folder / "go.mod").write_text(f"module cali/images/{name}\n\ngo {GO}\n\n{tools}\n\n{requirements(upstream)}\n")
    go(folder, "mod", "tidy")


def main(names: list[str]) -> None:
    """Lock what is named, or everything."""
    for name, upstream in PROGRAMS.items():
        if not names or name in names:
            print(name, file=sys.stderr)
            lock(name, upstream)


if __name__ == "__main__":
    main(sys.argv[1:])
