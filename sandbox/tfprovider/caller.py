"""Sends the operations of a table, and decodes their answers."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from sandbox.tfprovider import mapping
from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.failures import ProviderError, code_of, describe
from sandbox.tfprovider.schema import Block
from sandbox.tfprovider.table import Op, Params, Read, Resource, Wait
from sandbox.tfprovider.values import Attributes

_POLL_S = 0.2
_RETRY_S = 30.0


class Caller:
    """The operations of one resource type."""

    def __init__(self, resource: Resource, block: Block, clients: Clients) -> None:
        self.resource = resource
        self.block = block
        self.clients = clients

    def model(self, op: Op) -> Any:  # botocore's operation model
        """What botocore knows of an operation."""
        client = self.clients.get(op.service or self.resource.service)
        return client.meta.service_model.operation_model(op.name)

    def call(self, op: Op, state: Attributes, *, extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send an operation with the members that `state` has values for."""
        client = self.clients.get(op.service or self.resource.service)
        shape = self.model(op).input_shape
        params: Params = {}
        if shape is not None:
            params = mapping.encode(
                self.block, state, shape, mapping.Binding({**self.resource.names, **op.names}, op.only)
            )
        params.update(copy.deepcopy(dict(op.extra)) | dict(extra or {}))
        if op.before:
            op.before(params, state)
        method = getattr(client, _method(client, op.name))
        deadline = time.monotonic() + _RETRY_S
        while True:
            try:
                return dict(method(**params))
            except ClientError as error:
                if code_of(error) in op.ignore:
                    return {}
                if code_of(error) not in op.retry or time.monotonic() > deadline:
                    raise
                time.sleep(_POLL_S)

    def wait(self, wait: Wait | None, state: Attributes, *, gone: bool = False) -> None:
        """Wait until the service says the resource is as it should be."""
        if wait is None:
            return
        deadline = time.monotonic() + wait.seconds
        while True:
            try:
                found = mapping.pick(self.call(wait.op, state), wait.path)
            except ClientError as error:
                if gone and code_of(error) in self.resource.missing:
                    return
                raise
            if (found is None and gone) or str(found) in wait.values:
                return
            if time.monotonic() > deadline:
                raise ProviderError(
                    *describe("waiting for", self.resource.type_name, state, f"{wait.path} is still {found}"),
                    state=state,
                )
            time.sleep(_POLL_S)

    def decode(self, read: Read, answer: Mapping[str, Any]) -> Attributes:
        """The attributes that an answer tells."""
        shape: Any = self.model(read.op).output_shape
        for step in read.result.split(".") if read.result else ():
            shape = shape.member if step.isdigit() else shape.members[step]
        found = mapping.pick(answer, read.result)
        binding = mapping.Binding({**self.resource.names, **read.names}, read.only)
        return mapping.decode(self.block, found or {}, shape, binding)


def _method(client: Any, operation: str) -> str:
    found = next((name for name, op in client.meta.method_to_api_mapping.items() if op == operation), None)
    if found is None:
        raise ProviderError(f"{operation} is no operation of {client.meta.service_model.service_name}")
    return str(found)
