"""TLS in front of a plain HTTP server: `python -m sandbox.tls_front --port N --forward-to HOST:PORT --certificate PEM`.

For the real Fluent Bit, whose Kinesis output speaks TLS to any endpoint and verifies the certificate.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from contextlib import suppress
from pathlib import Path

import click

from sandbox import jsonlog

log = logging.getLogger("sandbox.tls_front")

_CHUNK = 64 * 1024


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, required=True)
@click.option("--forward-to", required=True, help="The plain server, HOST:PORT.")
@click.option(
    "--certificate",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="PEM: the key and the certificate to show.",
)
def main(host: str, port: int, forward_to: str, certificate: Path) -> None:
    """Take TLS connections and forward what is in them."""
    jsonlog.configure("kinesis-tls")
    to_host, _, to_port = forward_to.rpartition(":")
    asyncio.run(serve(host, port, (to_host, int(to_port)), context(certificate)))


def context(certificate: Path) -> ssl.SSLContext:
    """A server context that shows `certificate`, a PEM file with its key."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


async def serve(
    host: str, port: int, forward_to: tuple[str, int], tls: ssl.SSLContext, listening: asyncio.Future[int] | None = None
) -> None:
    """Forward until cancelled; tells `listening` the port, which is free to choose when `port` is 0."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            to_reader, to_writer = await asyncio.open_connection(*forward_to)
        except OSError as error:
            log.warning("the server behind does not answer", extra={"error": str(error)})
            writer.close()
            return
        await asyncio.gather(_copy(reader, to_writer), _copy(to_reader, writer))

    server = await asyncio.start_server(connected, host, port, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    if listening:
        listening.set_result(port)
    log.info("listening", extra={"port": port, "forward_to": ":".join(map(str, forward_to))})
    async with server:
        await server.serve_forever()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, ssl.SSLError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    with suppress(OSError, ssl.SSLError):
        writer.close()


if __name__ == "__main__":
    main()
