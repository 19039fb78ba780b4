from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.errors import UsageError
from sandbox.install import java

SETTINGS = """\
Property settings:
    java.home = /usr/lib/jvm/java-17-openjdk-amd64
    java.version = 17.0.15
    java.class.path =
openjdk version "17.0.15" 2025-04-15
"""


def pretend_java(folder: Path, version: str, *, with_machine: bool = True) -> Path:
    """A `java` that says what it is, and the library it would have."""
    home = folder / f"java-{version}"
    (home / "bin").mkdir(parents=True)
    if with_machine:
        (home / "lib" / "server").mkdir(parents=True)
        (home / "lib" / "server" / "libjvm.so").touch()
    program = home / "bin" / "java"
    program.write_text(f"#!/bin/sh\necho '    java.home = {home}\n    java.version = {version}' >&2\n")
    program.chmod(0o755)
    return home


def test_settings_are_read() -> None:
    found = java.parse(SETTINGS)
    assert found == java.Java(Path("/usr/lib/jvm/java-17-openjdk-amd64"), "17.0.15")
    assert found.major == 17


@pytest.mark.parametrize(("version", "major"), [("25", 25), ("25-ea", 25), ("21.0.1+12", 21), ("1.8.0_402", 1)])
def test_major_versions(version: str, major: int) -> None:
    assert java.Java(Path("/"), version).major == major


def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    first, second = pretend_java(tmp_path, "21.0.2"), pretend_java(tmp_path, "17.0.1")
    found = java.find({"JAVA_HOME": str(first), "PATH": f"{second / 'bin'}:/bin"})
    assert found is not None
    assert found.version == "21.0.2"


def test_an_old_java_home_does_not_hide_a_usable_one_on_the_path(tmp_path: Path) -> None:
    old, usable = pretend_java(tmp_path, "11.0.1"), pretend_java(tmp_path, "17.0.1")
    found = java.find({"JAVA_HOME": str(old), "PATH": f"{usable / 'bin'}:/bin"})
    assert found is not None
    assert found.version == "17.0.1"


def test_a_java_without_a_library_to_load_is_not_usable(tmp_path: Path) -> None:
    home = pretend_java(tmp_path, "17.0.1", with_machine=False)
    assert java.find({"JAVA_HOME": str(home), "PATH": "/nonexistent"}) is None


def test_without_any_java_there_is_none(tmp_path: Path) -> None:
    assert java.find({"PATH": str(tmp_path)}) is None


def test_the_packaged_one_can_be_asked_for(tmp_path: Path) -> None:
    home = pretend_java(tmp_path, "17.0.1")
    assert java.find({"JAVA_HOME": str(home), "CALI_JAVA": "package"}) is None


def test_any_other_choice_is_refused() -> None:
    with pytest.raises(UsageError, match="CALI_JAVA"):
        java.find({"CALI_JAVA": "mine"})
