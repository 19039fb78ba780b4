"""Create, read, update and delete, from a table."""

from __future__ import annotations

import copy
import os
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.tfprovider import mapping
from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.plan import keep_same
from sandbox.tfprovider.schema import Block
from sandbox.tfprovider.table import GoneError, Op, Params, Read, Resource, Tags, Wait
from sandbox.tfprovider.values import Attributes, without_unknown

#: Set by the sandbox after a run was killed: what exists already is then taken over instead of refused.
ADOPT = "CALI_TF_ADOPT"
_EXISTS = (
    "BucketAlreadyOwnedByYou",
    "EntityAlreadyExists",
    "RepositoryAlreadyExistsException",
    "ResourceAlreadyExistsException",
    "ResourceExistsException",
    "ResourceInUseException",
)
_POLL_S = 0.2
_RETRY_S = 30.0
T = TypeVar("T")
_FIELD = re.compile(r"\{(\w+)\}")


class ProviderError(Exception):
    """Something went wrong at the service, or the table does not allow what was asked.

    Attributes:
        summary: One line: what was tried on what.
        detail: What came back.
        state: What is known to exist now, to be kept by Terraform; None when nothing is.
    """

    def __init__(self, summary: str, detail: str = "", state: Attributes | None = None) -> None:
        super().__init__(f"{summary}: {detail}")
        self.summary = summary
        self.detail = detail
        self.state = state


def code_of(error: BaseException | None) -> str:
    """The service's error code."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


class Engine:
    """Runs the operations of one resource type."""

    def __init__(self, resource: Resource, block: Block, clients: Clients) -> None:
        self.resource = resource
        self.block = block
        self.clients = clients

    # -- the four verbs -------------------------------------------------------------------------------------------

    def create(self, planned: Attributes) -> Attributes:
        """Make the resource; raises ProviderError with the partial state when a later step fails."""
        resource = self.resource
        state = self.block.complete(without_unknown(planned))
        self._in_region(state)
        extra = self._tag_params(resource.create, state)
        try:
            answer = self._attempt("creating", state, None, lambda: self.call(resource.create, state, extra=extra))
        except ProviderError as error:
            adopted = self._adopt(state, error)
            if adopted is None:
                raise
            return adopted
        for name, path in resource.created.items():
            state[name] = mapping.pick(answer, path)
        state["id"] = self.identity(state)

        def finish() -> Attributes | None:
            self.wait(resource.ready, state)
            if resource.after_create:
                resource.after_create(self.clients, state)
            self._configure(state)
            result = self.read(state)
            wanted = state.get("tags_all") or {}
            if resource.tags and result and (result.get("tags_all") or {}) != wanted:
                # Some emulators take tags with the create request and forget them.
                self._tag(resource.tags, result, result.get("tags_all") or {}, wanted)
                result = self.read(state)
            return result

        result = self._attempt("creating", state, state, finish)
        if result is None:
            raise ProviderError(
                *self._failure("reading", state, "it is not there right after it was made"), state=state
            )
        return result

    def _adopt(self, state: Attributes, error: ProviderError) -> Attributes | None:
        """Take over what a killed run made but could not note; None when that is not what happened."""
        if os.environ.get(ADOPT) != "1" or code_of(error.__cause__) not in _EXISTS:
            return None
        seed = dict(state)
        seed["id"] = self.identity(state) or state.get("name")
        found = self.read(seed)
        if found is None:
            return None
        found["id"] = self.identity(found)
        return self.update(found, {**state, **{name: found[name] for name in found if state.get(name) is None}})

    def read(self, state: Attributes) -> Attributes | None:
        """The state as the service tells it now; None when the resource does not exist (any more)."""
        resource = self.resource
        told = self.block.complete(copy.deepcopy(state))
        for index, read in enumerate(resource.reads):
            try:
                answer = self.call(read.op, state | {k: v for k, v in told.items() if v is not None})
            except (ClientError, BotoCoreError) as error:
                if code_of(error) in read.absent:
                    told.update(self._nothing(read))
                    continue
                if index == 0 and code_of(error) in resource.missing:
                    return None
                raise ProviderError(*self._failure("reading", state, error)) from error
            if index == 0 and read.result and mapping.pick(answer, read.result) in (None, [], {}):
                return None
            told.update(_carried(told, self._decode(read, answer)))
            try:
                if read.after:
                    read.after(told, answer)
            except GoneError:
                return None
        told["id"] = state.get("id") or self.identity(told)
        if resource.tags:
            try:
                self._read_tags(resource.tags, state, told)
            except (ClientError, BotoCoreError) as error:
                raise ProviderError(*self._failure("reading the tags of", state, error)) from error
        self._in_region(told)
        result = self.block.complete(told)
        keep_same(resource, self.block, self.block.complete(state), result)
        return result

    def update(self, prior: Attributes, planned: Attributes) -> Attributes:
        """Bring the resource from `prior` to `planned`."""
        state = self.block.complete(
            {name: prior.get(name) if value is None else value for name, value in without_unknown(planned).items()}
        )
        changed = {
            name
            for name, value in self.block.complete(without_unknown(planned)).items()
            if value != prior.get(name) and not (planned.get(name) is not None and value is None)
        }
        handled: set[str] = {"tags", "tags_all", "timeouts", "id"}

        def apply() -> Attributes | None:
            for change in self.resource.changes:
                handled.update(change.attributes)
                if not changed.intersection(change.attributes):
                    continue
                if isinstance(change.run, Op):
                    self.call(change.run, state)
                else:
                    change.run(self.clients, prior, self._wanted(state, planned))
                self.wait(self.resource.ready, state)
            if self.resource.tags and "tags_all" in changed:
                self._tag(self.resource.tags, state, prior.get("tags_all") or {}, state.get("tags_all") or {})
            wanted = self._wanted(state, planned)
            return self.read(wanted)

        result = self._attempt("updating", state, dict(prior), apply)
        left = {name for name in changed - handled if not self._is_local(name)}
        if left:
            problem = f"this provider cannot change {', '.join(sorted(left))}"
            raise ProviderError(*self._failure("updating", state, problem), state=result)
        if result is None:
            raise ProviderError(*self._failure("updating", state, "it does not exist any more"))
        return result

    def delete(self, prior: Attributes) -> None:
        """Remove the resource; one that is gone already is no error."""
        resource = self.resource

        def remove() -> None:
            if resource.before_delete:
                resource.before_delete(self.clients, prior)
            if resource.delete is None:
                return
            try:
                self.call(resource.delete, prior)
            except ClientError as error:
                if code_of(error) not in resource.missing:
                    raise
            self.wait(resource.gone, prior, gone=True)

        self._attempt("deleting", prior, prior, remove)

    def imported(self, identifier: str) -> Attributes | None:
        """The state of what exists under an import id; None when nothing does."""
        resource = self.resource
        seed = resource.importing(identifier) if resource.importing else self._parse(identifier)
        state = self.read(self.block.complete({**seed, "id": identifier}))
        if state is not None:
            state["id"] = self.identity(state)
        return state

    # -- pieces ---------------------------------------------------------------------------------------------------

    def call(self, op: Op, state: Attributes, *, extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send an operation with the members that `state` has values for."""
        client = self.clients.get(op.service or self.resource.service)
        shape = client.meta.service_model.operation_model(op.name).input_shape
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
                raise ProviderError(*self._failure("waiting for", state, f"{wait.path} is still {found}"), state=state)
            time.sleep(_POLL_S)

    def identity(self, state: Attributes) -> str:
        """The id of a resource."""
        return _FIELD.sub(lambda found: str(state.get(found[1]) or ""), self.resource.identity)

    def _parse(self, identifier: str) -> Attributes:
        """The attributes within an import id, when the id is made of attributes."""
        names = _FIELD.findall(self.resource.identity)
        pattern = "".join(
            f"(?P<{part[1:-1]}>.+)" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{\w+\})", self.resource.identity)
        )
        found = re.fullmatch(pattern, identifier)
        if found is None:
            problem = f"the id must look like {self.resource.identity}"
            raise ProviderError(f"importing {self.resource.type_name} {identifier}", problem)
        return {name: found[name] for name in names}

    def _configure(self, state: Attributes) -> None:
        """Bring about what the create operation could not: every change that names more than one step does it."""
        for change in self.resource.changes:
            if isinstance(change.run, Op) or all(state.get(name) in (None, []) for name in change.attributes):
                continue
            if not self._in_create(change.attributes):
                change.run(self.clients, {}, state)

    def _in_create(self, attributes: tuple[str, ...]) -> bool:
        op = self.resource.create
        client = self.clients.get(op.service or self.resource.service)
        shape = client.meta.service_model.operation_model(op.name).input_shape
        names = {**self.resource.names, **op.names}
        return all(mapping.has_member(shape, name, names) for name in attributes)

    def _in_region(self, state: Attributes) -> None:
        if "region" in self.block.attributes and not state.get("region"):
            state["region"] = self.clients.region

    def _wanted(self, state: Attributes, planned: Attributes) -> Attributes:
        """`state` with what the plan sets to null."""
        return {name: None if planned.get(name) is None else value for name, value in state.items()}

    def _is_local(self, name: str) -> bool:
        """Whether an attribute is the provider's own and no service knows it, such as force_destroy."""
        return name in ("force_destroy", "skip_destroy", "recovery_window_in_days", "enforce_consumer_deletion")

    def _decode(self, read: Read, answer: Mapping[str, Any]) -> Attributes:
        client = self.clients.get(read.op.service or self.resource.service)
        shape: Any = client.meta.service_model.operation_model(read.op.name).output_shape
        for step in read.result.split(".") if read.result else ():
            shape = shape.member if step.isdigit() else shape.members[step]
        found = mapping.pick(answer, read.result)
        binding = mapping.Binding({**self.resource.names, **read.names}, read.only)
        return mapping.decode(self.block, found or {}, shape, binding)

    def _nothing(self, read: Read) -> Attributes:
        return {name: [] if name in self.block.blocks else None for name in read.only}

    # -- tags -----------------------------------------------------------------------------------------------------

    def _tag_params(self, op: Op, state: Attributes) -> dict[str, Any]:
        """The tags as a member of the create request; empty when it takes none."""
        tags = state.get("tags_all")
        client = self.clients.get(op.service or self.resource.service)
        shape = client.meta.service_model.operation_model(op.name).input_shape
        names = {**self.resource.names, **op.names}
        member = names.get("tags") or next((name for name in shape.members if name.lower() in ("tags", "taglist")), "")
        if not self.resource.tags or not tags or member not in shape.members:
            return {}
        return {member: _to_tags(tags, self.resource.tags.form)}

    def _read_tags(self, tags: Tags, state: Attributes, told: Attributes) -> None:
        answer = self.call(tags.listing, told) if tags.listing else self.call(self.resource.reads[0].op, told)
        every = _from_tags(mapping.pick(answer, tags.path))
        own = {key: value for key, value in every.items() if self.clients.default_tags.get(key) != value}
        own |= {key: every[key] for key in state.get("tags") or {} if key in every}
        told["tags_all"] = every
        told["tags"] = own or (None if state.get("tags") is None else {})

    def _tag(self, tags: Tags, state: Attributes, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        removed = [key for key in old if key not in new]
        if removed:
            self.call(tags.untag, state, extra={tags.removal: removed})
        added = {key: value for key, value in new.items() if old.get(key) != value}
        if added:
            client = self.clients.get(tags.tag.service or self.resource.service)
            members = client.meta.service_model.operation_model(tags.tag.name).input_shape.members
            member = next(name for name in members if name.lower() in ("tags", "taglist"))
            self.call(tags.tag, state, extra={member: _to_tags(added, tags.form)})

    # -- failures -------------------------------------------------------------------------------------------------

    def _failure(self, verb: str, state: Attributes, problem: object) -> tuple[str, str]:
        label = state.get("id") or state.get("name") or state.get("bucket") or ""
        return f"{verb} {self.resource.type_name} {label}".strip(), str(problem)

    def _attempt(self, verb: str, state: Attributes, kept: Attributes | None, step: Callable[[], T]) -> T:
        try:
            return step()
        except (ClientError, BotoCoreError) as error:
            raise ProviderError(*self._failure(verb, state, error), state=kept) from error
        except ProviderError as error:
            error.state = error.state if error.state is not None else kept
            raise


def _carried(state: Attributes, told: Attributes) -> Attributes:
    """What was told, and within its blocks what the state knows and the service does not tell."""
    result: Attributes = {}
    for name, value in told.items():
        known = state.get(name)
        if isinstance(value, dict) and isinstance(known, dict):
            result[name] = known | _carried(known, value)
        elif isinstance(value, list) and isinstance(known, list) and len(value) == len(known):
            result[name] = [
                one | _carried(one, other) if isinstance(one, dict) and isinstance(other, dict) else other
                for one, other in zip(known, value, strict=True)
            ]
        else:
            result[name] = value
    return result


def _method(client: Any, operation: str) -> str:
    found = next((name for name, op in client.meta.method_to_api_mapping.items() if op == operation), None)
    if found is None:
        raise ProviderError(f"{operation} is no operation of {client.meta.service_model.service_name}")
    return str(found)


def _to_tags(tags: Mapping[str, str], form: str) -> Any:
    if form == "map":
        return dict(tags)
    key, value = ("key", "value") if form == "lower" else ("Key", "Value")
    return [{key: name, value: text} for name, text in tags.items()]


def _from_tags(found: Any) -> dict[str, str]:
    if isinstance(found, Mapping):
        tags = dict(found)
    else:
        tags = {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value", "")) for tag in found or ()}
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}
