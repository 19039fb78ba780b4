from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

from sandbox import tls_front


def test_what_is_sent_through_tls_arrives_and_the_answer_comes_back(tmp_path: Path) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read(100)).upper())
        await writer.drain()
        writer.close()

    async def run() -> bytes:
        plain = await asyncio.start_server(echo, "127.0.0.1", 0)
        served = tls_front.context(tmp_path)
        listening: asyncio.Future[int] = asyncio.Future()
        behind = plain.sockets[0].getsockname()[1]
        front = asyncio.create_task(tls_front.serve("127.0.0.1", 0, behind, served, listening))
        port = await listening
        trusted = ssl.create_default_context(cafile=str(tmp_path / tls_front.AUTHORITY))
        reader, writer = await asyncio.open_connection("localhost", port, ssl=trusted)
        writer.write(b"hello")
        answer = await reader.read()
        writer.close()
        front.cancel()
        plain.close()
        return answer

    assert asyncio.run(run()) == b"HELLO"
