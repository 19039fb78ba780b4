from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.instance import Home, Instance


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """An instance of its own, with its folders."""
    instance = Home(tmp_path).instance("unit")
    instance.create()
    return instance
