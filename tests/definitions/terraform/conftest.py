from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.definitions.terraform.workdir import Workdir


@pytest.fixture(scope="session")
def workdir(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Workdir]:
    """The working directory of a target, laid out once."""
    return cache(lambda target: Workdir.lay_out(tmp_path_factory.mktemp(target), target))


@pytest.fixture(scope="session")
def plan(workdir: Callable[[str], Workdir]) -> Callable[[str], dict[str, Any]]:
    """The plan of a target, made once."""
    return cache(lambda target: workdir(target).plan())
