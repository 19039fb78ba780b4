from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sandbox.install import maven
from sandbox.install.jars import Jar, read_lock
from sandbox.install.maven import Settings
from sandbox.install.prerequisites import MissingError
from sandbox.instance import REPOSITORY

CONTENT = b"a jar"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def jar(name: str, content: bytes = CONTENT) -> Jar:
    return Jar(f"org.example:{name}:1.0", hashlib.sha256(content).hexdigest(), len(content))


def put(repository: Path, wanted: Jar, content: bytes = CONTENT) -> None:
    path = repository / wanted.repository_path
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    path.with_suffix(".jar.sha1").write_text(hashlib.sha1(content).hexdigest())


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "served").mkdir()
    return tmp_path / "served"


@pytest.fixture
def address(repository: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(repository))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def settings(address: str, tmp_path: Path) -> Settings:
    return Settings(address, None, tmp_path / "cache")


def test_what_is_locked_is_downloaded_and_nothing_else_stays(repository: Path, address: str, tmp_path: Path) -> None:
    put(repository, jar("one"))
    put(repository, jar("two"))
    folder = tmp_path / "jars"
    folder.mkdir()
    (folder / "old-0.9.jar").touch()
    maven.download([jar("one"), jar("two")], folder, settings(address, tmp_path))
    assert sorted(path.name for path in folder.iterdir()) == ["one-1.0.jar", "two-1.0.jar"]


def test_an_interrupted_download_goes_on(repository: Path, address: str, tmp_path: Path) -> None:
    put(repository, jar("two"))
    folder = tmp_path / "jars"
    folder.mkdir()
    (folder / "one-1.0.jar").write_bytes(CONTENT)  # Whole; the repository does not have it any more.
    (folder / "two-1.0.jar").write_bytes(CONTENT[:2])  # Cut short.
    (folder / ".download-x").mkdir()
    maven.download([jar("one"), jar("two")], folder, settings(address, tmp_path))
    assert sorted(path.name for path in folder.iterdir()) == ["one-1.0.jar", "two-1.0.jar"]
    assert (folder / "two-1.0.jar").read_bytes() == CONTENT


def test_another_file_than_the_locked_one_is_refused(repository: Path, address: str, tmp_path: Path) -> None:
    put(repository, jar("one"), b"else")
    with pytest.raises(maven.DigestError, match=r"org\.example:one:1\.0"):
        maven.download([jar("one")], tmp_path / "jars", settings(address, tmp_path))
    assert not list((tmp_path / "jars").iterdir())


def test_what_the_users_cache_has_needs_no_network(tmp_path: Path) -> None:
    put(tmp_path / "cache", jar("one"))
    maven.download([jar("one")], tmp_path / "jars", settings("http://127.0.0.1:9", tmp_path))
    assert (tmp_path / "jars" / "one-1.0.jar").read_bytes() == CONTENT


def test_no_repository_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"no Maven repository served org\.example:one:1\.0") as caught:
        maven.download([jar("one")], tmp_path / "jars", settings("http://127.0.0.1:9", tmp_path))
    assert "\n" not in str(caught.value)


def write_settings(path: Path, body: str) -> Path:
    path.write_text(f'<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0">{body}</settings>')
    return path


def test_a_mirror_with_its_password_and_a_proxy_are_read(tmp_path: Path) -> None:
    path = write_settings(
        tmp_path / "settings.xml",
        """<localRepository>/big/m2</localRepository>
        <mirrors><mirror><id>corp</id><url>https://repo.example/maven</url><mirrorOf>central</mirrorOf></mirror></mirrors>
        <servers><server><id>corp</id><username>me</username><password>p@ss</password></server></servers>
        <proxies><proxy><host>proxy.example</host><port>3128</port></proxy></proxies>""",
    )
    found = maven.read_settings(path, {})
    assert found.repository == "https://me:p%40ss@repo.example/maven"
    assert found.proxy == "http://proxy.example:3128"
    assert found.cache == Path("/big/m2")


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [("*", True), ("external:*", True), ("a,central", True), ("*,!central", False), ("internal", False)],
)
def test_only_a_mirror_of_the_public_repository_counts(tmp_path: Path, pattern: str, covered: bool) -> None:
    mirror = f"<mirrors><mirror><url>https://m.example</url><mirrorOf>{pattern}</mirrorOf></mirror></mirrors>"
    found = maven.read_settings(write_settings(tmp_path / "settings.xml", mirror), {})
    assert (found.repository == "https://m.example") is covered


def test_the_variable_wins_and_no_settings_are_fine(tmp_path: Path) -> None:
    found = maven.read_settings(tmp_path / "settings.xml", {"CALI_MAVEN_REPOSITORY": "https://x.example"})
    assert found == Settings("https://x.example", None, tmp_path / "repository")


def test_the_committed_lock_is_complete() -> None:
    jars = read_lock(REPOSITORY / "requirements" / "opensearch.lock")
    assert len({each.file_name for each in jars}) == len(jars) == 95
    assert all(len(each.sha256) == 64 and each.size > 0 for each in jars)
