"""What can go wrong, each with what the reader of a log needs to mend it."""

from __future__ import annotations


class ConsumerError(Exception):
    """Base of every error the consumer raises itself."""


class SettingsError(ConsumerError):
    """An environment variable is missing or wrong.

    Attributes:
        variable: Its name.
        problem: What is wrong with it.
    """

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable}: {problem}")
        self.variable = variable
        self.problem = problem


class RejectedRecordError(ConsumerError):
    """A record from the stream cannot be read.

    Attributes:
        reason: A fixed word for it, for example `not_json`.
        detail: What exactly is wrong.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class InterruptedBatchError(ConsumerError):
    """A batch was left because the lease is gone or the process drains; what is not durable stays unchecked."""


class SearchUnavailableError(ConsumerError):
    """Past incidents cannot be searched.

    Attributes:
        dependency: `model` or `milvus`.
    """

    def __init__(self, dependency: str, why: str) -> None:
        super().__init__(f"{dependency}: {why}")
        self.dependency = dependency


class AnalysisError(ConsumerError):
    """The model gave no usable analysis."""


class ChatError(ConsumerError):
    """A message did not reach the chat, for certain."""


class ChatThrottledError(ChatError):
    """The chat asked for a pause.

    Attributes:
        retry_after_s: How long.
    """

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"throttled for {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class ChatRefusedError(ChatError):
    """The chat refused the content of a message.

    Attributes:
        code: The chat's word for it, for example `invalid_blocks`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"refused: {code}")
        self.code = code


class UnresolvedSendError(ConsumerError):
    """Nobody knows whether a message reached the chat: the answer was lost."""


class LostOwnershipError(ConsumerError):
    """Another replica owns this alert now."""
