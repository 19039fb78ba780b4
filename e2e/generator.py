"""Runs the log generator for a test: a fixed count into a sandbox's container logs, with a manifest of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from e2e.pipeline import REPOSITORY, Pipeline


def command(pipeline: Pipeline, name: str, **settings: object) -> tuple[list[str], dict[str, str], Path]:
    """The generator's command and environment, and the manifest it will write; settings without their CALI_LOG_."""
    folder = pipeline.folder
    manifest = folder / f"{name}.jsonl"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY / "log-generator" / "src"),
        "CALI_LOG_OUTPUT": "cri",
        "CALI_LOG_DIR": str(folder / "containers"),
        "CALI_LOG_MANIFEST": str(manifest),
        "CALI_LOG_MODE": "count",
        **{f"CALI_LOG_{setting}": str(value) for setting, value in settings.items()},
    }
    return [sys.executable, "-m", "cali_log_generator"], environment, manifest


def run(pipeline: Pipeline, name: str, *, timeout_s: float, **settings: object) -> list[dict[str, Any]]:
    """Write what the settings say, and return the manifest's entries."""
    argv, environment, manifest = command(pipeline, name, **settings)
    subprocess.run(argv, env=environment, check=True, timeout=timeout_s)
    return [json.loads(line) for line in manifest.read_text().splitlines()]
