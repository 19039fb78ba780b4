from __future__ import annotations

import ast
import io
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.images import program, programs
from sandbox.images.artefact import Artefact
from sandbox.images.catalogue import BUILDABLE, CATALOGUE
from sandbox.images.dockerfile import DockerfileImage, label_stages
from sandbox.images.errors import BuildError
from sandbox.images.image import LABEL
from sandbox.images.kind_node import Storage
from sandbox.images.program import MODULES, Program
from sandbox.images.settings import Settings
from sandbox.images.shelf import Shelf
from sandbox.images.workshop import Workshop
from sandbox.instance import REPOSITORY, Home
from sandbox.terminal import Terminal

if TYPE_CHECKING:
    from .conftest import FakeEngine

KIND_SOURCE = """\
package nodeimage

const storageProvisionerImage = "docker.io/kindest/provisioner:v1"
const storageHelperImage = "docker.io/kindest/helper:v2"

var defaultStorageImages = []string{storageProvisionerImage, storageHelperImage}

const defaultStorageManifest = `
image: ` + storageProvisionerImage + `
args: ["` + storageHelperImage + `"]
`
"""


@pytest.fixture
def shelf(shop: Workshop) -> Shelf:
    return Shelf(replace(shop, settings=Settings(source="built")), Terminal())


def everything(artefacts: list[Artefact]) -> dict[str, Artefact]:
    found: dict[str, Artefact] = {}
    for artefact in artefacts:
        found |= {artefact.digest: artefact} | everything(list(artefact.needs))
    return found


def context(image: DockerfileImage) -> dict[str, tarfile.TarInfo]:
    archive = io.BytesIO()
    image.pack(archive)
    archive.seek(0)
    with tarfile.open(fileobj=archive) as tar:
        return {member.name: member for member in tar.getmembers()}


def test_every_image_has_a_recipe_and_every_program_a_lock(shelf: Shelf) -> None:
    artefacts = everything([shelf.built(name) for name in BUILDABLE]).values()
    names = {artefact.name for artefact in artefacts}
    assert {"debian", "python", "kubelet", "containerd", "etcd", "coredns", "kube-proxy", "pause"} <= names
    for item in artefacts:
        if isinstance(item, Program) and item.name != "pause":
            text = (MODULES / item.module / "go.mod").read_text()
            assert (MODULES / item.module / "go.sum").stat().st_size > 0
            assert item.package in text, f"{item.package} is no tool of images/go/{item.module}"


def test_a_version_is_read_from_the_lock_and_linked_in(shelf: Shelf) -> None:
    kubelet = next(a for a in everything([shelf.built("kind-node")]).values() if a.name == "kubelet")
    assert isinstance(kubelet, Program)
    locked = program.version("kubernetes", "k8s.io/kubernetes")
    assert dict(kubelet.defines)["k8s.io/component-base/version.gitVersion"] == locked
    with pytest.raises(LookupError, match=r"requires no example\.com/none"):
        program.version("kubernetes", "example.com/none")


def test_a_program_for_this_machine_needs_no_engine(shop: Workshop) -> None:
    def no_engine() -> None:
        raise AssertionError("asked for an engine")

    offline = Shelf(replace(shop, connect=no_engine), Terminal())  # type: ignore[arg-type]
    assert not programs.tool(offline.shop, "kind").exists()


def test_the_context_of_a_workload_is_its_code_and_its_lock(shelf: Shelf) -> None:
    image = shelf.recipes.consumer
    assert isinstance(image, DockerfileImage)
    names = context(image)
    assert {"Dockerfile", "requirements.txt", "src/cali_consumer/main.py"} <= names.keys()
    assert not [name for name in names if "test" in name or name.endswith((".pyc", ".md", ".in"))]


def test_nothing_of_this_machine_is_in_a_context(shelf: Shelf) -> None:
    image = shelf.recipes.consumer
    assert isinstance(image, DockerfileImage)
    for member in context(image).values():
        assert (member.uid, member.gid, member.mtime, member.uname) == (0, 0, 0, "")
        assert member.mode in {0o644, 0o755}


def test_only_what_the_servers_import_is_in_their_image(shelf: Shelf) -> None:
    """Else each change of a command would make a new image, and each rollout would restart everything."""
    image = shelf.recipes.sandbox
    assert isinstance(image, DockerfileImage)
    names = context(image)
    assert "sandbox/firehose/__main__.py" in names
    assert "sandbox/slack/feed.html" in names
    assert not [name for name in names if name.startswith(("sandbox/commands", "sandbox/targets", "sandbox/images"))]


def test_all_that_the_servers_import_is_in_their_image(shelf: Shelf) -> None:
    image = shelf.recipes.sandbox
    assert isinstance(image, DockerfileImage)
    names = context(image)
    programs = {name for name in names if name.endswith(("__main__.py", "tls_front.py"))}
    assert {
        f"sandbox/{name}"
        for name in ("shipper/__main__.py", "firehose/__main__.py", "slack/__main__.py", "tls_front.py")
    } <= programs
    assert _reached(programs) - names.keys() == set()


def _reached(programs: set[str]) -> set[str]:
    """The files of the package that programs import, directly or not."""
    seen: set[str] = set()
    left = set(programs)
    while left:
        name = left.pop()
        seen.add(name)
        for node in ast.walk(ast.parse((REPOSITORY / name).read_text())):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            else:
                continue
            left |= {file for module in modules for file in _files(module)} - seen
    return seen


def _files(module: str) -> set[str]:
    """The files of a module of ours, the packages it lies in among them."""
    parts = module.split(".")
    if parts[0] != "sandbox":
        return set()
    candidates = {"/".join(parts) + ".py"}
    candidates |= {"/".join([*parts[:depth], "__init__.py"]) for depth in range(1, len(parts) + 1)}
    return {name for name in candidates if (REPOSITORY / name).is_file()}


def test_a_change_of_the_code_is_a_change_of_the_image(shop: Workshop, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "main.py").write_text("print(1)")

    def image() -> DockerfileImage:
        return DockerfileImage("x", shop, dockerfile=b"FROM scratch\n", context={"": source})

    before = image().reference
    (source / "main.py").write_text("print(2)")
    assert image().reference != before


def test_every_stage_of_a_build_can_be_found_again() -> None:
    text = b"ARG BASE\nFROM ${BASE} AS build\nRUN x\n\nFROM ${BASE}\nCOPY --from=build /x /x\n"
    assert label_stages(text, "x") == text.replace(b"\n\nFROM", f"\n\nLABEL {LABEL}=x\nFROM".encode())
    assert label_stages(b"FROM scratch\nCOPY x /\n", "x") == b"FROM scratch\nCOPY x /\n"


def test_a_step_that_fails_is_told_by_what_it_printed_last(shop: Workshop, engine: FakeEngine) -> None:
    said = [
        {"stream": "Step 2/9 : RUN pip install\n"},
        {"stream": "ERROR: no matching distribution\n"},
        {"stream": "\n"},
        {"error": "The command '/bin/sh -c pip install' returned a non-zero code: 1"},
    ]
    engine.api.build = lambda **_: iter(said)
    shown: list[str] = []
    with pytest.raises(BuildError, match="x could not be built: ERROR: no matching distribution"):
        DockerfileImage("x", shop, dockerfile=b"FROM scratch\n").build(shown.append)
    assert shown == ["Step 2/9 : RUN pip install"]
    assert "non-zero code" in (shop.logs / "x.log").read_text()


def test_the_workloads_pin_the_base_that_the_catalogue_names() -> None:
    for name in ("consumer", "log-generator"):
        text = (REPOSITORY / name / "Dockerfile").read_text()
        assert f"ARG PYTHON_IMAGE={CATALOGUE['python'].published}\n" in text
        assert "USER 10001:10001\n" in text


def test_kinds_storage_class_is_read_from_its_source() -> None:
    storage = Storage.parse(KIND_SOURCE)
    assert storage.provisioner == "docker.io/kindest/provisioner:v1"
    assert storage.helper == "docker.io/kindest/helper:v2"
    assert storage.manifest == '\nimage: docker.io/kindest/provisioner:v1\nargs: ["docker.io/kindest/helper:v2"]\n'


def test_another_source_of_kind_is_refused() -> None:
    with pytest.raises(LookupError, match="storage constants"):
        Storage.parse("package nodeimage\n")


def test_two_checkouts_share_their_images(shop: Workshop, tmp_path: Path) -> None:
    """Nothing of where a checkout is may be in a digest."""

    def references(home: str) -> list[str]:
        other = replace(shop, home=Home(tmp_path / home), settings=Settings(source="built", certificates=(b"a", b"b")))
        return [Shelf(other, Terminal()).built(name).reference for name in BUILDABLE]

    assert references("first") == references("second")


def test_the_base_follows_the_mirror_it_is_unpacked_from_and_the_cas_it_trusts(shop: Workshop) -> None:
    def reference(settings: Settings) -> str:
        return Shelf(replace(shop, settings=settings), Terminal()).recipes.bookworm.reference

    plain, mirrored = reference(Settings()), reference(Settings(debian_mirror="file:///mirror"))
    assert len({plain, mirrored, reference(Settings(certificates=(b"a",)))}) == 3
