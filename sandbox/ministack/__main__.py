"""Runs MiniStack, enforcing IAM: `python -m sandbox.ministack --state-dir D`; MiniStack's settings are variables."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ministack import app  # type: ignore[import-not-found]  # in the emulator's environment alone

from sandbox.iam import decisions
from sandbox.ministack import hooks
from sandbox.ministack.recorder import Recorder


def main() -> None:
    """Put the hooks in and hand over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--state-dir", type=Path, required=True)
    folder: Path = parser.parse_args().state_dir
    if missing := hooks.missing():
        sys.exit(f"error: this MiniStack has no {', '.join(missing)}: IAM cannot be enforced")
    recorder = Recorder(folder / decisions.FILE)
    hooks.install(folder, recorder)
    # It reads the command line too.
    sys.argv = ["ministack"]
    try:
        app.main()
    finally:
        recorder.close()


if __name__ == "__main__":
    main()
