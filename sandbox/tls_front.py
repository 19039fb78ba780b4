"""TLS on loopback in front of a plain HTTP server: `python -m sandbox.tls_front --port N --forward-to M`.

For the real Fluent Bit, whose Kinesis output speaks TLS to any endpoint and verifies the certificate. The authority is
made for this one sandbox and stays in its state folder; no system store ever trusts it.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from contextlib import suppress
from pathlib import Path

import click
import trustme

from sandbox import jsonlog

log = logging.getLogger("sandbox.tls_front")

AUTHORITY = "ca.pem"
_CHUNK = 64 * 1024


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, required=True)
@click.option("--forward-to", type=int, required=True, help="Port of the plain server on this machine.")
@click.option("--certificates", type=click.Path(path_type=Path), required=True, help="Where the authority is written.")
def main(host: str, port: int, forward_to: int, certificates: Path) -> None:
    """Take TLS connections and forward what is in them."""
    jsonlog.configure("kinesis-tls")
    asyncio.run(serve(host, port, forward_to, context(certificates)))


def context(folder: Path) -> ssl.SSLContext:
    """A server context for `localhost`; its authority is in `folder`, its key in memory alone."""
    authority = trustme.CA()
    folder.mkdir(parents=True, exist_ok=True)
    authority.cert_pem.write_to_path(str(folder / AUTHORITY))
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(made)
    return made


async def serve(
    host: str, port: int, forward_to: int, tls: ssl.SSLContext, listening: asyncio.Future[int] | None = None
) -> None:
    """Forward until cancelled; tells `listening` the port, which is free to choose when `port` is 0."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            to_reader, to_writer = await asyncio.open_connection(host, forward_to)
        except OSError as error:
            log.warning("the server behind does not answer", extra={"error": str(error)})
            writer.close()
            return
        await asyncio.gather(_copy(reader, to_writer), _copy(to_reader, writer))

    server = await asyncio.start_server(connected, host, port, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    if listening:
        listening.set_result(port)
    log.info("listening", extra={"port": port, "forward_to": forward_to})
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
