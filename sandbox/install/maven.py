"""Downloads jars by locked coordinates: `python -m sandbox.install.maven LOCK FOLDER`.

Maven need not be there: jgo knows the repository layout and the public repository. A mirror, its password and a proxy
come from the user's `~/.m2/settings.xml`, or CALI_MAVEN_REPOSITORY names a repository; what the user's own cache has is
taken from there. Only a jar with the locked digest is kept, so an interrupted download goes on where it ended.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from xml.etree import ElementTree

import requests
import truststore
from jgo.maven import MavenContext

from sandbox.errors import SandboxError
from sandbox.install.jars import Jar, read_lock
from sandbox.install.prerequisites import MissingError

#: Names the repository to download from.
VARIABLE = "CALI_MAVEN_REPOSITORY"

_AT_A_TIME = 16
#: Seconds to connect and to wait for more; requests takes both, jgo hands them on.
_TIMEOUTS_S: Any = (4, 30)


class DigestError(SandboxError):
    """A repository served something else than what was locked."""

    def __init__(self, jar: Jar) -> None:
        super().__init__(f"{jar.coordinates} is not what was locked", hint=f"check the Maven repository or {VARIABLE}")


@dataclass(frozen=True)
class Settings:
    """What the user's Maven settings say that matters for a download.

    Attributes:
        repository: The repository instead of the public one, with the credentials for it.
        proxy: The proxy for it.
        cache: The user's local repository.
    """

    repository: str | None
    proxy: str | None
    cache: Path


def read_settings(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read `settings.xml` (absent is fine); CALI_MAVEN_REPOSITORY wins over a mirror in it."""
    cache = path.parent / "repository"
    repository: str | None = None
    proxy: str | None = None
    if path.is_file():
        root = _without_namespaces(ElementTree.parse(path).getroot())  # noqa: S314 - the user's own file
        if (place := root.findtext("localRepository")) and "${" not in place:
            cache = Path(place)
        mirror = next((m for m in root.iter("mirror") if _covers_public(m.findtext("mirrorOf", ""))), None)
        if mirror is not None and (url := mirror.findtext("url")):
            repository = _with_credentials(url, root, mirror.findtext("id", ""))
        proxy = next((_proxy_url(p) for p in root.iter("proxy") if p.findtext("active", "true") == "true"), None)
    return Settings(environment.get(VARIABLE) or repository, proxy, cache)


def _without_namespaces(root: ElementTree.Element) -> ElementTree.Element:
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _covers_public(pattern: str) -> bool:
    words = {word.strip() for word in pattern.split(",")}
    return bool(words & {"*", "central", "external:*"}) and "!central" not in words


def _with_credentials(url: str, root: ElementTree.Element, identifier: str) -> str:
    for server in root.iter("server"):
        user = server.findtext("username")
        if server.findtext("id") == identifier and user:
            parts = urlsplit(url)
            account = f"{quote(user, safe='')}:{quote(server.findtext('password', ''), safe='')}"
            return urlunsplit(parts._replace(netloc=f"{account}@{parts.netloc}"))
    return url


def _proxy_url(proxy: ElementTree.Element) -> str:
    user = proxy.findtext("username")
    account = f"{quote(user, safe='')}:{quote(proxy.findtext('password', ''), safe='')}@" if user else ""
    return f"http://{account}{proxy.findtext('host', '')}:{proxy.findtext('port', '8080')}"


def download(jars: Iterable[Jar], folder: Path, settings: Settings) -> None:
    """Have exactly `jars` in `folder`.

    Raises:
        MissingError: No repository answered.
        DigestError: It served another file than the locked one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for abandoned in folder.glob(".download-*"):  # By a process that was killed.
        shutil.rmtree(abandoned)
    wanted = {jar.file_name: jar for jar in jars}
    for stranger in set(folder.glob("*.jar")) - {folder / name for name in wanted}:
        stranger.unlink()
    missing = [jar for name, jar in wanted.items() if not jar.is_at(folder / name)]
    with tempfile.TemporaryDirectory(dir=folder, prefix=".download-") as cache:
        remote = {"central": settings.repository.rstrip("/")} if settings.repository else None
        context = MavenContext(repo_cache=Path(cache), remote_repos=remote, timeout=_TIMEOUTS_S)
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            running = [pool.submit(_fetch, jar, folder, context, settings.cache) for jar in missing]
            try:
                for future in running:
                    future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _fetch(jar: Jar, folder: Path, context: MavenContext, cache: Path) -> None:
    found = cache / jar.repository_path
    if not jar.is_at(found):
        group, artifact, version = jar.coordinates.split(":")
        try:
            found = context.project(group, artifact).at_version(version).artifact().resolve()
        except (requests.RequestException, RuntimeError) as error:
            raise MissingError(
                f"no Maven repository served {jar.coordinates}",
                purpose="to install OpenSearch; only the first time",
                remedy=f"connect, or name your mirror in ~/.m2/settings.xml or {VARIABLE}",
            ) from error
        if not jar.is_at(found):
            raise DigestError(jar)
    # Copied beside its place and moved there: a jar with its final name is whole.
    draft = folder / f".{jar.file_name}.new"
    shutil.copyfile(found, draft)
    draft.replace(folder / jar.file_name)


def main() -> int:
    """Download; errors are one line on stderr."""
    lock, folder = map(Path, sys.argv[1:3])
    settings = read_settings(Path.home() / ".m2" / "settings.xml", os.environ)
    if settings.proxy:
        for name in ("HTTPS_PROXY", "HTTP_PROXY"):
            os.environ.setdefault(name, settings.proxy)
    if not os.environ.get("REQUESTS_CA_BUNDLE"):
        truststore.inject_into_ssl()  # A private CA lives in the system's store.
    try:
        download(read_lock(lock), folder, settings)
    except SandboxError as error:
        sys.stderr.write(f"{error}\n")
        return int(error.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
