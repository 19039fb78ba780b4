from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("module", ["entities", "imperative", "wording"])
def test_the_examples_in_the_documentation_hold(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"sandbox.model.{module}")).failed == 0
