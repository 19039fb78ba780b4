"""The programs in Go: which package of which locked module each is, and what is linked into it."""

from __future__ import annotations

from sandbox.images.program import Program, version
from sandbox.images.workshop import Workshop

KUBERNETES = "k8s.io/kubernetes"


def kubernetes(shop: Workshop, name: str, *, for_this_machine: bool = False) -> Program:
    """A program of Kubernetes, which says its version as a release does."""
    release = version("kubernetes", KUBERNETES)
    major, minor, _ = release.removeprefix("v").split(".")
    facts = {"gitVersion": release, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return Program(
        name,
        shop,
        module="kubernetes",
        package=f"{KUBERNETES}/cmd/{name}",
        defines=tuple((f"{package}.{key}", value) for package in packages for key, value in facts.items()),
        tags="selinux,notest",  # As in a release; `notest` leaves out what only its own tests use.
        for_this_machine=for_this_machine,
    )


def other(  # noqa: PLR0913 - what differs from program to program
    shop: Workshop,
    name: str,
    module: str,
    path: str,
    *,
    command: str | None = None,
    variable: str = "",
    for_this_machine: bool = False,
) -> Program:
    """A program of another module.

    Args:
        shop: What it is built with.
        name: What it is called.
        module: The folder in `images/go/`.
        path: The published module.
        command: Its folder below `cmd/` unless that is its name; empty when the module itself is the program.
        variable: The Go variable that holds its version, below the module.
        for_this_machine: Whether it is a tool to run here.
    """
    package = path if command == "" else f"{path}/cmd/{command or name}"
    defines = ((f"{path}/{variable}", version(module, path)),) if variable else ()
    return Program(name, shop, module=module, package=package, defines=defines, for_this_machine=for_this_machine)


def tool(shop: Workshop, name: str) -> Program:
    """A command-line tool for the machine this runs on."""
    if name == "kubectl":
        return kubernetes(shop, name, for_this_machine=True)
    if name == "helm":
        variable = "internal/version.version"
        return other(shop, name, "helm", "helm.sh/helm/v3", variable=variable, for_this_machine=True)
    return other(shop, name, "kind", "sigs.k8s.io/kind", command="", for_this_machine=True)
