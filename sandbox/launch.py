"""Becomes the program a JSON file describes: exact arguments and environment, with no quoting rules in between.

Supervisord's configuration cannot hold every string (quotes in an environment value, newlines in an argument), so each
process is started as `python launch.py SPEC.json` and this replaces itself by what the file says.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main() -> None:
    """Replace this process by the program in the file named by the first argument."""
    spec = json.loads(Path(sys.argv[1]).read_text())
    os.chdir(spec["directory"])
    os.execvpe(spec["argv"][0], spec["argv"], spec["environment"])  # noqa: S606 - the file is the supervisor's own


if __name__ == "__main__":
    main()
