"""What can go wrong with images."""

from __future__ import annotations

from pathlib import Path

from sandbox.errors import PrerequisiteError, SandboxError, UsageError


class BuildError(SandboxError):
    """An artefact could not be built.

    Attributes:
        name: Which.
        log: All that its tools printed.
    """

    def __init__(self, name: str, reason: str, log: Path) -> None:
        super().__init__(f"{name} could not be built: {reason}", hint=f"all of it: {log}")
        self.name = name
        self.log = log


class ToolMissingError(PrerequisiteError):
    """Building needs a program that is not there.

    Attributes:
        program: Its name.
    """

    def __init__(self, program: str, purpose: str, remedy: str) -> None:
        super().__init__(f"{program} is not on PATH (needed {purpose})", hint=remedy)
        self.program = program


class UnknownImageError(UsageError):
    """No image has this name.

    Attributes:
        name: The name.
    """

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"there is no image {name!r}", hint=f"there are {', '.join(known)}")
        self.name = name


class NoRecipeError(UsageError):
    """The image is published alone; none of ours stands in for it.

    Attributes:
        name: Its name.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not built here", hint="`sandbox up` pulls it where it can")
        self.name = name


class UnpublishedError(PrerequisiteError):
    """The image cannot be pulled, and none of ours may stand in for it.

    Attributes:
        reference: What was asked for.
    """

    def __init__(self, reference: str, reason: str) -> None:
        super().__init__(
            f"{reference} cannot be pulled: {reason}",
            hint="log in to the registry, name a mirror with CALI_REGISTRY, or allow our own with CALI_IMAGES=auto",
        )
        self.reference = reference
