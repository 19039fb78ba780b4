"""Which LocalStack is installed, and from what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.install import interpreters, kinds, localstack, locked, parts
from sandbox.install.prerequisites import MissingError
from sandbox.instance import Home


def _with_python(monkeypatch: pytest.MonkeyPatch, found: Path | None) -> None:
    monkeypatch.setattr(interpreters, "find", lambda _version: found)


def test_the_newest_free_one_where_there_is_its_python(monkeypatch: pytest.MonkeyPatch) -> None:
    _with_python(monkeypatch, Path("/somewhere/python3.13"))
    edition = localstack.edition((3, 11))
    assert (edition.version, edition.python) == ("4.14.0", Path("/somewhere/python3.13"))


@pytest.mark.parametrize("own", [(3, 11), (3, 12)])
def test_an_older_one_where_there_is_not(monkeypatch: pytest.MonkeyPatch, own: tuple[int, int]) -> None:
    _with_python(monkeypatch, None)
    assert localstack.edition(own).version == "4.9.2"


def test_neither_runs_on_a_newer_python_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    _with_python(monkeypatch, None)
    with pytest.raises(MissingError, match=r"no Python 3\.13"):
        localstack.edition((3, 14))


def test_an_emulator_is_installed_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _with_python(monkeypatch, None)
    home = Home(tmp_path)
    by_default = {part.name for part in parts.parts(home, with_java=False)}
    on_localstack = {part.name for part in parts.parts(home, with_java=False, emulator="localstack")}
    assert by_default - on_localstack == {"ministack"}
    assert on_localstack - by_default == {"localstack", "kinesis-local"}


def test_another_python_is_another_installation(tmp_path: Path) -> None:
    def digest(python: str) -> str:
        lock = tmp_path / "lock.txt"
        lock.touch()
        return kinds.PythonEnvironment("x", "x", Home(tmp_path), (lock,), python=Path(python)).digest

    assert digest("/a/python3.13") != digest("/b/python3.13")


def test_every_npm_package_is_locked_by_digest_and_names_no_registry() -> None:
    text = (kinds.REQUIREMENTS / localstack.KINESIS / "package-lock.json").read_text()
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert locked.npm_version("kinesis-local") == packages["node_modules/kinesis-local"]["version"]
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "http" not in text


def test_npm_trusts_what_the_other_installers_trust() -> None:
    named = localstack.for_npm({"SSL_CERT_FILE": "/ca.pem", "PATH": "/bin"}, Path("/node/bin"))
    assert (named["NODE_EXTRA_CA_CERTS"], named["PATH"]) == ("/ca.pem", "/node/bin:/bin")
    assert localstack.for_npm({}, Path("/node/bin"))["NODE_USE_SYSTEM_CA"] == "1"
