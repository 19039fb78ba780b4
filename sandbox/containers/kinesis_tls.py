"""TLS in front of the emulator, for Fluent Bit: it speaks nothing else to Kinesis."""

from __future__ import annotations

from pathlib import PurePosixPath

from sandbox.certificates import Certificates
from sandbox.containers.definition import Definition, host_of
from sandbox.containers.part import SharingContainer
from sandbox.ports import LOOPBACK
from sandbox.services.fluent_bit import require_tls
from sandbox.services.localstack import HEALTH_PATH

#: Where its container has the certificate.
_CERTIFICATES = PurePosixPath("/etc/cali-tls")


class KinesisTls(SharingContainer):
    """Takes TLS and hands on what is in it; its instance keeps the certificate."""

    name = "kinesis-tls"
    nature = "stand-in"
    image_name = "sandbox"
    inner_port = 4443
    package = "sandbox.tls_front"

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

    @property
    def folders(self) -> dict[str, str]:
        """The certificate of this machine, which its owner alone may read."""
        return {f"{_CERTIFICATES}:ro": str(self.certificates.folder)}

    def definition(self) -> Definition:
        """With a certificate to show."""
        self.certificates.ensure([host_of(self.name), LOOPBACK])
        return super().definition()

    def probe(self) -> None:
        """The emulator answers through it, with a certificate that its authority vouches for."""
        require_tls(self.name, f"{self.endpoint}{HEALTH_PATH}", self.certificates)
