"""The real Fluent Bit, where `fluent-bit` is on PATH, and the TLS endpoint it insists on."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Mapping

import httpx

from sandbox.certificates import Certificates
from sandbox.definitions import fluent_bit
from sandbox.instance import Instance
from sandbox.ports import LOOPBACK
from sandbox.services.aws import HEALTH_PATH
from sandbox.services.base import PROBE_TIMEOUT_S, NotReadyError, Program
from sandbox.services.servers import OwnServer
from sandbox.services.shipper import Shipper

#: The name in the certificate: Fluent Bit's Kinesis output takes a host, and verifies it.
TLS_HOST = "localhost"


def found() -> str:
    """The path of `fluent-bit`; empty when it is not installed."""
    return shutil.which("fluent-bit") or ""


class KinesisTls(OwnServer):
    """TLS in front of the emulator: Fluent Bit speaks nothing else to Kinesis."""

    name = "kinesis-tls"
    nature = "stand-in"
    default_port = 4443
    package = "sandbox.tls_front"

    @property
    def endpoint(self) -> str:
        """Where it is reached."""
        return f"https://{TLS_HOST}:{self.port}"

    @property
    def certificates(self) -> Certificates:
        """What it shows, and the authority to trust."""
        return Certificates(self.instance.state(self.name))

    def arguments(self) -> list[str]:
        """Where it forwards to, and what it shows."""
        self.certificates.ensure([TLS_HOST, LOOPBACK])
        return ["--forward-to", f"{LOOPBACK}:{self.ports['aws']}", "--certificate", str(self.certificates.server)]

    def probe(self) -> None:
        """The emulator answers through it, with a certificate that its authority vouches for."""
        require_tls(self.name, f"{self.endpoint}{HEALTH_PATH}", self.certificates)


def require_tls(name: str, url: str, certificates: Certificates) -> None:
    """Raise NotReadyError unless somebody answers there, with a certificate that the authority vouches for."""
    try:
        trusted = ssl.create_default_context(cafile=certificates.authority)
        httpx.get(url, verify=trusted, timeout=PROBE_TIMEOUT_S, trust_env=False)
    except (httpx.HTTPError, OSError) as error:
        raise NotReadyError(name, f"{url}: {error}") from error


class FluentBit(Shipper):
    """Step 2: tails the container logs into Kinesis, by the same values as on a cluster."""

    nature = "real"

    def __init__(self, instance: Instance, ports: Mapping[str, int], binary: str) -> None:
        super().__init__(instance, ports)
        self.binary = binary

    def program(self) -> Program:
        """`fluent-bit` on the files that the chart would mount."""
        values = {**fluent_bit.read_values(self.values), "metricsPort": self.port}
        folder = self.instance.state(self.name) / "fluent-bit"
        for name, text in fluent_bit.render(values, self.values[0]).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        environment = {
            **fluent_bit.environment_of(values, self.values[0]),
            **self.environment(),
            "CALI_SHIPPER_STATE_DIR": str(self.instance.state(self.name)),
            "CALI_SHIPPER_LISTEN": LOOPBACK,
            "CALI_SHIPPER_SCRIPTS": str(folder / fluent_bit.SCRIPT_FOLDER),
            "CALI_KINESIS_ENDPOINT": TLS_HOST,
            "CALI_KINESIS_PORT": str(self.ports[KinesisTls.name]),
            "CALI_KINESIS_CA_FILE": str(KinesisTls(self.instance, self.ports).certificates.authority),
        }
        configuration = folder / fluent_bit.CONFIG_FOLDER
        argv = (self.binary, f"--config={configuration / 'fluent-bit.conf'}", f"--workdir={configuration.parent}")
        return Program(argv, environment, directory=configuration, stop_wait_s=25)

    def probe(self) -> None:
        """Its own health address: it fails while the output keeps failing."""
        self.get("/api/v1/health")

    def version(self) -> str:
        """What the binary says."""
        said = subprocess.run([self.binary, "--version"], capture_output=True, text=True, check=False, timeout=5)
        return said.stdout.splitlines()[0] if said.stdout else "unknown"
