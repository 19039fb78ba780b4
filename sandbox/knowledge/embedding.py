"""Text to vectors, through any server with OpenAI's API."""

from __future__ import annotations

from collections.abc import Sequence

from openai import OpenAI, OpenAIError

from sandbox.knowledge.errors import KnowledgeStoreError

#: How much of a message is embedded; the consumer embeds records by the same rule.
MAX_CHARACTERS = 2000
_BATCH = 64


def text_of(message: str) -> str:
    r"""Return what stands for a message: its first line, cut.

    >>> text_of("disk full\n  at write()")
    'disk full'
    """
    return message.split("\n", 1)[0][:MAX_CHARACTERS].strip() or "(empty message)"


class Embedder:
    """Embeds by one model.

    Args:
        base_url: Where the API is, `/v1` included.
        api_key: Its key.
        model: The model's name.
    """

    def __init__(self, base_url: str, api_key: str, model: str) -> None:
        self._base_url = base_url
        self._model = model
        self._client = OpenAI(base_url=base_url, api_key=api_key, timeout=30.0, max_retries=3)

    def embed(self, messages: Sequence[str]) -> list[list[float]]:
        """Return a vector for each message.

        Raises:
            KnowledgeStoreError: The server did not answer with one.
        """
        vectors: list[list[float]] = []
        for start in range(0, len(messages), _BATCH):
            texts = [text_of(message) for message in messages[start : start + _BATCH]]
            try:
                answer = self._client.embeddings.create(model=self._model, input=texts)
            except OpenAIError as error:
                raise KnowledgeStoreError(self._base_url, f"no embedding by {self._model}: {error}") from error
            vectors += [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
        return vectors
