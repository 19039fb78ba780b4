"""What the Firehose API answers when it refuses ("Amazon Data Firehose API Reference", Common Errors)."""

from __future__ import annotations

from sandbox.errors import SandboxError


class FirehoseApiError(SandboxError):
    """A refusal as the API words it: a code, a message and an HTTP status."""

    code = "InternalFailure"
    status = 400


class InvalidArgumentError(FirehoseApiError):
    """A value that the model permits and the service does not."""

    code = "InvalidArgumentException"


class ModelValidationError(FirehoseApiError):
    """A value outside the constraints of the service model."""

    code = "ValidationException"


class SerializationError(FirehoseApiError):
    """A request body that is not what the protocol says."""

    code = "SerializationException"


class UnknownOperationError(FirehoseApiError):
    """An `X-Amz-Target` that names no operation of Firehose."""

    code = "UnknownOperationException"


class ResourceInUseError(FirehoseApiError):
    """A delivery stream of that name exists already."""

    code = "ResourceInUseException"


class ResourceNotFoundError(FirehoseApiError):
    """No delivery stream of that name."""

    code = "ResourceNotFoundException"


class LimitExceededError(FirehoseApiError):
    """More delivery streams or tags than the quota permits."""

    code = "LimitExceededException"


class ConcurrentModificationError(FirehoseApiError):
    """The delivery stream has another version than the caller believes."""

    code = "ConcurrentModificationException"


class ServiceUnavailableError(FirehoseApiError):
    """The service cannot take more records at the moment."""

    code = "ServiceUnavailableException"
    status = 503
