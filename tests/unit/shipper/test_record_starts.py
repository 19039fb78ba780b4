from __future__ import annotations

from sandbox.definitions import fluent_bit
from sandbox.instance import REPOSITORY
from sandbox.shipper.record_starts import RecordStarts

_LINES = [
    ("2026-01-01 ERROR could not render", True),
    ("Traceback (most recent call last):", False),
    ('  File "/srv/invoice.py", line 7, in render', False),
    ("KeyError: 'footer'", False),
    ('{"message": "between"}', True),
    ("ERROR [main] shop.Orders - no answer", True),
    ("java.net.SocketTimeoutException: Read timed out", False),
    ("\tat shop.Orders.call(Orders.java:7)", False),
    ("Caused by: java.io.IOException: gone", False),
    ("INFO next", True),
]


def test_the_lines_of_a_trace_carry_on_the_record_before_them() -> None:
    environment = {"CALI_SHIPPER_STATE_DIR": "/s", "CALI_LOG_DIR": "/l"}
    starts = RecordStarts(fluent_bit.load([REPOSITORY / "helm-values" / "fluent-bit.yaml"], environment))
    assert [(line, starts.begins(line)) for line, _ in _LINES] == _LINES
