"""An apply in a process of its own, to be killed.

python -m e2e.terraform.applying AWS FIREHOSE STATE TOOLS DEFINITIONS
"""

from __future__ import annotations

import sys
from pathlib import Path

from sandbox.terraform import LocalTarget, TerraformRun


def main(aws: str, firehose: str, state: str, tools: str, definitions: str) -> None:
    """Apply."""
    target = LocalTarget(
        "embedded", aws_endpoint=aws, firehose_endpoint=firehose, variables=(("alarms_enabled", True),)
    )
    TerraformRun(target, state=Path(state), tools=Path(tools), definitions=Path(definitions), choice="own").apply()


if __name__ == "__main__":
    main(*sys.argv[1:])
