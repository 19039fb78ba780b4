"""CALI's consumer: polls Kinesis, validates, searches past incidents, asks for an analysis, alerts."""

from __future__ import annotations

__version__ = "0.1.0"
