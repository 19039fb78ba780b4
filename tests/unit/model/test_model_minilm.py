from __future__ import annotations

import doctest
import importlib
import math

import pytest

from sandbox.model.embedder import cosine


@pytest.mark.parametrize("module", ["entities", "imperative", "wording"])
def test_the_examples_in_the_documentation_hold(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"sandbox.model.{module}")).failed == 0


def test_real_vectors_know_meaning() -> None:
    pytest.importorskip("onnxruntime", reason="runs in the model's own environment: requirements/model.txt")
    from sandbox.model.minilm import DIMENSION, MiniLmEmbedder  # noqa: PLC0415 - needs what was just looked for

    embedder = MiniLmEmbedder()
    error, near, far = embedder.embed(
        [
            "no free connection in the database pool after 30 seconds",
            "could not obtain a connection, all slots to postgres are taken",
            "the TLS certificate of the gateway has expired",
        ]
    )
    assert len(error) == DIMENSION
    assert math.hypot(*error) == pytest.approx(1, abs=1e-5)
    assert cosine(error, near) > cosine(error, far) + 0.1
    alone, *_ = embedder.embed(["no free connection in the database pool after 30 seconds"])
    assert alone == error, "a vector does not depend on its batch"
    assert embedder.count_tokens("word " * 1000) > 1000
    assert len(embedder.embed(["word " * 5000])[0]) == DIMENSION
