"""The command line of the Slack stand-in."""

from __future__ import annotations

import logging
from pathlib import Path

import click
import uvicorn

from sandbox import jsonlog
from sandbox.slack.app import create_app
from sandbox.slack.channels import Channels
from sandbox.slack.limits import RateLimits
from sandbox.slack.state import DEFAULT_CHANNELS, DEFAULT_TOKEN, DEFAULT_WEBHOOK, SlackState
from sandbox.slack.store import MessageStore

_log = logging.getLogger(__name__)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8092, show_default=True, envvar="CALI_SLACK_PORT")
@click.option(
    "--state-dir", type=click.Path(path_type=Path, file_okay=False), required=True, help="Keeps the messages."
)
@click.option("--token", default=DEFAULT_TOKEN, show_default=True, envvar="CALI_SLACK_TOKEN", help="The bot's token.")
@click.option("--webhook-path", default=DEFAULT_WEBHOOK, show_default=True, help="Where webhook messages are taken.")
@click.option("--channel", "channels", multiple=True, default=DEFAULT_CHANNELS, show_default=True,
              help="A channel; may be repeated. The first is the webhook's.")  # fmt: skip
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True,
              help="Messages a second that a channel takes.")  # fmt: skip
@click.option("--burst", type=click.IntRange(min=1), default=3, show_default=True, help="Messages taken at once.")
@click.option("--keep", type=click.IntRange(min=1), default=5000, show_default=True, help="How many messages are kept.")
def main(  # noqa: PLR0913, PLR0917 - one argument a flag
    host: str,
    port: int,
    state_dir: Path,
    token: str,
    webhook_path: str,
    channels: tuple[str, ...],
    rate: float,
    burst: int,
    keep: int,
) -> None:
    """Serve a stand-in for Slack."""
    jsonlog.configure("slack")
    state = SlackState(
        store=MessageStore(state_dir, keep=keep),
        limits=RateLimits(rate=rate, burst=burst),
        token=token,
        webhook=webhook_path,
        channels=Channels(channels),
    )
    _log.info("serving", extra={"host": host, "port": port, "messages": len(state.store)})
    # A request that hangs on purpose must not hold up a stop.
    uvicorn.run(create_app(state), host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=2)
