"""Runs the real terraform on the definitions, for one target at a time.

run = TerraformRun(LocalTarget("embedded", aws_endpoint=..., firehose_endpoint=...), state=..., tools=...)
outputs = run.apply()
"""

from __future__ import annotations

from sandbox.terraform.errors import (
    DefinitionFaultError,
    StateLockedError,
    TerraformError,
    TerraformMissingError,
    TerraformVersionError,
)
from sandbox.terraform.plans import Plan, Summary
from sandbox.terraform.run import TerraformRun
from sandbox.terraform.target import LocalTarget

__all__ = [
    "DefinitionFaultError",
    "LocalTarget",
    "Plan",
    "StateLockedError",
    "Summary",
    "TerraformError",
    "TerraformMissingError",
    "TerraformRun",
    "TerraformVersionError",
]
