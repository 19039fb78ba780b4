from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unit.terraform.fake import Fake


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """A folder with a terraform that is the only one on PATH."""
    fake = Fake(tmp_path)
    monkeypatch.setenv("PATH", f"{fake.binary.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    return fake
