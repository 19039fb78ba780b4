"""Create, read, update and delete, from a table."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.tfprovider import mapping
from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.caller import Caller
from sandbox.tfprovider.failures import ProviderError, code_of, describe
from sandbox.tfprovider.plan import keep_same, replaced
from sandbox.tfprovider.schema import Block
from sandbox.tfprovider.table import LOCAL, GoneError, Op, Read, Resource
from sandbox.tfprovider.tagging import Tagger
from sandbox.tfprovider.values import Attributes, without_unknown

#: Set by the sandbox for its emulators: what exists already is taken over instead of refused.
ADOPT = "CALI_TF_ADOPT"
_EXISTS = (
    "AlreadyExistsException",
    "BucketAlreadyOwnedByYou",
    "DuplicateRecordException",
    "EntityAlreadyExists",
    "InvalidGroup.Duplicate",
    "InvalidLaunchTemplateName.AlreadyExistsException",
    "Resource.AlreadyAssociated",
    "RepositoryAlreadyExistsException",
    "ResourceAlreadyExistsException",
    "ResourceExistsException",
    "ResourceInUseException",
    "RouteAlreadyExists",
)
T = TypeVar("T")
_FIELD = re.compile(r"\{(\w+)\}")


class Engine:
    """Runs the operations of one resource type."""

    def __init__(self, resource: Resource, block: Block, clients: Clients) -> None:
        self.resource = resource
        self.block = block
        self.clients = clients
        self.caller = Caller(resource, block, clients)
        self.tagger = Tagger(self.caller)

    # -- the four verbs -------------------------------------------------------------------------------------------

    def create(self, planned: Attributes) -> Attributes:
        """Make the resource; raises ProviderError with the partial state when a later step fails."""
        state = self.block.complete(without_unknown(planned))
        self._in_place(state)
        try:
            return self._make(state)
        except ProviderError as error:
            adopted = self._adopt(state, error)
            if adopted is None:
                raise
            return adopted

    def _make(self, state: Attributes) -> Attributes:
        resource = self.resource
        extra = self.tagger.params(resource.create, state)
        create = partial(self.caller.call, resource.create, state, extra=extra)
        answer = self._attempt("creating", state, None, create)
        for name, path in resource.created.items():
            state[name] = mapping.pick(answer, path)
        state["id"] = self.identity(state)

        def finish() -> Attributes | None:
            self.caller.wait(resource.ready, state)
            if resource.after_create:
                resource.after_create(self.clients, state)
            self._configure(state)
            result = self.read(state)
            wanted = state.get("tags_all") or {}
            if resource.tags and result and (result.get("tags_all") or {}) != wanted:
                # Some emulators take tags with the create request and forget them.
                self.tagger.change(resource.tags, result, result.get("tags_all") or {}, wanted)
                result = self.read(state)
            return result

        result = self._attempt("creating", state, state, finish)
        if result is None:
            raise ProviderError(
                *describe("reading", self.resource.type_name, state, "it is not there right after it was made"),
                state=state,
            )
        return result

    def _adopt(self, state: Attributes, error: ProviderError) -> Attributes | None:
        """Take over what a killed run, or one whose state is lost, has made; None when that is not what happened."""
        if os.environ.get(ADOPT) != "1" or code_of(error.__cause__) not in _EXISTS:
            return None
        seed = dict(state)
        if self.resource.lookup:
            self.resource.lookup(self.clients, seed)
        seed["id"] = self.identity(seed) or state.get("name")
        found = self.read(seed)
        if found is None:
            return None
        found["id"] = self.identity(found)
        wanted = state | {name: found[name] for name in found if state.get(name) is None}
        keep_same(self.resource, self.block, found, wanted)
        if replaced(self.resource, found, wanted):
            # It is of another life, and cannot become what is wanted: it makes room.
            self.delete(found)
            return self._make(state)
        return self.update(found, wanted)

    def read(self, state: Attributes) -> Attributes | None:
        """The state as the service tells it now; None when the resource does not exist (any more)."""
        result = self._told(state)
        if result is not None:
            # A service is never silent: what it does not name (any more) is not there.
            keep_same(replace(self.resource, silent=()), self.block, self.block.complete(state), result)
        return result

    def _told(self, state: Attributes) -> Attributes | None:
        """The same in the words of the service, even where those of the state mean the same."""
        resource = self.resource
        told = self.block.complete(copy.deepcopy(state))
        for index, read in enumerate(resource.reads):
            try:
                self._tell(read, state, told, first=index == 0)
            except GoneError:
                return None
            except (ClientError, BotoCoreError) as error:
                raise ProviderError(*describe("reading", self.resource.type_name, state, error)) from error
        told["id"] = state.get("id") or self.identity(told)
        try:
            if resource.after_read:
                resource.after_read(self.clients, told)
            self._in_place(told)
            if resource.tags:
                self.tagger.read(resource.tags, state, told)
        except (ClientError, BotoCoreError) as error:
            raise ProviderError(*describe("reading all of", self.resource.type_name, state, error)) from error
        return self.block.complete(told)

    def _tell(self, read: Read, state: Attributes, told: Attributes, *, first: bool) -> None:
        """Put what one operation tells into `told`; the first one raises GoneError when there is nothing."""
        try:
            answer = self.caller.call(read.op, state | {k: v for k, v in told.items() if v is not None})
        except ClientError as error:
            if code_of(error) in read.absent:
                told.update(self._nothing(read))
                return
            if first and code_of(error) in self.resource.missing:
                raise GoneError from error
            raise
        if first and read.result and mapping.pick(answer, read.result) in (None, [], {}):
            raise GoneError
        decoded = _carried(told, self.caller.decode(read, answer))
        for path in self.resource.kept:
            _keep(told, decoded, path.split("."))
        told.update(decoded)
        if read.after:
            read.after(told, answer)

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
                    self.caller.call(change.run, state)
                else:
                    change.run(self.clients, prior, self._wanted(state, planned))
                self.caller.wait(self.resource.ready, state)
            if self.resource.tags and "tags_all" in changed:
                self.tagger.change(self.resource.tags, state, prior.get("tags_all") or {}, state.get("tags_all") or {})
            wanted = self._wanted(state, planned)
            return self.read(wanted)

        result = self._attempt("updating", state, dict(prior), apply)
        left = {name for name in changed - handled if name not in LOCAL}
        if left:
            problem = f"this provider cannot change {', '.join(sorted(left))}"
            raise ProviderError(*describe("updating", self.resource.type_name, state, problem), state=result)
        if result is None:
            raise ProviderError(*describe("updating", self.resource.type_name, state, "it does not exist any more"))
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
                self.caller.call(resource.delete, prior)
            except ClientError as error:
                if code_of(error) not in resource.missing:
                    raise
            self.caller.wait(resource.gone, prior, gone=True)

        self._attempt("deleting", prior, prior, remove)

    def imported(self, identifier: str) -> Attributes | None:
        """The state of what exists under an import id; None when nothing does."""
        resource = self.resource
        try:
            seed = {"id": identifier, **(resource.importing or self._parse)(identifier)}
        except ValueError as error:  # too few parts
            problem = f"the id does not have the parts of {resource.identity}"
            raise ProviderError(f"importing {resource.type_name} {identifier}", problem) from error
        if resource.importing and resource.lookup:
            try:
                resource.lookup(self.clients, seed)
            except (ClientError, BotoCoreError) as error:
                raise ProviderError(*describe("importing", resource.type_name, seed, error)) from error
        state = self._told(self.block.complete(seed))
        if state is not None:
            state["id"] = self.identity(state)
            # What no service tells is taken to be as it is without a word of the configuration.
            unsaid = {name: value for name, value in resource.defaults.items() if state.get(name, value) is None}
            state.update(unsaid)
        return state

    # -- pieces ---------------------------------------------------------------------------------------------------

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
        shape = self.caller.model(op).input_shape
        names = {**self.resource.names, **op.names}
        return all(mapping.has_member(shape, name, names) for name in attributes)

    def _in_place(self, state: Attributes) -> None:
        """Fill in region, account and ARN, where the type has them and nobody told them."""
        if "region" in self.block.attributes and not state.get("region"):
            state["region"] = self.clients.region
        if "account_id" in self.block.attributes and not state.get("account_id"):
            state["account_id"] = self.clients.account_id
        if self.resource.arn and state.get("id") and not state.get("arn"):
            known = state | {"partition": self.clients.partition, "account": self.clients.account_id}
            state["arn"] = _FIELD.sub(lambda found: str(known[found[1]]), self.resource.arn)

    def _wanted(self, state: Attributes, planned: Attributes) -> Attributes:
        """`state` with what the plan sets to null."""
        return {name: None if planned.get(name) is None else value for name, value in state.items()}

    def _nothing(self, read: Read) -> Attributes:
        return {name: [] if name in self.block.blocks else None for name in read.only}

    def _attempt(self, verb: str, state: Attributes, kept: Attributes | None, step: Callable[[], T]) -> T:
        try:
            return step()
        except (ClientError, BotoCoreError) as error:
            raise ProviderError(*describe(verb, self.resource.type_name, state, error), state=kept) from error
        except ProviderError as error:
            error.state = error.state if error.state is not None else kept
            raise


def _keep(known: Attributes, told: Attributes, path: list[str]) -> None:
    """Put what is known where the service told nothing; blocks are matched by their order."""
    name, *rest = path
    if name not in told:
        return
    if not rest:
        told[name] = known.get(name) if told[name] in (None, [], "") else told[name]
        return
    for one, other in zip(known.get(name) or (), told[name] or (), strict=False):
        _keep(one, other, rest)


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
