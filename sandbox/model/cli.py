"""The command line of the model stand-in."""

from __future__ import annotations

import logging
import sys

import click
import uvicorn

from sandbox import jsonlog
from sandbox.errors import SandboxError
from sandbox.model.app import create_app
from sandbox.model.faults import FaultBoard
from sandbox.model.latency import LatencyDistribution
from sandbox.model.minilm import MiniLmEmbedder
from sandbox.model.state import DEFAULT_CHAT_MODELS, DEFAULT_KEY, ModelState

_log = logging.getLogger(__name__)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8091, show_default=True, envvar="CALI_MODEL_PORT")
@click.option(
    "--api-key", default=DEFAULT_KEY, show_default=True, envvar="CALI_MODEL_API_KEY", help="What clients must send."
)
@click.option("--latency", type=click.Choice(["realistic", "none"]), default="realistic", show_default=True,
              envvar="CALI_MODEL_LATENCY", help="How long chat takes; embeddings take what they take.")  # fmt: skip
@click.option(
    "--seed", type=int, default=0, show_default=True, envvar="CALI_MODEL_SEED", help="Of latencies and faults."
)
@click.option("--chat-model", "chat_models", multiple=True, default=DEFAULT_CHAT_MODELS, show_default=True,
              help="A name to answer chat under; may be repeated.")  # fmt: skip
def main(  # noqa: PLR0913, PLR0917 - one argument a flag
    host: str, port: int, api_key: str, latency: str, seed: int, chat_models: tuple[str, ...]
) -> None:
    """Serve a stand-in for the OpenAI API."""
    jsonlog.configure("model")
    try:
        embedder = MiniLmEmbedder()
    except SandboxError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    state = ModelState(
        embedder=embedder,
        key=api_key,
        latency=LatencyDistribution(seed=seed) if latency == "realistic" else None,
        chat_models=chat_models,
        faults=FaultBoard(seed=seed),
    )
    _log.info("serving", extra={"host": host, "port": port, "latency": latency, "seed": seed})
    # A request that hangs on purpose must not hold up a stop.
    uvicorn.run(create_app(state), host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=2)
