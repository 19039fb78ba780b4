"""A certificate for one server of one sandbox, and the authority behind it, which no system store ever trusts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificates:
    """Where they are kept.

    Attributes:
        folder: Of the server's own state.
    """

    folder: Path

    @property
    def authority(self) -> Path:
        """What a client trusts: PEM."""
        return self.folder / "ca.pem"

    @property
    def server(self) -> Path:
        """What the server shows, with its key: PEM, readable by the owner alone."""
        return self.folder / "server.pem"

    def ensure(self, names: Iterable[str]) -> None:
        """Make them unless they are there: a client keeps trusting a server that was started anew.

        Args:
            names: Hosts and addresses the server is reached by.
        """
        if self.server.exists():
            return
        authority = trustme.CA()  # its key is forgotten: nobody can issue another certificate
        self.folder.mkdir(parents=True, exist_ok=True)
        authority.cert_pem.write_to_path(str(self.authority))
        made = self.server.with_suffix(".new")
        made.touch(mode=0o600)
        made.write_bytes(authority.issue_cert(*names).private_key_and_cert_chain_pem.bytes())
        made.replace(self.server)  # in one step: half a certificate would be kept for good
