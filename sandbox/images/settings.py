"""How a machine gets its images: the few settings a company behind a mirror or a private CA needs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from sandbox.errors import UsageError

#: `auto`: the published image where it can be pulled, else our own. The others allow only one of the two.
Source = Literal["auto", "published", "built"]

SOURCE_VARIABLE = "CALI_IMAGES"
REGISTRY_VARIABLE = "CALI_REGISTRY"
CA_VARIABLE = "CALI_CA_FILE"
DEBIAN_VARIABLE = "CALI_DEBIAN_MIRROR"

#: Where Debian's and Ubuntu's `update-ca-certificates` takes the machine's own certificates from.
_SYSTEM_CERTIFICATES = Path("/usr/local/share/ca-certificates")

#: The registry that a reference without a host is of.
HUB = "docker.io"


@dataclass(frozen=True)
class Settings:
    """What the environment says about images.

    Attributes:
        source: Where they come from.
        registry: A mirror that holds the published images under their own paths, such as `mirror.example/hub`.
        certificates: PEM texts of the CAs that images are to trust besides the public ones.
        debian_mirror: Where Debian packages come from, unless from Debian.
    """

    source: Source = "auto"
    registry: str | None = None
    certificates: tuple[bytes, ...] = ()
    debian_mirror: str | None = None

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, system: Path = _SYSTEM_CERTIFICATES
    ) -> Settings:
        """Read them; raises UsageError for what cannot be."""
        source = environment.get(SOURCE_VARIABLE) or "auto"
        if source not in get_args(Source):
            raise UsageError(f"{SOURCE_VARIABLE} is {source!r}", hint="it can be auto, published or built")
        registry = (environment.get(REGISTRY_VARIABLE) or "").strip().rstrip("/") or None
        if registry and "://" in registry:
            raise UsageError(f"{REGISTRY_VARIABLE} is {registry!r}", hint="leave out the scheme: host[:port][/path]")
        certificates = _certificates(environment.get(CA_VARIABLE), system)
        return cls(cast("Source", source), registry, certificates, environment.get(DEBIAN_VARIABLE) or None)

    def published(self, reference: str) -> str:
        """`reference` as it is pulled: from the mirror, when there is one."""
        if not self.registry:
            return reference
        path = reference.removeprefix(f"{HUB}/")
        # A mirror keeps Docker Hub's own images under `library/`, as the hub itself does.
        return f"{self.registry}/{path if '/' in path else f'library/{path}'}"


def _certificates(named: str | None, system: Path) -> tuple[bytes, ...]:
    if named:
        try:
            text = Path(named).expanduser().read_bytes()
        except OSError as error:
            raise UsageError(f"{CA_VARIABLE} is {named!r}: {error.strerror}", hint="name a PEM file") from error
        if b"-----BEGIN CERTIFICATE-----" not in text:
            raise UsageError(f"{CA_VARIABLE} is {named!r}, which holds no PEM certificate", hint="name a PEM file")
        return (text,)
    return tuple(path.read_bytes() for path in sorted(system.glob("**/*.crt")))
