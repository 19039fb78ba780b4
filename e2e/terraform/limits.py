"""docs/terraform-limits.md, as the tests read it: what the provider or the emulator cannot do, and why."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "terraform-limits.md"
#: The headings of the page.
UNSEEN = "Attributes whose drift stays unseen"
REFUSED = "Operations that MiniStack lacks"
PLANNED_ONLY = "Types with a schema alone"
NOT_IMPORTED = "Attributes that an import does not bring"
_ROW = re.compile(r"^\| `(aws_\w+)` \| (?:`([\w.]+)`|all) \| (?:`(\w+)`|.+) \|$")

#: A type, an attribute (dotted; empty for the whole type) and an operation, where the row names one.
Row = tuple[str, str, str]


def read() -> dict[str, list[Row]]:
    """The rows of each table by its heading."""
    found: dict[str, list[Row]] = defaultdict(list)
    heading = ""
    for line in PAGE.read_text().splitlines():
        heading = line.removeprefix("## ") if line.startswith("## ") else heading
        match = _ROW.match(line)
        if match:
            found[heading].append((match[1], match[2] or "", match[3] or ""))
    return dict(found)
