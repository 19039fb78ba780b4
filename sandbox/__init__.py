"""The CALI sandbox: the log pipeline on one machine, from the definitions that run it on AWS."""

from __future__ import annotations

__version__ = "0.1.0"
