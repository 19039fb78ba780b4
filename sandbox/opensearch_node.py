"""Runs one OpenSearch node in this process: `python -m sandbox.opensearch_node --port 9200 ...`.

The node is in Maven's repository, the distribution's start scripts are not. JPype loads the Java virtual machine as a
library, so that no launcher of our own has to be compiled and any Java runtime will do, one without a compiler too.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import click
import jpype  # type: ignore[import-untyped] # ships no types

_RUNNER = "org.codelibs.opensearch.runner.OpenSearchRunner"
_ANALYSIS = "org.opensearch.analysis.common.CommonAnalysisPlugin"

_JAVA_OPTIONS = (
    # A sandbox's logs fit; measured at about 250 MB resident, all in all.
    "-Xms128m",
    "-Xmx512m",
    # The leanest collector and compiler: this is one of many processes on few cores.
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "-Dlog4j2.disable.jmx=true",
    # JPype and Netty load native code; newer Java wants that said.
    "--enable-native-access=ALL-UNNAMED",
)

_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd'T'HH:mm:ss.SSS}{UTC}Z %-5p %c{1.} %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
logger.merges.name = org.opensearch.index.MergeSchedulerConfig
logger.merges.level = warn
logger.allocation.name = org.opensearch.cluster.routing.allocation.AllocationService
logger.allocation.level = error
"""

#: Seconds between looks at whether the node closed by itself.
_LOOK_S = 0.2


def node_settings(host: str, port: int, transport_port: int) -> dict[str, str]:
    """One node that elects itself and minds neither a full disk nor a neighbour."""
    return {
        "node.name": "sandbox",
        # Without the last one it has no ingest pipelines.
        "node.roles": "cluster_manager,data,ingest",
        "discovery.type": "single-node",
        "network.host": host,
        "http.port": str(port),
        "transport.port": str(transport_port),
        # On a disk that is 95 % full, as developers' disks are, it would turn its indices read-only.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }


def start_java(library: Path, jars: Path, temporary: Path) -> None:
    """Load the virtual machine with every jar on its class path."""
    jpype.startJVM(
        *_JAVA_OPTIONS,
        f"-Djava.io.tmpdir={temporary}",
        jvmpath=str(library),
        classpath=[str(path) for path in sorted(jars.glob("*.jar"))],
        interrupt=False,
    )


def modules(runner: Any) -> list[str]:
    """The runner's modules, without the language analyzers where the runtime has no Thai dictionary.

    Packaged runtimes leave it out; the analyzers then fail every new index, whether it uses Thai or not. The standard
    and keyword analyzers are the node's own.
    """
    field = runner.class_.getDeclaredField("MODULE_TYPES")
    field.setAccessible(True)
    names = [str(name) for name in field.get(None)]
    words = jpype.JClass("java.text.BreakIterator").getWordInstance(jpype.JClass("java.util.Locale")("th"))
    words.setText("ภาษาไทย")
    return names if words.isBoundary(4) else [name for name in names if name != _ANALYSIS]


def start_node(folder: Path, cluster: str, port: int, settings: Mapping[str, str]) -> Any:
    """Start the node; returns its runner, which closes it."""

    def build(_number: int, builder: Any) -> None:
        for name, value in settings.items():
            builder.put(name, value)

    (folder / "config").mkdir(parents=True, exist_ok=True)
    (folder / "config" / "log4j2.properties").write_text(_LOGGING)
    runner_class = jpype.JClass(_RUNNER)
    runner = runner_class()
    runner.onBuild(jpype.JProxy(f"{_RUNNER}$Builder", dict={"build": build}))
    # The runner tries ports from the base upwards; this leaves it exactly one.
    runner.setMaxHttpPort(port)
    options = {
        "-basePath": folder,
        "-confPath": folder / "config",
        "-dataPath": folder / "data",
        "-logsPath": folder / "logs",
        "-clusterName": cluster,
        "-numOfNode": 1,
        "-baseHttpPort": port - 1,
        "-moduleTypes": ",".join(modules(runner_class)),
    }
    runner.build([str(word) for pair in options.items() for word in pair])
    return runner


@click.command()
@click.option("--java-library", type=click.Path(exists=True, path_type=Path), required=True, help="libjvm.")
@click.option("--jars", type=click.Path(exists=True, path_type=Path), required=True, help="Folder of the jars.")
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="Folder of the node's state.")
@click.option("--cluster", required=True, help="Name of the cluster.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, required=True, help="Port of the REST API.")
@click.option("--transport-port", type=int, required=True, help="Port nodes would meet on.")
def main(  # noqa: PLR0913, PLR0917 - one argument an option
    java_library: Path, jars: Path, folder: Path, cluster: str, host: str, port: int, transport_port: int
) -> None:
    """Run one OpenSearch node until SIGTERM or SIGINT."""
    asked_to_stop = False  # not an Event: a handler that interrupts the wait below would need the lock that it holds

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked_to_stop
        asked_to_stop = True

    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    start_java(java_library, jars, temporary)
    for number in (signal.SIGTERM, signal.SIGINT):  # After Java, which would take them for itself.
        signal.signal(number, on_signal)
    try:
        runner = start_node(folder, cluster, port, node_settings(host, port, transport_port))
    except jpype.JException as error:
        reason = error.getCause() or error
        sys.exit(f"error: OpenSearch did not start: {reason.getMessage()}")
    while not asked_to_stop:
        if runner.isClosed():
            sys.exit("error: OpenSearch closed by itself")
        time.sleep(_LOOK_S)
    runner.close()


if __name__ == "__main__":
    main()
