"""Serves workloads their credentials: `python -m sandbox.identity --port N --cluster cali --tokens D`."""

from __future__ import annotations

from pathlib import Path

import boto3
import click
import uvicorn
from botocore.config import Config

from sandbox import jsonlog
from sandbox.identity.agent import Agent
from sandbox.identity.app import create_app


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, required=True, help="Port to listen on.")
@click.option("--cluster", required=True, help="The EKS cluster whose associations count.")
@click.option("--tokens", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the tokens.")
def main(host: str, port: int, cluster: str, tokens: Path) -> None:
    """EKS Pod Identity for processes; the SDK's own variables say where AWS is and who asks."""
    jsonlog.configure("identity")
    config = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
    session = boto3.session.Session()
    agent = Agent(session.client("eks", config=config), session.client("sts", config=config), cluster)
    uvicorn.run(
        create_app(agent, tokens), host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=2
    )


if __name__ == "__main__":
    main()
