"""Serves the provider to Terraform: the handshake of go-plugin, then gRPC on a socket of its own."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc

from sandbox.tfprovider import wire
from sandbox.tfprovider.provider import Provider

_COOKIE = ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
_CORE_PROTOCOL = 1
_PLUGIN_PROTOCOL = 6
_WORKERS = 16
_PARENT_POLL_S = 0.5

_UNARY = (
    "GetProviderSchema",
    "ValidateProviderConfig",
    "ValidateResourceConfig",
    "ValidateDataResourceConfig",
    "UpgradeResourceState",
    "ConfigureProvider",
    "ReadResource",
    "PlanResourceChange",
    "ApplyResourceChange",
    "ImportResourceState",
    "ReadDataSource",
    "StopProvider",
)


def _handler(function: Any, request: Any, response: Any) -> Any:
    return grpc.unary_unary_rpc_method_handler(
        lambda message, _context: function(message),
        request_deserializer=request.FromString,
        response_serializer=response.SerializeToString,
    )


def serve() -> None:
    """Answer Terraform until it says stop, or dies."""
    if os.environ.get(_COOKIE[0]) != _COOKIE[1]:
        sys.exit("This program is a provider for terraform, which starts it itself; see docs/terraform.md.")
    stopped = threading.Event()
    provider = Provider()
    rpc = {
        name: _handler(getattr(provider, name), wire.message(f"{name}.Request"), wire.message(f"{name}.Response"))
        for name in _UNARY
    }
    empty = wire.message("Empty")

    def shutdown(_request: Any) -> Any:
        stopped.set()
        return empty()

    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=_WORKERS),
        options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
    )
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(f"{wire.PACKAGE}.Provider", rpc),
            grpc.method_handlers_generic_handler(
                "plugin.GRPCController", {"Shutdown": _handler(shutdown, empty, empty)}
            ),
        )
    )
    parent = os.getppid()
    with tempfile.TemporaryDirectory(prefix="tfp-") as folder:
        socket = Path(folder) / "s"
        server.add_insecure_port(f"unix:{socket}")
        server.start()
        sys.stdout.write(f"{_CORE_PROTOCOL}|{_PLUGIN_PROTOCOL}|unix|{socket}|grpc\n")
        sys.stdout.flush()
        # A killed terraform says no goodbye: without this look its provider would stay, and hold the run's lock.
        while not stopped.wait(_PARENT_POLL_S) and os.getppid() == parent:
            pass
        server.stop(grace=1).wait()
