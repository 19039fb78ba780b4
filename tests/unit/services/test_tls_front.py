from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

from sandbox import tls_front
from sandbox.certificates import Certificates


def test_what_is_sent_through_tls_arrives_and_the_answer_comes_back(tmp_path: Path) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read(100)).upper())
        await writer.drain()
        writer.close()

    async def run() -> bytes:
        plain = await asyncio.start_server(echo, "127.0.0.1", 0)
        certificates = Certificates(tmp_path / "state")
        certificates.ensure(["localhost"])
        served = tls_front.context(certificates.server)
        listening: asyncio.Future[int] = asyncio.Future()
        behind = plain.sockets[0].getsockname()[1]
        front = asyncio.create_task(tls_front.serve("127.0.0.1", 0, ("127.0.0.1", behind), served, listening))
        port = await listening
        trusted = ssl.create_default_context(cafile=certificates.authority)
        reader, writer = await asyncio.open_connection("localhost", port, ssl=trusted)
        writer.write(b"hello")
        answer = await reader.read()
        writer.close()
        front.cancel()
        plain.close()
        return answer

    assert asyncio.run(run()) == b"HELLO"


def test_a_server_started_anew_shows_the_certificate_that_clients_trust(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path)
    certificates.ensure(["localhost"])
    before = (certificates.authority.read_text(), certificates.server.read_text())
    certificates.ensure(["localhost"])
    assert (certificates.authority.read_text(), certificates.server.read_text()) == before


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path)
    certificates.ensure(["localhost"])
    assert certificates.server.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE KEY" in certificates.server.read_text()
    assert "PRIVATE KEY" not in certificates.authority.read_text()
