"""The channels of the workspace."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from sandbox.slack.refusals import SlackRefusalError


class Channels:
    """Channels by id and by name."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = {_id(name.lstrip("#")): name.lstrip("#") for name in names}

    @property
    def first(self) -> str:
        """Return the id of the channel that the webhook posts to."""
        return next(iter(self.names))

    def resolve(self, given: str, *, by_name: bool) -> str:
        """Return a channel's id.

        Args:
            given: An id or, where the method takes names, a name with or without `#`.
            by_name: Whether the method takes names: of ours only `chat.postMessage` does.

        Raises:
            SlackRefusalError: `channel_not_found`.
        """
        if given in self.names:
            return given
        name = given.lstrip("#")
        if by_name and name in self.names.values():
            return _id(name)
        raise SlackRefusalError("channel_not_found")


def _id(name: str) -> str:
    """Return an id that looks like Slack's and is the same after a restart."""
    return "C" + base64.b32encode(hashlib.sha256(name.encode()).digest()).decode()[:10]
