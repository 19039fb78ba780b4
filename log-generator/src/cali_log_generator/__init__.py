"""Writes the logs of a shop that never existed, the way its pods would on Kubernetes."""

from __future__ import annotations

__version__ = "0.1.0"
