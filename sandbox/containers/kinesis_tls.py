"""TLS in front of the emulator, for Fluent Bit: it speaks nothing else to Kinesis."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from sandbox.certificates import Certificates
from sandbox.containers.definition import Definition, host_of
from sandbox.containers.part import OwnContainer
from sandbox.instance import Instance
from sandbox.ports import LOOPBACK
from sandbox.services.fluent_bit import require_tls
from sandbox.services.localstack import HEALTH_PATH

#: Where its container has the certificate.
_CERTIFICATES = PurePosixPath("/etc/cali-tls")


class KinesisTls(OwnContainer):
    """Takes TLS and hands on what is in it.

    Args:
        images: References by image name.
        ports: The ports on this machine by part.
        instance: Keeps the certificate.
    """

    name = "kinesis-tls"
    nature = "stand-in"
    image_name = "sandbox"
    inner_port = 4443
    package = "sandbox.tls_front"

    def __init__(self, images: Mapping[str, str], ports: Mapping[str, int], instance: Instance) -> None:
        super().__init__(images, ports)
        self.instance = instance

    @property
    def endpoint(self) -> str:
        """Where it is reached from this machine."""
        return f"https://{LOOPBACK}:{self.port}"

    @property
    def certificates(self) -> Certificates:
        """What it shows, and the authority to trust."""
        return Certificates(self.instance.state(self.name))

    def arguments(self) -> list[str]:
        """The emulator, and what it shows."""
        shown = _CERTIFICATES / self.certificates.server.name
        return ["--forward-to", f"{host_of('aws')}:4566", "--certificate", str(shown)]

    def definition(self) -> Definition:
        """With the certificate of this machine, which its owner alone may read."""
        self.certificates.ensure([host_of(self.name), LOOPBACK])
        folders = {f"{_CERTIFICATES}:ro": str(self.certificates.folder)}
        return replace(super().definition(), folders=folders, user=f"{os.getuid()}:{os.getgid()}")

    def probe(self) -> None:
        """The emulator answers through it, with a certificate that its authority vouches for."""
        require_tls(self.name, f"{self.endpoint}{HEALTH_PATH}", self.certificates)
