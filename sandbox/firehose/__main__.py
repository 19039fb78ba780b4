"""Runs the local Firehose: `python -m sandbox.firehose --port N --state-dir D`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import uvicorn
from botocore.exceptions import BotoCoreError, ClientError

from sandbox import jsonlog
from sandbox.errors import SandboxError
from sandbox.firehose.app import create_app
from sandbox.firehose.aws import AwsClients
from sandbox.firehose.errors import InvalidArgumentError
from sandbox.firehose.kinesis_source import describe_error
from sandbox.firehose.manager import Manager
from sandbox.firehose.operations import Operations
from sandbox.firehose.store import Store


@click.command(context_settings={"show_default": True})
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", type=int, required=True, help="Port to listen on.")
@click.option(
    "--state-dir", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where all state is kept."
)
@click.option(
    "--aws-endpoint",
    envvar="AWS_ENDPOINT_URL",
    help="Endpoint of Kinesis, S3, STS and OpenSearch's API; AWS without it.",
)
@click.option(
    "--region",
    envvar=["AWS_REGION", "AWS_DEFAULT_REGION"],
    default="ap-northeast-2",
    help="Region of unsigned requests.",
)
@click.option(
    "--assume-roles/--no-assume-roles", default=True, help="Act under the roles of the delivery streams, as AWS does."
)
@click.option(
    "--plaintext-hosts", envvar="CALI_PLAINTEXT_HOSTS", default="", help="Hosts to speak to without TLS, by commas."
)
@click.option("--drain-seconds", type=float, default=5.0, help="How long a stop may take to deliver what was read.")
def main(  # noqa: PLR0913, PLR0917  # one argument a flag
    host: str,
    port: int,
    state_dir: Path,
    aws_endpoint: str | None,
    region: str,
    assume_roles: bool,
    plaintext_hosts: str,
    drain_seconds: float,
) -> None:
    """Amazon Data Firehose for local use."""
    jsonlog.configure("firehose")
    try:
        store = Store(state_dir)
    except SandboxError as error:
        click.echo(f"firehose: {error}", err=True)
        sys.exit(error.exit_code)
    hosts = {host.strip() for host in plaintext_hosts.split(",") if host.strip()}
    clients = AwsClients(aws_endpoint, assume_roles=assume_roles, plaintext_hosts=hosts)
    manager = Manager(store, clients)

    def vpc_of(of_region: str, configuration: Mapping[str, Any]) -> str | None:
        try:
            ec2 = clients.client("ec2", of_region, configuration["RoleARN"])
            answer: Any = ec2.describe_subnets(SubnetIds=configuration["SubnetIds"])
        except (ClientError, BotoCoreError) as error:
            raise InvalidArgumentError(
                f"The subnets of VpcConfiguration cannot be described: {describe_error(error)}"
            ) from error
        return str(answer["Subnets"][0]["VpcId"])

    app = create_app(manager, Operations(manager, vpc_of), region, lambda: manager.stop(drain_seconds))
    uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=2)
    store.close()


if __name__ == "__main__":
    main()
