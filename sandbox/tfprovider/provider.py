"""The answers to Terraform's questions."""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from sandbox.tfprovider import data, placeholders, plan, resources, schema, wire
from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.engine import Engine
from sandbox.tfprovider.failures import ProviderError
from sandbox.tfprovider.table import Resource
from sandbox.tfprovider.values import Attributes, contains_unknown, pack, unpack

_ERROR = 1
#: What Terraform keeps beside the state of a resource from its import until its first change.
_IMPORTED = b"imported"


def _diagnostic(summary: str, detail: str = "") -> Any:
    return wire.message("Diagnostic")(severity=_ERROR, summary=summary, detail=detail)


def _guarded(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Turn an exception into a diagnostic: Terraform keeps its state then, where a crash would lose it."""
    response = wire.message(f"{name}.Response")

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def answer(self: Provider, request: Any) -> Any:
            try:
                return function(self, request)
            except ProviderError as error:
                return response(diagnostics=[_diagnostic(error.summary, error.detail)])
            except Exception as error:  # noqa: BLE001 - whatever it is, Terraform must hear of it and go on
                detail = traceback.format_exc()
                return response(diagnostics=[_diagnostic(f"{type(error).__name__} in the provider", detail)])

        return answer

    return decorate


def _read(value: Any) -> Any:
    if value.msgpack:
        return unpack(value.msgpack)
    return json.loads(value.json) if value.json else None


def _write(value: Any) -> Any:
    return wire.message("DynamicValue")(msgpack=pack(value))


def _known(table: Resource, prior: Attributes, planned: Attributes, private: bytes) -> Attributes:
    return plan.assumed(table, prior, planned) if private == _IMPORTED else prior


class Provider:
    """One running provider: not configured at first, then with the clients of its configuration."""

    def __init__(self) -> None:
        self.schemas = schema.load()
        self.clients = Clients({})
        self.lock = threading.Lock()

    def engine(self, type_name: str) -> Engine:
        """What runs the operations of a type."""
        if type_name not in resources.TABLES:
            raise ProviderError(
                f"{type_name} cannot be applied by the sandbox's own provider",
                "It knows the type's schema but has no table for it in sandbox/tfprovider/resources/.",
            )
        return Engine(resources.TABLES[type_name], self.schemas.resources[type_name].block, self.clients)

    @_guarded("GetProviderSchema")
    def GetProviderSchema(self, _request: Any) -> Any:  # noqa: N802 - the protocol's names
        """All schemas."""
        return wire.message("GetProviderSchema.Response")(
            provider=self.schemas.provider.to_wire(),
            resource_schemas={name: entry.to_wire() for name, entry in self.schemas.resources.items()},
            data_source_schemas={name: entry.to_wire() for name, entry in self.schemas.data_sources.items()},
            server_capabilities=wire.message("ServerCapabilities")(get_provider_schema_optional=True),
        )

    def ValidateProviderConfig(self, _request: Any) -> Any:  # noqa: N802
        """Terraform itself has checked the configuration against the schema."""
        return wire.message("ValidateProviderConfig.Response")()

    def ValidateResourceConfig(self, _request: Any) -> Any:  # noqa: N802
        """The same."""
        return wire.message("ValidateResourceConfig.Response")()

    def ValidateDataResourceConfig(self, _request: Any) -> Any:  # noqa: N802
        """The same."""
        return wire.message("ValidateDataResourceConfig.Response")()

    @_guarded("UpgradeResourceState")
    def UpgradeResourceState(self, request: Any) -> Any:  # noqa: N802
        """Stored state, with what it lacks as null and without what the schema no longer has."""
        block = self.schemas.resources[request.type_name].block
        return wire.message("UpgradeResourceState.Response")(
            upgraded_state=_write(block.complete(json.loads(request.raw_state.json)))
        )

    @_guarded("ConfigureProvider")
    def ConfigureProvider(self, request: Any) -> Any:  # noqa: N802
        """Remember the provider block; no call is made."""
        self.clients = Clients(_read(request.config) or {})
        return wire.message("ConfigureProvider.Response")()

    @_guarded("ReadResource")
    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        """Refresh."""
        state = self.engine(request.type_name).read(_read(request.current_state))
        return wire.message("ReadResource.Response")(new_state=_write(state), private=request.private)

    @_guarded("PlanResourceChange")
    def PlanResourceChange(self, request: Any) -> Any:  # noqa: N802
        """Plan; nothing is called."""
        response = wire.message("PlanResourceChange.Response")
        proposed = _read(request.proposed_new_state)
        if proposed is None:
            return response(planned_state=_write(None), legacy_type_system=True)
        prior: Attributes | None = _read(request.prior_state)
        block = self.schemas.resources[request.type_name].block
        table = resources.TABLES.get(request.type_name) or resources.schema_only(request.type_name)
        planned = plan.plan(table, block, prior, proposed, self.clients.default_tags)
        if prior is None and placeholders.wanted():
            placeholders.fill(request.type_name, block, planned, proposed)
        replace = plan.replaced(table, _known(table, prior, planned, request.prior_private), planned) if prior else []
        step = wire.message("AttributePath.Step")
        return response(
            planned_state=_write(planned),
            requires_replace=[wire.message("AttributePath")(steps=[step(attribute_name=name)]) for name in replace],
            planned_private=request.prior_private,
            # Defaults are filled in by the provider, as the published one does it.
            legacy_type_system=True,
        )

    def ApplyResourceChange(self, request: Any) -> Any:  # noqa: N802
        """Create, update or delete; a failure answers with what exists, so that Terraform keeps it."""
        response = wire.message("ApplyResourceChange.Response")
        prior = _read(request.prior_state)
        try:
            state = self._apply(request, prior)
        except ProviderError as error:
            diagnostics = [_diagnostic(error.summary, error.detail)]
            return response(new_state=_write(error.state), diagnostics=diagnostics, legacy_type_system=True)
        except Exception as error:  # noqa: BLE001 - see _guarded
            diagnostics = [_diagnostic(f"{type(error).__name__} in the provider", traceback.format_exc())]
            return response(new_state=_write(prior), diagnostics=diagnostics, legacy_type_system=True)
        return response(new_state=_write(state), legacy_type_system=True)

    def _apply(self, request: Any, prior: Attributes | None) -> Attributes | None:
        if placeholders.wanted():
            raise ProviderError(f"{placeholders.VARIABLE} is set: what is planned with it cannot be applied")
        engine = self.engine(request.type_name)
        planned = _read(request.planned_state)
        if planned is None:
            engine.delete(prior or {})
            return None
        if prior is None:
            return engine.create(planned)
        return engine.update(_known(engine.resource, prior, planned, request.planned_private), planned)

    @_guarded("ImportResourceState")
    def ImportResourceState(self, request: Any) -> Any:  # noqa: N802
        """The state of what exists under an id."""
        response = wire.message("ImportResourceState.Response")
        state = self.engine(request.type_name).imported(request.id)
        if state is None:
            summary = "Cannot import non-existent remote object"
            return response(diagnostics=[_diagnostic(summary, f"No {request.type_name} with the id {request.id}.")])
        found = wire.message("ImportResourceState.ImportedResource")(
            type_name=request.type_name, state=_write(state), private=_IMPORTED
        )
        return response(imported_resources=[found])

    @_guarded("ReadDataSource")
    def ReadDataSource(self, request: Any) -> Any:  # noqa: N802
        """A data source."""
        block = self.schemas.data_sources[request.type_name].block
        config = block.complete(_read(request.config))
        if contains_unknown(config):
            raise ProviderError(f"{request.type_name} was read before its arguments were known")
        return wire.message("ReadDataSource.Response")(
            state=_write(block.complete(data.read(request.type_name, config, self.clients)))
        )

    def StopProvider(self, _request: Any) -> Any:  # noqa: N802
        """Terraform was interrupted; operations are short, so they are left to end by themselves."""
        return wire.message("StopProvider.Response")()
