"""The vocabulary of the resource tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.values import Attributes

Params = dict[str, Any]
#: Changes the request an operation is about to send.
Before = Callable[[Params, Attributes], None]
#: Adds to the attributes what the table could not decode from an answer.
After = Callable[[Attributes, Mapping[str, Any]], None]
#: Does what no single operation does.
Hook = Callable[[Clients, Attributes], None]
#: The same with the state before a change.
ChangeHook = Callable[[Clients, Attributes, Attributes], None]


#: As `only`: no attribute takes part, a hook does all of it.
NOTHING = ("-",)


#: Attributes that are the provider's own: no service knows them, and a change of them is no call.
LOCAL = frozenset(
    {
        "bootstrap_self_managed_addons",
        "bypass_policy_lockout_safety_check",
        "deletion_window_in_days",
        "enforce_consumer_deletion",
        "force_delete",
        "force_destroy",
        "force_detach_policies",
        "preserve",
        "recovery_window_in_days",
        "resolve_conflicts_on_create",
        "resolve_conflicts_on_update",
        "revoke_rules_on_delete",
        "skip_destroy",
        "update_default_version",
    }
)


class GoneError(Exception):
    """Raised by an `After` whose answer shows that the resource does not exist."""


@dataclass(frozen=True)
class Op:
    """One operation of the service.

    Attributes:
        name: Its name in the botocore model.
        names: Attribute path to request member; over the resource's own.
        only: The attributes it takes; all that the request has a member for when empty.
        extra: Members with a fixed value.
        before: Changes the request.
        ignore: Error codes that mean there was nothing to do.
        retry: Error codes that pass by themselves, such as a role that is not yet known everywhere.
        service: The service it belongs to, when it is not the resource's.
    """

    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    before: Before | None = None
    ignore: tuple[str, ...] = ()
    retry: tuple[str, ...] = ()
    service: str = ""


@dataclass(frozen=True)
class Read:
    """An operation whose answer tells attributes.

    Attributes:
        op: The operation.
        result: Where in the answer they are: dotted, a number picks of a list; empty for all of it.
        names: Attribute path to member of the answer; over the resource's own.
        only: The attributes it tells; all that the answer has a member for when empty.
        after: Adds what the table cannot say.
        absent: Error codes that mean these attributes are not set (the resource itself may exist).
    """

    op: Op
    result: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    after: After | None = None
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """How a change of some attributes reaches the service; a change of any other attribute is refused.

    Attributes:
        attributes: Top-level attributes whose change needs it.
        run: The operation, or a hook for what takes more than one.
    """

    attributes: tuple[str, ...]
    run: Op | ChangeHook


@dataclass(frozen=True)
class Wait:
    """A state to wait for: the value found at `path` of the read answers is one of `values`."""

    op: Op
    path: str
    values: tuple[str, ...]
    seconds: float = 600.0


@dataclass(frozen=True)
class Tags:
    """How a service lists and changes tags.

    Attributes:
        listing: The operation that lists them; None when the reads tell them.
        path: Where in that answer (or the first read's) they stand.
        tag, untag: The operations that add and remove.
        form: `list` of Key and Value, `lower` for key and value, `kms` for TagKey and TagValue, or `map`.
        removal: The member of `untag` that names the keys to remove.
    """

    tag: Op
    untag: Op
    listing: Op | None = None
    path: str = "Tags"
    form: str = "list"
    removal: str = "TagKeys"


@dataclass(frozen=True)
class Resource:
    """A resource type as a table.

    Attributes:
        type_name: Its name in Terraform.
        service: The service in boto3.
        create: The operation that makes it.
        reads: What tells its state; the first decides whether it exists.
        delete: The operation that removes it; None when it goes with its parent.
        identity: Its id, formatted from attributes.
        changes: How updates are made.
        names: Attribute path to member, where the names differ by more than case and underscores; `*.x` is any depth.
        created: Attributes taken from the answer of `create`: attribute to dotted path.
        force_new: Attributes (dotted) whose change needs a new one.
        defaults: What the provider fills in where the configuration is silent.
        json_attributes: Attributes compared as JSON documents.
        volatile: Computed attributes that any update can change, but for one of tags alone.
        kept: Attributes (dotted) of which the state keeps what was asked, where the service does not tell them.
        arn: Its ARN as a template over attributes, `{partition}` and `{account}`, where no answer tells it.
        silent: Blocks (dotted) that the service fills in by itself: not compared while the configuration has none.
        same: Attribute to a test whether prior and new value mean the same.
        missing: Error codes that mean it does not exist.
        ready, gone: What to wait for after create and update, and after delete.
        tags: How tags are read and changed; None when it has none.
        after_create, before_delete: Steps that no single operation does.
        after_read: Adds what takes further calls to learn.
        lookup: Adds what the first read needs to find one that exists already.
        importing: From an import id to the attributes the first read needs.
    """

    type_name: str
    service: str
    create: Op
    reads: tuple[Read, ...]
    delete: Op | None
    identity: str
    changes: tuple[Change, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    created: Mapping[str, str] = field(default_factory=dict)
    force_new: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    json_attributes: tuple[str, ...] = ()
    volatile: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    arn: str = ""
    same: Mapping[str, Callable[[Any, Any], bool]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    ready: Wait | None = None
    gone: Wait | None = None
    tags: Tags | None = None
    after_create: Hook | None = None
    before_delete: Hook | None = None
    after_read: Hook | None = None
    lookup: Hook | None = None
    importing: Callable[[str], Attributes] | None = None
