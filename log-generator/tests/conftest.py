from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cali_log_generator import catalogue
from cali_log_generator.catalogue import Catalogue
from cali_log_generator.settings import Settings
from cali_log_generator.values import Values


@pytest.fixture(scope="session")
def everything() -> Catalogue:
    return catalogue.load(Values(seed=0))


@pytest.fixture
def settings() -> Callable[..., Settings]:
    def make(**values: object) -> Settings:
        return Settings.from_env({f"CALI_LOG_{name.upper()}": str(value) for name, value in values.items()})

    return make


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(tmp_path)
    yield
    os.chdir(before)
