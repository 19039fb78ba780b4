"""Runs the consumer: `python -m cali_consumer`."""

from __future__ import annotations

import sys

from cali_consumer.main import main

sys.exit(main())
