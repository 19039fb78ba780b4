"""Step 8, first half: an error's words as a vector."""

from __future__ import annotations

from openai import OpenAI, OpenAIError

from cali_consumer.errors import SearchUnavailableError
from cali_consumer.observed import Observed
from cali_consumer.record_id import first_line_of

#: How much of a message is embedded. Past incidents are embedded by the same rule, or they would not compare.
MAX_CHARACTERS = 2000


class Embedder:
    """Embeds by the OpenAI API.

    Args:
        client: Where.
        model: With which model.
        dimension: How long its vectors are.
        timeout_s: How long one attempt may take.
        observed: Told whether it works.
    """

    def __init__(self, client: OpenAI, model: str, dimension: int, timeout_s: float, observed: Observed) -> None:
        # One quick second attempt covers a connection that the server had closed meanwhile.
        self._client = client.with_options(timeout=timeout_s, max_retries=1)
        self._model = model
        self._dimension = dimension
        self._observed = observed

    def embed(self, message: str) -> list[float]:
        """The vector of a message's first line; raises SearchUnavailableError."""
        text = first_line_of(message)[:MAX_CHARACTERS].strip() or "(empty message)"
        try:
            vector = self._client.embeddings.create(model=self._model, input=text).data[0].embedding
        except (OpenAIError, ValueError, IndexError) as error:
            self._observed.dependency("model", error, by="embeddings")
            raise SearchUnavailableError("model", f"no embedding: {error}") from error
        if len(vector) != self._dimension:
            problem = f"{self._model} gives {len(vector)} dimensions, CALI_EMBEDDING_DIMENSION is {self._dimension}"
            raise SearchUnavailableError("model", problem)
        self._observed.dependency("model", by="embeddings")
        return vector
